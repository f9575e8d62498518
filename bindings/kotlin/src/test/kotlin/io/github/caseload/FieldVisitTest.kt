package io.github.caseload

import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.nio.file.Path
import kotlin.io.path.readText
import kotlin.test.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class FieldVisitTest {
    @Test
    fun theTranscriptIsTheOneInTheReadme(@TempDir folder: Path) {
        val printed = ByteArrayOutputStream()
        val out = System.out
        System.setOut(PrintStream(printed))
        try {
            io.github.caseload.example.main(arrayOf(folder.resolve("agency.db").toString()))
        } finally {
            System.setOut(out)
        }
        val transcript = "```text\n$printed```\n"
        assertTrue(transcript in Path.of("README.md").readText(), "the README should hold:\n$transcript")
    }
}

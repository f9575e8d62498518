package io.github.caseload

import io.github.caseload.example.main
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
        val transcript = "```text\n${printed { main(arrayOf(folder.resolve("agency.db").toString())) }}```\n"
        assertTrue(transcript in Path.of("README.md").readText(), "the README should hold:\n$transcript")
    }
}

/** What a program prints. */
internal fun printed(program: () -> Unit): String {
    val (printed, out) = ByteArrayOutputStream() to System.out
    System.setOut(PrintStream(printed))
    try {
        program()
    } finally {
        System.setOut(out)
    }
    return printed.toString()
}

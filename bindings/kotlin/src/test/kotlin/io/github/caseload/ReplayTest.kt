package io.github.caseload

import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readLines
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.io.TempDir

/** Every scenario file, and random lines: the same bytes as the core's own replay. */
class ReplayTest {
    private val files = Path.of(System.getProperty("scenarios")).listDirectoryEntries("*.jsonl").sorted()

    @TestFactory
    fun inMemory(): List<DynamicTest> = files.map { file ->
        dynamicTest(file.name) { replay(file) { Agency.openInMemory() } }
    }

    @TestFactory
    fun inAFile(@TempDir folder: Path): List<DynamicTest> = files.map { file ->
        var count = 0
        dynamicTest(file.name) { replay(file) { Agency.openFile(folder.resolve("${file.name}-${count++}")) } }
    }

    @Test
    fun theFilesAreThere() = assertTrue(files.size >= 28, "${files.size} files")

    private fun replay(file: Path, fresh: suspend () -> Agency) = runBlocking {
        var agency = fresh()
        var (mine, core) = Replay(agency) to CoreReplay()
        val (own, cores) = MadeIds() to MadeIds()
        var compared = 0
        for ((number, line) in file.readLines().withIndex()) {
            val given = json.readTree(line)
            if (given.has("reset")) {
                agency.close()
                agency = fresh()
                mine = Replay(agency)
                core = CoreReplay()
                repeat(number) {
                    mine.line("")
                    core.line("")
                }
            }
            val isTold = given.has("expect") || given.has("comment") || given.has("reset")
            val text = if (isTold) "" else line
            val (wanted, said) = core.line(text)?.let(cores::plain) to mine.line(text)?.let(own::plain)
            assertEquals(wanted, said, "${file.name}, line ${number + 1}: $text")
            if (!isTold) compared++
        }
        agency.close()
        assertTrue(compared > 0)
    }

    /** Ids that the library makes are others each time: each stands for the place at which it was made first. */
    private class MadeIds {
        private val seen = mutableMapOf<String, Int>()

        fun plain(answer: String): String =
            UUID.replace(answer) { "made-${seen.getOrPut(it.value) { seen.size }}" }
    }

    private companion object {
        val UUID = Regex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    }
}

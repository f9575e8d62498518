package io.github.caseload

import io.github.caseload.example.main
import io.github.caseload.example.more
import io.github.caseload.example.onTheDevice
import io.github.caseload.example.refusals
import java.nio.file.Path
import java.time.LocalDate
import kotlin.io.path.readText
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** What the README shows is compiled and does what it says. */
class ReadmeTest {
    @Test
    fun itsCodeIsInTheExamples() {
        val examples = listOf("src/example", "src/test").flatMap { Path.of(it).toFile().walk().toList() }
            .filter { it.extension == "kt" }
            .joinToString("\n") { plain(it.readText()) }
        val blocks = Regex("```kotlin\n(.*?)```", RegexOption.DOT_MATCHES_ALL).findAll(Path.of("README.md").readText())
            .map { it.groupValues[1] }.toList()
        assertTrue(blocks.size >= 6, "${blocks.size} blocks")
        blocks.flatMap { it.split("\n\n") }.filterNot { it.startsWith("import") }
            .forEach { assertTrue(plain(it) in examples, "not in the examples or the tests:\n$it") }
    }

    private fun plain(code: String) = code.lines().joinToString("\n") { it.trim() }.trim()

    @Test
    fun itsCodeDoesWhatItSays(@TempDir folder: Path): Unit = runBlocking {
        assertEquals("stored as entry 4\nP-1023 in housing\n", printed { runBlocking { main() } })
        val furnished = onTheDevice(folder.resolve("agency.db"))
        furnished.use { agency ->
            val office = agency.actingAs("root").on(LocalDate.of(2024, 6, 15))
            office.defineProgram(ProgramId("housing"))
            office.registerStaff(StaffId("maria"), rights = listOf(Right.OWN))
            office.enroll(ParticipantId("P-1023"), ProgramId("housing"), LocalDate.of(2024, 3, 1))
            val refused = refusals(agency)
            assertEquals(listOf("try 2024-03-01", "outside-enrollment"), refused.drop(1))
            assertEquals(listOf("enrolled", "assigned"), more(agency).map { it.word })
        }
    }
}

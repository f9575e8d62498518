package io.github.caseload

import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test

/** Random commands and questions: byte for byte as the core says, and no difference from the naive auditor. */
class AuditorTest {
    private val seeds = (System.getenv("CASELOAD_SEEDS") ?: "40").toLong()

    @Test
    fun randomLines(): Unit = runBlocking {
        var (lines, accepted) = 0 to 0
        for (seed in 1..seeds) {
            val (generator, auditor, core) = Triple(Generator(seed), Auditor(), CoreReplay())
            Agency.openInMemory().use { agency ->
                val mine = Replay(agency)
                repeat(LINES) {
                    val line = generator.nextLine()
                    val answer = mine.line(line)
                    assertEquals(core.line(line), answer, "seed $seed: $line")
                    assertNull(differences(answer, auditor.line(line)), "seed $seed: $line")
                    lines++
                    if (answer?.contains("\"ok\":true") == true) accepted++
                }
            }
            listOf(generator, auditor, core).forEach(AutoCloseable::close)
        }
        println("auditor: $lines random lines, $accepted of them accepted")
        assertEquals(seeds * LINES, lines.toLong())
    }

    @Test
    fun aDifferenceIsSeen() {
        assertNotNull(differences("""{"line":1,"ok":true}""", """{"line":1,"ok":false,"violations":[]}"""))
    }

    private companion object {
        const val LINES = 100
    }
}

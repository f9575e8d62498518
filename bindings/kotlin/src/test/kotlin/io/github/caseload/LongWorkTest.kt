package io.github.caseload

import java.nio.file.Path
import java.time.LocalDate
import java.util.concurrent.CountDownLatch
import kotlin.io.path.readText
import kotlin.io.path.writeText
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotEquals
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Events, threads, progress and what it throws. */
class LongWorkTest {
    private val today = LocalDate.of(2024, 6, 15)
    private val housing = ProgramId("housing")

    @TempDir
    lateinit var folder: Path

    private suspend fun furnished(clients: Int): Agency = Agency.openInMemory().also { agency ->
        val desk = agency.actingAs("root").on(today)
        desk.defineProgram(housing, name = "Housing")
        desk.registerStaff(StaffId("maria"), name = "Maria Reed")
        val rows = (1..clients).map { EnrollmentRow(EnrollmentId("e$it"), ParticipantId("P-$it"), today) }
        desk.mirrorEnrollments(housing, rows)
    }

    private fun sheet(clients: Int): Path = folder.resolve("june.csv").apply {
        val rows = (clients downTo 1).joinToString("\n") { "P-$it,Housing,Maria Reed,2024-06-15" }
        writeText("Participant ID,Program name,Staff name,Start date\n$rows\n")
    }

    @Test
    fun eventsComeInOrderAndGoOn(): Unit = runBlocking {
        furnished(3).use { agency ->
            val words = agency.events().toList().map { it.word }
            assertEquals("program_defined", words.first())
            assertEquals(3, words.count { it == "enrolled" })
            assertEquals(emptyList(), agency.events(after = agency.head().position).toList())
            val next = async { agency.events(after = 3, poll = 5.milliseconds).take(1).toList().single() }
            agency.actingAs("root").on(today).closeProgram(housing)
            assertEquals("program_closed", next.await().word)
            assertEquals(4, next.await().position)
            val many = agency.actingAs("root").on(today)
            repeat(250) { many.renameProgram(housing, "Housing $it") }
            assertEquals(250, agency.events(after = 4).toList().size)
        }
    }

    @Test
    fun noCallBlocksTheCallersThread(): Unit = runBlocking {
        val called = Thread.currentThread()
        val log = object : Log by MemoryLog() {
            override fun head(): Head {
                assertNotEquals(called, Thread.currentThread())
                return Shelf.START
            }
        }
        Agency.openLog(log).close()
    }

    @Test
    fun whatTheProgressFunctionThrowsComesOut(): Unit = runBlocking {
        furnished(2).use { agency ->
            assertFailsWith<NoSuchElementException> {
                agency.upload(sheet(2), agency.actingAs("root").on(today), UploadMode.PARTIAL) { throw NoSuchElementException("enough") }
            }
            assertFailsWith<NotImplementedError> { agency.verify { TODO() } }
            assertFailsWith<CancellationException> { agency.flow(DayRange(today, today)) { throw CancellationException() } }
        }
    }
}

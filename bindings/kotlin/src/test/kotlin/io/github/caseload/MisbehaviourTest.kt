package io.github.caseload

import java.io.IOException
import java.sql.SQLException
import java.time.Instant
import java.time.LocalDate
import java.util.concurrent.CancellationException
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Whatever a host's log throws, in whichever method: a typed error, the state unchanged, and work goes on after. */
class MisbehaviourTest {
    private class Own(message: String?) : Throwable(message)

    private class Unprintable : RuntimeException() {
        override fun toString(): String = error("no words")
    }

    private class Misbehaviour(val name: String, val kind: StoreErrorKind, val act: () -> Nothing)

    private val misbehaviours = listOf(
        Misbehaviour("IllegalStateException", BACKEND) { error("P-1023 is locked") },
        Misbehaviour("NullPointerException", BACKEND) { throw NullPointerException() },
        Misbehaviour("ClassCastException", BACKEND) { throw ClassCastException("P-1023") },
        Misbehaviour("checked exception", BACKEND) { throw IOException("P-1023") },
        Misbehaviour("SQLException", BACKEND) { throw SQLException("P-1023", "08001", 17) },
        Misbehaviour("CancellationException", BACKEND) { throw CancellationException("gone") },
        Misbehaviour("InterruptedException", BACKEND) { throw InterruptedException() },
        Misbehaviour("AssertionError", BACKEND) { throw AssertionError("P-1023") },
        Misbehaviour("TODO", BACKEND) { TODO() },
        Misbehaviour("OutOfMemoryError", BACKEND) { throw OutOfMemoryError("no heap") },
        Misbehaviour("StackOverflowError", BACKEND) { deep(0) },
        Misbehaviour("LinkageError", BACKEND) { throw NoClassDefFoundError("org/sqlite/JDBC") },
        Misbehaviour("a Throwable of its own", BACKEND) { throw Own(null) },
        Misbehaviour("one that cannot be printed", BACKEND) { throw Unprintable() },
        Misbehaviour("a megabyte of words", BACKEND) { error("x".repeat(1 shl 20)) },
        Misbehaviour("words that are no text", BACKEND) { error("half a surrogate: \ud83d") },
        Misbehaviour("an answer of another agency", BACKEND) { throw CaseloadException.Bug("P-1023") },
        Misbehaviour("Locked", StoreErrorKind.LOCKED) { throw StoreException.Locked("the app's database is busy") },
        Misbehaviour("Full", StoreErrorKind.FULL) { throw StoreException.Full("no room: \ud83d") },
        Misbehaviour("Unavailable", StoreErrorKind.UNAVAILABLE) { throw StoreException.Unavailable("no card") },
        Misbehaviour("ReadOnly", StoreErrorKind.READ_ONLY) { throw StoreException.ReadOnly("write-protected") },
        Misbehaviour("Corrupt", StoreErrorKind.CORRUPT) { throw StoreException.Corrupt("torn page", 3) },
        Misbehaviour("Closed", StoreErrorKind.CLOSED) { throw StoreException.Closed("reopen it") },
        Misbehaviour("Diverged from nonsense", BACKEND) { throw StoreException.Diverged(Head(-1, "no hash")) },
    )

    private fun deep(depth: Int): Nothing = deep(depth + 1)

    /** Throws in one method while it is armed. */
    private class Faulty(val log: MemoryLog) : Log {
        var method: String? = null
        var act: () -> Nothing = { error("not armed") }
        var calls = 0

        private fun <T> at(name: String, call: () -> T): T {
            if (method == name) {
                calls++
                act()
            }
            return call()
        }

        override fun head() = at("head") { log.head() }

        override fun read(after: Head, limit: PageLimit) = at("read") { log.read(after, limit) }

        override fun find(request: RequestId) = at("find") { log.find(request) }

        override fun erase(items: List<Erasure>) = at("erase") { log.erase(items) }

        override fun turn(): Turn {
            val turn = at("turn") { log.turn() }
            return object : Turn {
                override fun head() = at("turn.head") { turn.head() }

                override fun tail(after: Head, limit: PageLimit) = at("turn.tail") { turn.tail(after, limit) }

                override fun clock(): Instant = at("turn.clock") { turn.clock() }

                override fun append(after: Head, entries: List<Entry>) {
                    if (method == "turn.append") log.shelf.lock.release()
                    at("turn.append") { turn.append(after, entries) }
                }

                override fun release() {
                    // A log that fails to say so has given the lock back all the same.
                    turn.release()
                    at("turn.release") {}
                }
            }
        }
    }

    @TestFactory
    fun everyKindInEveryMethod(): List<DynamicTest> = METHODS.flatMap { method ->
        misbehaviours.map { bad -> dynamicTest("$method: ${bad.name}") { runBlocking { behaves(method, bad) } } }
    }

    private suspend fun behaves(method: String, bad: Misbehaviour) {
        val log = Faulty(MemoryLog())
        Agency.openLog(log).use { agency ->
            furnish(agency.actingAs("root").on(TODAY))
            // Another handle writes, so that there is something to read.
            val other = Agency.openLog(MemoryLog(log.log.shelf))
            other.actingAs("root").on(TODAY).enroll(ParticipantId("P-2"), HOUSING, TODAY, id = EnrollmentId("e2"))
            val stored = log.log.shelf.entries

            log.act = bad.act
            log.method = method
            val thrown = runCatching { provoke(agency, log, method) }.exceptionOrNull()
            log.method = null
            Thread.interrupted()

            assertTrue(log.calls > 0, "$method was not called")
            expected(method, bad, thrown)
            if (method != "erase") assertEquals(stored, log.log.shelf.entries, "something was stored")
            assertEquals(1, log.log.shelf.lock.availablePermits(), "the lock was not given back")
            goesOn(agency, other)
            other.close()
        }
    }

    private suspend fun provoke(agency: Agency, log: Log, method: String) {
        val desk = agency.actingAs("root").on(TODAY)
        when (method) {
            // Asked once, to tell how far opening has come.
            "head" -> Agency.openLog(log).close()
            "read" -> agency.snapshot()
            "erase" -> desk.forget(ParticipantId("P-2"), reason = "asked for")
            // A refused command gives the turn back.
            "turn.release" -> desk.endAssignment(AssignmentId("nobody's"), TODAY)
            else -> desk.request(RequestId("r1")).enroll(ParticipantId("P-3"), HOUSING, TODAY)
        }
    }

    private fun expected(method: String, bad: Misbehaviour, thrown: Throwable?) {
        if (method == "turn.release") {
            // Nobody needs to know: the answer of the rules stands.
            assertTrue(thrown is CaseloadException.Refused, "$thrown")
            return
        }
        if (thrown == null && method in setOf("erase")) {
            // The entry that forgets is stored; what is owed is erased with the next chance.
            return
        }
        assertTrue(thrown is CaseloadException.Store, "$method, ${bad.name}: $thrown")
        assertEquals(bad.kind, thrown.kind, "$thrown")
        assertFalse("P-1023" in thrown.toString() || "P-1023" in thrown.message.orEmpty(), "an id: $thrown")
        if (bad.name == "IllegalStateException") assertTrue("P-1023" in thrown.detail?.words.orEmpty())
    }

    private suspend fun goesOn(agency: Agency, other: Agency) {
        agency.actingAs("root").on(TODAY).enroll(ParticipantId("P-4"), HOUSING, TODAY, id = EnrollmentId("e4"))
        assertEquals(other.everything(TODAY).toList(), agency.everything(TODAY).toList())
        assertEquals(agency.head(), agency.verify().head)
    }

    /** The agency itself takes the tail and needs no head; the suite asks for both. */
    @TestFactory
    fun everyKindInTheHeadOfATurn(): List<DynamicTest> = misbehaviours.map { bad ->
        dynamicTest("turn.head: ${bad.name}") {
            val log = Faulty(MemoryLog()).apply {
                method = "turn.head"
                act = bad.act
            }
            val store = object : TestStore {
                override fun open(): Log = log

                override fun backup() = error("not needed")
            }
            val name = Conformance.names().first { it.startsWith("s07") }
            val seen = assertFailsWith<AssertionError> { Conformance.run(name) { store } }
            assertTrue(log.calls > 0, "$name did not ask for it")
            assertFalse("P-1023" in seen.message.orEmpty(), seen.message)
            assertEquals(1, log.log.shelf.lock.availablePermits())
        }
    }

    @Test
    fun valuesThatNoLogHolds(): Unit = runBlocking {
        val nonsense = listOf(
            Head(-1, Shelf.START.hash), Head(Long.MIN_VALUE, Shelf.START.hash), Head(1, ""), Head(1, "00"),
            Head(1, "z".repeat(64)), Head(1, "\ud83d".repeat(64)),
        )
        for (head in nonsense) {
            val log = MemoryLog()
            val broken = object : Log by log {
                override fun head() = head
            }
            val error = assertFailsWith<CaseloadException.Store> { Agency.openLog(broken) }
            assertEquals(BACKEND, error.kind)
        }
        val log = MemoryLog()
        Agency.openLog(log).use { furnish(it.actingAs("root").on(TODAY)) }
        val entry = log.shelf.entries.first()
        val entries = listOf(
            entry.copy(position = -5), entry.copy(position = 2), entry.copy(level = -1), entry.copy(level = 1L shl 40),
            entry.copy(hash = "ff"), entry.copy(hash = "f".repeat(64)), entry.copy(body = ByteArray(0)),
            entry.copy(request = RequestId("")), entry.copy(privateItems = byteArrayOf(1, 2, 3)),
        )
        for (bad in entries) {
            val broken = object : Log by log {
                override fun read(after: Head, limit: PageLimit) = Page(listOf(bad), more = false)
            }
            assertFailsWith<CaseloadException.Store>("$bad") { Agency.openLog(broken) }
        }
        val endless = object : Log by log {
            override fun read(after: Head, limit: PageLimit) = Page(emptyList(), more = true)
        }
        assertFailsWith<CaseloadException.Store> { Agency.openLog(endless) }
    }

    private companion object {
        val BACKEND = StoreErrorKind.BACKEND
        val TODAY: LocalDate = LocalDate.of(2024, 6, 15)
        val HOUSING = ProgramId("housing")
        val METHODS = listOf(
            "head", "read", "find", "turn", "erase", "turn.tail", "turn.clock", "turn.append", "turn.release",
        )

        suspend fun furnish(desk: Desk) {
            desk.defineProgram(HOUSING)
            desk.registerStaff(StaffId("maria"))
            desk.enroll(ParticipantId("P-1"), HOUSING, TODAY, id = EnrollmentId("e1"))
            desk.assign(StaffId("maria"), ParticipantId("P-1"), HOUSING, TODAY, id = AssignmentId("a1"))
        }
    }
}

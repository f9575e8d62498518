package io.github.caseload

import java.nio.file.Path
import java.time.Clock
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneId
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class DeskTest {
    private val today = LocalDate.of(2024, 6, 15)
    private val housing = ProgramId("housing")
    private val client = ParticipantId("P-1023")
    private val maria = StaffId("maria")
    private val sam = StaffId("sam")
    private val agency = runBlocking { Agency.openInMemory() }
    private val desk = agency.actingAs("root").on(today)

    init {
        runBlocking {
            desk.defineProgram(housing, name = "Housing First")
            desk.registerStaff(maria, rights = listOf(Right.OWN))
            desk.registerStaff(sam)
            desk.enroll(client, housing, LocalDate.of(2024, 3, 1), id = EnrollmentId("e1"))
            desk.assign(maria, client, housing, LocalDate.of(2024, 3, 1), id = AssignmentId("a1"))
        }
    }

    @AfterEach
    fun close() = agency.close()

    @Test
    fun everyCommandHasItsMethod(): Unit = runBlocking {
        val old = LocalDate.of(2024, 3, 1)
        desk.renameProgram(housing, "Housing")
        desk.reviseProgram(housing, Policy(maxStaff = 3, onePrimary = Primaries.ONE, entryOrder = EntryOrder.ANY))
        desk.closeProgram(housing)
        desk.reopenProgram(housing)
        desk.renameStaff(sam, "Sam Ortiz")
        desk.grant(sam, listOf(Right.OWN, Right.VIEW_ALL), housing)
        desk.revoke(sam, listOf(Right.VIEW_ALL), housing)
        assertEquals(listOf(Right.OWN), agency.rights(sam, housing))
        desk.transfer(AssignmentId("a1"), sam, today, newId = AssignmentId("a2"))
        desk.correctAssignment(AssignmentId("a2"), today.minusDays(1), reason = "typo", newId = AssignmentId("a3"))
        desk.voidAssignment(AssignmentId("a3"), reason = "other client")
        desk.assign(sam, client, housing, today, id = AssignmentId("a4"))
        desk.transferAll(sam, maria, Scope.EveryProgram, today, prefix = AssignmentId("moved"))
        desk.endAssignment(AssignmentId("moved.a4"), today.plusDays(1), reason = "done")
        desk.deactivateStaff(sam, endOpen = today)
        desk.reactivateStaff(sam)
        desk.endEnrollment(EnrollmentId("e1"), today.plusDays(2))
        desk.reinstateEnrollment(EnrollmentId("e1"), reason = "came back")
        desk.correctEnrollment(EnrollmentId("e1"), old.minusDays(1), reason = "paper", newId = EnrollmentId("e2"))
        desk.enroll(ParticipantId("P-2"), housing, old, id = EnrollmentId("e3"))
        desk.voidEnrollment(EnrollmentId("e3"), reason = "other client")
        desk.mirrorEnrollments(housing, listOf(EnrollmentRow(EnrollmentId("e5"), ParticipantId("P-5"), old)))
        val rows = listOf(
            BatchRow.Begin(Assign(AssignmentId("b1"), sam, ParticipantId("P-5"), housing, today)),
            BatchRow.End(EndAssignment(AssignmentId("b1"), today.plusDays(3))),
            BatchRow.End(EndAssignment(AssignmentId("none"), today)),
        )
        val batch = desk.batch(BatchMode.PARTIAL, rows)
        assertEquals(listOf(true, true, false), batch.outcome.rows.map { it.violations.isEmpty() })
        desk.replaceId(Kind.PARTICIPANT, "P-5", "P-6", reason = "new key")
        desk.forget(ParticipantId("P-6"), reason = "asked for")
        assertEquals(agency.head(), agency.verify().head)
        assertEquals("Housing", agency.programs().toList().single().name)
        assertEquals(3, agency.programs().toList().single().policy.maxStaff)
    }

    @Test
    fun aRefusalSaysWhyFieldByField(): Unit = runBlocking {
        val refused = assertFailsWith<CaseloadException.Refused> {
            desk.assign(sam, client, housing, start = LocalDate.of(2024, 1, 1))
        }
        val violation = refused.byField.getValue("start").single()
        assertEquals("outside-enrollment", violation.code)
        val problem = assertIs<Problem.OutsideEnrollment>(violation.problem)
        assertEquals(LocalDate.of(2024, 3, 1), problem.earliestStart)
        assertEquals(Nearest("start", LocalDate.of(2024, 3, 1)), violation.nearest)
        assertEquals("outside-enrollment", refused.code)
        assertEquals(5, agency.head().position)
    }

    @Test
    fun noErrorPrintsAnId(): Unit = runBlocking {
        val errors = listOf(
            assertFailsWith<CaseloadException> { desk.assign(maria, client, housing, today) },
            assertFailsWith<CaseloadException> { desk.endAssignment(AssignmentId("secret-1"), today) },
            assertFailsWith<CaseloadException> { desk.enroll(ParticipantId(" secret-2"), housing, today) },
            assertFailsWith<CaseloadException> {
                desk.batch(BatchMode.ALL_OR_NOTHING, listOf(BatchRow.End(EndAssignment(AssignmentId("secret-3"), today))))
            },
        )
        for (error in errors) {
            for (said in listOf(error.toString(), error.message.orEmpty(), error.text)) {
                listOf("P-1023", "maria", "a1", "secret").forEach { assertFalse(it in said, said) }
                assertTrue(error.code in said, said)
            }
        }
    }

    @Test
    fun everyUnreadableValueIsToldAtOnce(): Unit = runBlocking {
        val error = assertFailsWith<CaseloadException.Input> {
            agency.actingAs("").on(LocalDate.of(10_000, 1, 1)).request(RequestId(" r"))
                .assign(StaffId(""), ParticipantId("a\tb"), ProgramId("x".repeat(129)), LocalDate.MIN, LocalDate.MAX)
        }
        assertEquals(
            mapOf(
                "actor" to "input-id", "on" to "input-date", "request" to "input-id", "staff" to "input-id",
                "participant" to "input-id", "program" to "input-id", "start" to "input-date", "end" to "input-date",
            ),
            error.violations.associate { it.fields.single() to it.code },
        )
        val half = assertFailsWith<CaseloadException.Input> { desk.closeProgram(ProgramId("half \ud83d")) }
        assertEquals("input-id", half.code)
        val policy = assertFailsWith<CaseloadException.Input> {
            desk.reviseProgram(housing, Policy(maxStaff = 0, formerAccessDays = -1, caseloadLimit = CaseloadLimit(0)))
        }
        assertEquals(listOf("max", "former_access_days", "max_staff"), policy.violations.flatMap { it.fields })
    }

    @Test
    fun theEndsOfTheCalendarAreDays(): Unit = runBlocking {
        val (first, last) = LocalDate.of(1, 1, 1) to LocalDate.of(9999, 12, 31)
        desk.enroll(ParticipantId("P-old"), housing, first, last, id = EnrollmentId("e9"))
        val line = agency.history(ParticipantId("P-old"), housing, today).toList().single()
        val enrollment = assertIs<Line.EnrollmentLine>(line).enrollment
        assertEquals(Period(first, last), enrollment.period)
        assertEquals(LocalDate.of(9999, 12, 30), enrollment.period.lastDay)
        assertTrue(first in enrollment.period && last !in enrollment.period)
    }

    @Test
    fun aReviewStoresNothing(): Unit = runBlocking {
        val before = agency.head()
        val verdict = desk.review.transfer(AssignmentId("a1"), sam, today, newId = AssignmentId("a2"))
        assertTrue(verdict.ok)
        assertEquals(listOf("a2"), assertIs<Verdict.Accepted>(verdict).outcome.ids.map { it.text })
        assertEquals(listOf("same-staff"), desk.review.transfer(AssignmentId("a1"), maria, today).violations.map { it.code })
        assertEquals(before, agency.head())
    }

    @Test
    fun aRequestIsCarriedOutOnce(): Unit = runBlocking {
        val form = desk.request(RequestId("form-1")).enteredAt(Instant.parse("2024-06-14T08:00:00Z"))
        val receipt = form.enroll(ParticipantId("P-7"), housing, today)
        assertEquals(receipt, form.enroll(ParticipantId("P-7"), housing, today))
        assertEquals(receipt, agency.outcome(RequestId("form-1")))
        assertIs<Verdict.Known>(form.review.enroll(ParticipantId("P-7"), housing, today))
        assertNull(agency.outcome(RequestId("form-2")))
        val reused = assertFailsWith<CaseloadException.Input> { form.enroll(ParticipantId("P-8"), housing, today) }
        assertEquals("request-reused", reused.code)
        assertEquals(receipt.id.text, receipt.outcome.ids.single().text)
    }

    @Test
    fun aDeskWithoutADayAsksTheAgencysClock(): Unit = runBlocking {
        val noDay = assertFailsWith<CaseloadException.Input> { agency.actingAs(maria).closeProgram(housing) }
        assertEquals(listOf("on"), noDay.violations.single().fields)
        // Noon in Auckland is the day before in Chicago.
        val noon = Instant.parse("2024-06-15T00:00:00Z")
        Agency.openInMemory(clock = Clock.fixed(noon, ZoneId.of("America/Chicago"))).use { chicago ->
            val desk = chicago.actingAs("root")
            desk.defineProgram(housing, policy = Policy(plannedStarts = PlannedStarts.REFUSE))
            desk.registerStaff(maria)
            desk.enroll(client, housing, LocalDate.of(2024, 1, 1))
            val refused = assertFailsWith<CaseloadException.Refused> { desk.assign(maria, client, housing, today) }
            assertEquals(LocalDate.of(2024, 6, 14), assertIs<Problem.PlannedStart>(refused.violations.single().problem).on)
        }
    }

    @Test
    fun commandsAsTextGoTheSameWay(): Unit = runBlocking {
        val text = """{"op":"close_program","id":"housing","actor":"root","on":"2024-06-15"}"""
        assertTrue(agency.reviewText(text).ok)
        assertEquals("housing", (agency.recordText(text).outcome.events.single() as Event.ProgramClosed).program.text)
        val wrong = assertFailsWith<CaseloadException.Input> { agency.recordText(text.replace("06-15", "6-15")) }
        assertEquals("input-date", wrong.code)
    }

    @Test
    fun aClosedAgencySaysSo(@TempDir folder: Path): Unit = runBlocking {
        val file = folder.resolve("agency.db")
        val agency = Agency.openFile(file)
        agency.actingAs("root").on(today).defineProgram(housing)
        val snapshot = agency.snapshot()
        agency.close()
        agency.close()
        val closed = assertFailsWith<CaseloadException.Store> { agency.snapshot() }
        assertEquals(StoreErrorKind.CLOSED, closed.kind)
        assertEquals("store-closed", closed.code)
        assertEquals(1, snapshot.programs().size)
        Agency.openFile(file, options = FileOptions(access = Access.READ_ONLY)).use { reader ->
            val readOnly = assertFailsWith<CaseloadException.Store> {
                reader.actingAs("root").on(today).closeProgram(housing)
            }
            assertEquals(StoreErrorKind.READ_ONLY, readOnly.kind)
        }
        val missing = assertFailsWith<CaseloadException.Store> {
            Agency.openFile(folder.resolve("none.db"), options = FileOptions(access = Access.EXISTING))
        }
        assertTrue("none.db" in missing.text, missing.text)
    }

    @Test
    fun theFileIsCopiedAskedAndPutBack(@TempDir folder: Path): Unit = runBlocking {
        val (file, backup, copy) = listOf("a.db", "backup.db", "copy.db").map(folder::resolve)
        val head = Agency.openFile(file).use { agency ->
            agency.actingAs("root").on(today).defineProgram(housing)
            val table = agency.sql("select count(*) as n, ?1 as given from program", SqlValue.Text("housing"))
            assertEquals(listOf("n", "given"), table.columns)
            assertEquals(listOf(listOf(SqlValue.Integer(1), SqlValue.Text("housing"))), table.rows)
            assertFailsWith<CaseloadException.Store> { agency.sql("delete from program") }
            agency.keepCheckpoint()
            agency.rebuildReadTables()
            agency.exportTo(backup)
            agency.head()
        }
        Agency.restore(backup, copy)
        Agency.openFile(copy).use { assertEquals(head, it.verify(expected = headOf(head.toString())).head) }
        assertNotNull(head.hash.takeIf { it.length == 64 })
    }
}

package io.github.caseload

import java.time.LocalDate
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test

/** Every question and report, with its numbers. */
class ReportsTest {
    private val jan = LocalDate.of(2024, 1, 1)
    private val feb = LocalDate.of(2024, 2, 1)
    private val march = LocalDate.of(2024, 3, 1)
    private val june = LocalDate.of(2024, 6, 1)
    private val spring = DayRange(jan, LocalDate.of(2024, 3, 31))
    private val housing = ProgramId("housing")
    private val maria = StaffId("maria")
    private val sam = StaffId("sam")
    private val c1 = ParticipantId("c1")
    private val c2 = ParticipantId("c2")
    private val c3 = ParticipantId("c3")
    private val agency = runBlocking { Agency.openInMemory() }

    /** maria has c1 from January, hands over to sam in March, and c2 from February; nobody has c3. */
    init {
        runBlocking {
            val desk = agency.actingAs("root").on(june)
            desk.defineProgram(housing)
            listOf(maria, sam).forEach { desk.registerStaff(it) }
            listOf(c1, c2, c3).forEach { desk.enroll(it, housing, jan, id = EnrollmentId("e-$it")) }
            desk.assign(maria, c1, housing, jan, role = "primary", id = AssignmentId("a1"))
            desk.transfer(AssignmentId("a1"), sam, march, reason = "leave", newId = AssignmentId("a2"))
            desk.assign(maria, c2, housing, feb.plusDays(1), id = AssignmentId("a3"))
            desk.correctAssignment(AssignmentId("a3"), feb, reason = "paper list", newId = AssignmentId("a4"))
        }
    }

    @AfterEach
    fun close() = agency.close()

    @Test
    fun questions(): Unit = runBlocking {
        assertEquals(listOf(Held(housing, c2, maria)), agency.caseload(maria, asOf = june).toList())
        assertEquals(listOf(sam), agency.caseworkers(c1, housing, asOf = june))
        assertEquals(2, agency.held(asOf = june).size)
        assertEquals(listOf(Count(maria, 1), Count(sam, 1)), agency.counts(asOf = june).toList())
        assertEquals(listOf(c3), agency.unassigned(housing, asOf = june).toList())
        assertEquals(listOf(c1), agency.visible(ActorId(maria.text), listOf(c1, ParticipantId("c9")), asOf = june))
        assertEquals(3 + 4, agency.everything(asOf = june).size)
        assertEquals(3, agency.history(c1, housing, asOf = june).size)
        assertEquals(listOf(maria, sam), agency.staff().toList().map { it.id })
        assertEquals(Door.OPEN, agency.programs().toList().single().door)
        assertEquals(emptyList(), agency.caseload(StaffId("nobody"), asOf = june).toList())
        // As it was known before the hand-over was entered.
        val before = KnownAt.Position(7)
        assertEquals(listOf(maria), agency.caseworkers(c1, housing, asOf = june, knownAt = before))
        assertEquals(7, agency.positionOf(before))
    }

    @Test
    fun aSnapshotKnowsWhatItKnew(): Unit = runBlocking {
        val snapshot = agency.snapshot()
        agency.actingAs("root").on(june).assign(sam, c3, housing, june)
        assertEquals(listOf(c3), snapshot.unassigned(housing, asOf = june).toList())
        assertEquals(0, agency.unassigned(housing, asOf = june).size)
        assertEquals(snapshot.head.position + 1, agency.snapshot(Freshness.AtLeast(11)).head.position)
    }

    @Test
    fun listsComeAPageAtATime(): Unit = runBlocking {
        val series = agency.dailySeries(DayRange(jan, LocalDate.of(2033, 12, 31)), By.STAFF)
        assertEquals(2L * 3653, series.size)
        assertEquals(1_000, series.page().size)
        assertEquals(listOf(DailyCount(Of(maria), jan, 1), DailyCount(Of(sam), jan, 0)), series.page(limit = 2))
        assertEquals(series.toList(), series.asFlow().toList())
        assertEquals(7, series.asFlow().take(7).toList().size)
        assertEquals(emptyList(), series.page(from = series.size + 5))
        for ((from, limit) in listOf(-1L to 1, 0L to 0, 0L to 1_001, 0L to -1, Long.MIN_VALUE to Int.MIN_VALUE)) {
            assertFailsWith<CaseloadException.Input> { series.page(from, limit) }
        }
    }

    @Test
    fun reportsOfADay(): Unit = runBlocking {
        val current = agency.currentCaseload(asOf = june)
        assertEquals(listOf(c2, c1), current.cases.rows().toList().map { it.participant })
        val all = current.loads.rows().toList().single { it.of == Of() }
        assertEquals(Load(Of(), cases = 2, participants = 2, primaries = 1), all)
        val spread = agency.caseloadDistribution(asOf = june)
        assertEquals(Ratio(2, 2, 1.0), spread.spread(null).mean)
        assertEquals(2, spread.bands(housing, listOf(5)).first().staff)
        assertFailsWith<CaseloadException.Input> { spread.bands(null, listOf(-1)) }
        assertEquals(june, spread.asOf())
        assertTrue(spread.cases().rows().toList().contains(CaseCount(Of(sam, housing), 1)))
        val waiting = agency.withoutCaseworker(asOf = june)
        assertEquals(listOf(Waiting(housing, c3, EnrollmentId("e-c3"), jan)), waiting.waiting.rows().toList())
        assertEquals(Ratio(1, 3, 1.0 / 3), waiting.counts.rows().toList().single().share)
        assertEquals(0, agency.misplaced(asOf = june).cases.rows().size)
        val filter = Filter(staff = listOf(sam))
        assertEquals(1, agency.currentCaseload(asOf = june, filter = filter).cases.rows().size)
    }

    @Test
    fun reportsOfARange(): Unit = runBlocking {
        val average = agency.averageDailyCaseload(spring).toList().single { it.of == Of() }
        // c1: 91 days; c2: from February, 60.
        assertEquals(151, average.coveredDays)
        assertEquals(91, average.average.denominator)
        val flow = agency.flow(spring).toList()
        assertEquals(listOf(1L, 1L, 0L), flow.map { it.opened })
        assertEquals(listOf(0L, 0L, 1L), flow.map { it.transferredIn })
        assertEquals(listOf(60L), flow.last().lengths)
        val gaps = agency.coverageGaps(spring).toList()
        assertEquals(listOf(DayRange(jan, LocalDate.of(2024, 1, 31))), gaps.single { it.participant == c2 }.gaps)
        val transfers = agency.transfers(spring)
        val one = transfers.handOvers.rows().toList().single()
        assertEquals(listOf(maria, sam), listOf(one.fromStaff, one.toStaff))
        assertEquals("leave", one.reason)
        assertEquals(1, transfers.counts.rows().toList().single().handOvers)
        val lengths = agency.lengthOfStay(Stay.ASSIGNMENT, spring)
        assertEquals(3, lengths.lengths().rows().toList().single { it.of == Of() }.starts)
        assertEquals(1.0, lengths.survival(Of(), 0))
        assertNull(lengths.survival(Of(StaffId("nobody")), 0))
        assertTrue((lengths.forecast(Of(), 30)?.stock ?: 0.0) > 0)
        assertEquals(2, lengths.stockFlow(Of())?.stock)
        assertFailsWith<CaseloadException.Input> { lengths.survival(Of(), -1) }
        val continuity = agency.workerContinuity(spring)
        assertEquals(1, continuity.timelines.rows().toList().single { it.participant == c1 }.changes)
        assertEquals(1, continuity.sums.rows().toList().single { it.of == Of() }.changes)
        assertFailsWith<CaseloadException.Input> { agency.flow(DayRange(march, jan)) }
    }

    @Test
    fun reportsOfPeopleAndOfWhatWasCorrected(): Unit = runBlocking {
        val history = agency.participantHistory(c1, asOf = june)
        val given = history.assignments.rows().toList().single { it.assignment.id == AssignmentId("a1") }
        assertEquals(EndCause.HandedOver, given.endCause)
        assertEquals(ActorId.root, given.ended?.by?.actor)
        assertEquals(1, history.enrollments.rows().size)
        assertEquals(sam, history.caseworkers.rows().toList().single().staff)
        val corrections = agency.corrections(asOf = june)
        val one = corrections.corrections.rows().toList().single()
        assertEquals("paper list", one.reason)
        assertEquals(AssignmentId("a4"), assertIs<Line.AssignmentLine>(one.after).assignment.id)
        val compared = agency.caseloadThenAndNow(KnownAt.Position(7), asOf = june)
        assertEquals(listOf(c1), compared.gone.rows().toList().map { it.participant })
        assertEquals(2, compared.come.rows().size)
        val held = CaseloadFilter(When.AsOf(june), Filter(staff = listOf(sam)), InRole.Any)
        val matches = agency.onCaseload(listOf(c2, c1, c1), held, asOf = june)
        assertEquals(listOf(OnCaseload.NO, OnCaseload.YES, OnCaseload.YES), matches.mask)
        assertEquals(listOf(c1), matches.ids)
        val inSpring = held.copy(days = When.In(spring, ActiveIn.AT_LEAST_ONE_DAY), role = InRole.Exactly("primary"))
        val enrollments = agency.enrollmentsOnCaseload(listOf(EnrollmentId("e-c1")), inSpring, asOf = june)
        assertEquals(listOf(EnrollmentId("e-c1")), enrollments.ids)
    }
}

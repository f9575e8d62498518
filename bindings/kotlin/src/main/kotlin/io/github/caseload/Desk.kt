package io.github.caseload

import java.time.Clock
import java.time.Instant
import java.time.LocalDate

/**
 * An actor at work on a day: a plain value, with every command as a method.
 *
 * ```
 * val desk = agency.actingAs(StaffId("manager-7")).on(LocalDate.of(2024, 6, 15))
 * desk.assign(StaffId("maria"), ParticipantId("P-1023"), ProgramId("housing"), start = LocalDate.of(2024, 6, 1))
 * ```
 */
class Desk internal constructor(
    private val agency: Agency,
    /** Who gives the commands. */
    val actor: ActorId,
    private val at: At,
) : Commands<Receipt>() {
    /** The same desk on a day; without one, each command asks the agency's clock for today's date. */
    fun on(day: LocalDate): Desk = Desk(agency, actor, at.copy(day = day))

    /**
     * The same desk for one request: the same command again under this id is answered as the first time, and
     * stored once. The key of a form that may be sent twice.
     */
    fun request(id: RequestId): Desk = Desk(agency, actor, at.copy(request = id))

    /** The same desk for commands that a device took at an instant; kept as information only. */
    fun enteredAt(instant: Instant): Desk = Desk(agency, actor, at.copy(entered = instant))

    /** The same commands, reviewed instead of recorded: the same rules and the same answer, nothing stored. */
    val review: ReviewDesk get() = ReviewDesk(agency, actor, at)

    internal fun context(): Context = at.context(actor, agency.clock)

    override suspend fun give(command: Command): Receipt =
        away { agency.blocking.record(command, context()) }
}

/** As [Desk], but nothing is stored: every command answers with a [Verdict]. */
class ReviewDesk internal constructor(
    private val agency: Agency,
    private val actor: ActorId,
    private val at: At,
) : Commands<Verdict>() {
    override suspend fun give(command: Command): Verdict =
        away { agency.blocking.review(command, at.context(actor, agency.clock)) }
}

/** When, and as what. */
internal data class At(
    val day: LocalDate? = null,
    val request: RequestId? = null,
    val entered: Instant? = null,
) {
    fun context(actor: ActorId, clock: Clock?): Context {
        val today = day ?: clock?.let(LocalDate::now) ?: throw noDay()
        return Context(actor, today, request, entered)
    }
}

private fun noDay(): CaseloadException {
    val what = "missing: say `.on(day)`, or open the agency with a clock in its own zone"
    val violation = Violation(
        code = "input-command",
        problem = Problem.InputCommand(what),
        fields = listOf("on"),
        nearest = null,
        row = null,
        text = what,
    )
    return CaseloadException.Input(listOf(violation), "on: $what")
}

/** Whether it would be stored, or was. */
val Verdict.ok: Boolean
    get() = this !is Verdict.Refused

/** Why it would be refused; empty if it would be accepted. */
val Verdict.violations: List<Violation>
    get() = (this as? Verdict.Refused)?.violations.orEmpty()

/** The first id that a command made. */
val Receipt.id: AnyId
    get() = outcome.ids.first()

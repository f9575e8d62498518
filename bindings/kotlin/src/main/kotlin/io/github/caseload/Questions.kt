package io.github.caseload

import java.time.LocalDate

/**
 * Every question and report, asked of an [Agency] as it is now or of a [Snapshot].
 *
 * - `asOf` is the day asked about; for a report of a range only the day on which an actor's sight is judged, which
 *   is the last day of the range unless something else is said.
 * - `knownAt` asks what was known then: the same question with the same one has the same answer for ever.
 * - With an `actor`, what they do not see is left out.
 * - A question about an unknown id answers empty.
 *
 * Every one throws [CaseloadException.Input] for values that cannot be read, and [CaseloadException.Store] when the
 * store fails or the log was replaced since the snapshot was taken. Reports tell their `progress`, and stop when the
 * coroutine is cancelled.
 */
abstract class Questions internal constructor() {
    /** What is asked; it may wait for the store. */
    internal abstract fun known(): NativeSnapshot

    private suspend fun <T> ask(question: (NativeSnapshot) -> T): T = away { question(known()) }

    private suspend fun <T> report(
        progress: ((Progress) -> Unit)?,
        work: (NativeSnapshot, ProgressListener) -> T,
    ): T = telling(progress) { listener -> work(known(), listener) }

    /** The caseload of a staff member on a day, sorted by program and participant. */
    suspend fun caseload(
        staff: StaffId,
        asOf: LocalDate,
        program: ProgramId? = null,
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
    ): Rows<Held> = ask { it.caseload(staff, program, Asked(asOf, knownAt, actor)).rows() }

    /** The staff responsible for a participant in a program on a day, sorted. */
    suspend fun caseworkers(
        participant: ParticipantId,
        program: ProgramId,
        asOf: LocalDate,
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
    ): List<StaffId> = ask { it.caseworkers(participant, program, Asked(asOf, knownAt, actor)) }

    /** Every assignment (of a program) that covers a day, sorted by program, participant and staff. */
    suspend fun held(
        asOf: LocalDate,
        program: ProgramId? = null,
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
    ): Rows<Held> = ask { it.held(program, Asked(asOf, knownAt, actor)).rows() }

    /** How many assignments (of a program) of each staff member cover a day, sorted by staff. */
    suspend fun counts(
        asOf: LocalDate,
        program: ProgramId? = null,
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
    ): Rows<Count> = ask { it.counts(program, Asked(asOf, knownAt, actor)).rows() }

    /** The participants enrolled in a program on a day without a caseworker, sorted. */
    suspend fun unassigned(
        program: ProgramId,
        asOf: LocalDate,
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
    ): Rows<ParticipantId> = ask { it.unassigned(program, Asked(asOf, knownAt, actor)).rows() }

    /** Those of the given participants whom an actor sees in at least one program; for `root` the list as given. */
    suspend fun visible(
        actor: ActorId,
        participants: List<ParticipantId>,
        asOf: LocalDate,
        knownAt: KnownAt? = null,
    ): List<ParticipantId> = ask { it.visible(actor, participants, Asked(asOf, knownAt, null)) }

    /** Everything entered, of everyone; with an actor what they see on the day asked. */
    suspend fun everything(
        asOf: LocalDate,
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
    ): Rows<Line> = ask { it.everything(Asked(asOf, knownAt, actor)).rows() }

    /** The timeline of a participant in a program: current, superseded and voided lines. */
    suspend fun history(
        participant: ParticipantId,
        program: ProgramId,
        asOf: LocalDate,
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
    ): Rows<Line> = ask { it.history(participant, program, Asked(asOf, knownAt, actor)).rows() }

    /** The programs, sorted by id. */
    suspend fun programs(
        knownAt: KnownAt? = null,
    ): Rows<Program> = ask { it.programs(knownAt).rows() }

    /** The staff, sorted by id. */
    suspend fun staff(
        knownAt: KnownAt? = null,
    ): Rows<Staff> = ask { it.staff(knownAt).rows() }

    /** The rights of a staff member in a program, or (without one) those that hold in every program. */
    suspend fun rights(
        staff: StaffId,
        program: ProgramId? = null,
        knownAt: KnownAt? = null,
    ): List<Right> = ask { it.rights(staff, program, knownAt) }

    /** The position of the log that a `knownAt` means. */
    suspend fun positionOf(
        knownAt: KnownAt? = null,
    ): Long = ask { it.positionOf(knownAt) }

    /** Who is on which caseload on a day, and how much each carries. */
    suspend fun currentCaseload(
        asOf: LocalDate,
        filter: Filter = Filter(),
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
        progress: ((Progress) -> Unit)? = null,
    ): CurrentCaseload = report(progress) { known, listener ->
        known.currentCaseload(filter, Asked(asOf, knownAt, actor), listener)
    }

    /** The sizes of caseloads on a day, and how evenly they are spread. */
    suspend fun caseloadDistribution(
        asOf: LocalDate,
        filter: Filter = Filter(),
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
        progress: ((Progress) -> Unit)? = null,
    ): CaseloadDistribution = report(progress) { known, listener ->
        known.caseloadDistribution(filter, Asked(asOf, knownAt, actor), listener)
    }

    /** Who is enrolled on a day without a caseworker, and since when. */
    suspend fun withoutCaseworker(
        asOf: LocalDate,
        filter: Filter = Filter(),
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
        progress: ((Progress) -> Unit)? = null,
    ): Unassigned = report(progress) { known, listener ->
        known.withoutCaseworker(filter, Asked(asOf, knownAt, actor), listener)
    }

    /** Assignments that lie outside their enrollment, after a mirror that only reports. */
    suspend fun misplaced(
        asOf: LocalDate,
        filter: Filter = Filter(),
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
        progress: ((Progress) -> Unit)? = null,
    ): Misplaced = report(progress) { known, listener ->
        known.misplaced(filter, Asked(asOf, knownAt, actor), listener)
    }

    /** The caseload on every day of a range: day after day, of each. */
    suspend fun dailySeries(
        range: DayRange,
        by: By = By.STAFF,
        filter: Filter = Filter(),
        asOf: LocalDate = range.last,
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
        progress: ((Progress) -> Unit)? = null,
    ): Rows<DailyCount> = report(progress) { known, listener ->
        known.dailySeries(range, by, filter, Asked(asOf, knownAt, actor), listener).rows()
    }

    /** The average caseload over the days of a range: of each, and of all together. */
    suspend fun averageDailyCaseload(
        range: DayRange,
        filter: Filter = Filter(),
        asOf: LocalDate = range.last,
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
        progress: ((Progress) -> Unit)? = null,
    ): Rows<AverageCaseload> = report(progress) { known, listener ->
        known.averageDailyCaseload(range, filter, Asked(asOf, knownAt, actor), listener).rows()
    }

    /** What came into the caseloads of each program in each month of a range, and what left them. */
    suspend fun flow(
        range: DayRange,
        filter: Filter = Filter(),
        asOf: LocalDate = range.last,
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
        progress: ((Progress) -> Unit)? = null,
    ): Rows<MonthFlow> = report(progress) { known, listener ->
        known.flow(range, filter, Asked(asOf, knownAt, actor), listener).rows()
    }

    /** The days of a range on which somebody enrolled had no caseworker. */
    suspend fun coverageGaps(
        range: DayRange,
        filter: Filter = Filter(),
        asOf: LocalDate = range.last,
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
        progress: ((Progress) -> Unit)? = null,
    ): Rows<Uncovered> = report(progress) { known, listener ->
        known.coverageGaps(range, filter, Asked(asOf, knownAt, actor), listener).rows()
    }

    /** Who handed whom over to whom in a range, when, why, and by whose command. */
    suspend fun transfers(
        range: DayRange,
        filter: Filter = Filter(),
        asOf: LocalDate = range.last,
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
        progress: ((Progress) -> Unit)? = null,
    ): Transfers = report(progress) { known, listener ->
        known.transfers(range, filter, Asked(asOf, knownAt, actor), listener)
    }

    /** How long enrollments or assignments last, with those still open, and what that foretells. */
    suspend fun lengthOfStay(
        stay: Stay,
        range: DayRange,
        filter: Filter = Filter(),
        asOf: LocalDate = range.last,
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
        progress: ((Progress) -> Unit)? = null,
    ): LengthOfStay = report(progress) { known, listener ->
        known.lengthOfStay(stay, range, filter, Asked(asOf, knownAt, actor), listener)
    }

    /** The caseworkers of a participant, and every line with who entered, ended, corrected and voided it. */
    suspend fun participantHistory(
        participant: ParticipantId,
        asOf: LocalDate,
        filter: Filter = Filter(),
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
        progress: ((Progress) -> Unit)? = null,
    ): ParticipantHistory = report(progress) { known, listener ->
        known.participantHistory(participant, filter, Asked(asOf, knownAt, actor), listener)
    }

    /** How often participants' workers change in a range, and how much of the time one worker is there. */
    suspend fun workerContinuity(
        range: DayRange,
        role: InRole = InRole.Any,
        filter: Filter = Filter(),
        asOf: LocalDate = range.last,
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
        progress: ((Progress) -> Unit)? = null,
    ): WorkerContinuity = report(progress) { known, listener ->
        known.workerContinuity(range, role, filter, Asked(asOf, knownAt, actor), listener)
    }

    /** What was corrected or voided since a moment (since ever without one), before and after, by whom and why. */
    suspend fun corrections(
        asOf: LocalDate,
        since: KnownAt? = null,
        filter: Filter = Filter(),
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
        progress: ((Progress) -> Unit)? = null,
    ): Corrections = report(progress) { known, listener ->
        known.corrections(since, filter, Asked(asOf, knownAt, actor), listener)
    }

    /** The current caseload as a report said it then, as it says it now, and the difference. */
    suspend fun caseloadThenAndNow(
        then: KnownAt,
        asOf: LocalDate,
        filter: Filter = Filter(),
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
        progress: ((Progress) -> Unit)? = null,
    ): ThenAndNow = report(progress) { known, listener ->
        known.caseloadThenAndNow(then, filter, Asked(asOf, knownAt, actor), listener)
    }

    /** Which of these participants are on a caseload. */
    suspend fun onCaseload(
        participants: List<ParticipantId>,
        filter: CaseloadFilter,
        asOf: LocalDate,
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
        progress: ((Progress) -> Unit)? = null,
    ): ParticipantMatches = report(progress) { known, listener ->
        known.onCaseload(participants, filter, Asked(asOf, knownAt, actor), listener)
    }

    /** Which of these enrollments are on a caseload. */
    suspend fun enrollmentsOnCaseload(
        enrollments: List<EnrollmentId>,
        filter: CaseloadFilter,
        asOf: LocalDate,
        knownAt: KnownAt? = null,
        actor: ActorId? = null,
        progress: ((Progress) -> Unit)? = null,
    ): EnrollmentMatches = report(progress) { known, listener ->
        known.enrollmentsOnCaseload(enrollments, filter, Asked(asOf, knownAt, actor), listener)
    }
}

/** An agency as known at one head: all questions asked of it agree, whoever writes meanwhile. */
class Snapshot internal constructor(private val native: NativeSnapshot) : Questions() {
    /** What it knows. */
    val head: Head = native.head()

    override fun known(): NativeSnapshot = native
}

package io.github.caseload

import java.time.LocalDate

/**
 * Every command as a method; what becomes of it is the subclass's: [Desk] records it, [ReviewDesk] asks the rules.
 *
 * Every method throws [CaseloadException.Refused] with every violation of the first broken phase (never
 * [ReviewDesk], whose answer says so), [CaseloadException.Input] for values that cannot be read, and
 * [CaseloadException.Store] when the store fails. The codes named with each are those it is refused with most.
 */
abstract class Commands<Answer> internal constructor() {
    internal abstract suspend fun give(command: Command): Answer

    /**
     * Defines a program. Needs `administer` for every program.
     *
     * @param id its id, the host's own.
     * @param name what it is called.
     * @param policy what it allows; keys that are left out have their default.
     * @throws CaseloadException.Refused `id-taken`, `administer-right-missing`.
     */
    suspend fun defineProgram(id: ProgramId, name: String? = null, policy: Policy? = null): Answer =
        give(Command.DefineProgram(id, name, policy))

    /**
     * Gives a program another policy as a whole; nothing stored is judged again.
     *
     * @param id the program.
     * @param policy the whole policy.
     * @throws CaseloadException.Refused `unknown-program`, `administer-right-missing`.
     */
    suspend fun reviseProgram(id: ProgramId, policy: Policy): Answer =
        give(Command.ReviseProgram(id, policy))

    /**
     * Gives a program another name.
     *
     * @param id the program.
     * @param name its name from now on.
     * @throws CaseloadException.Refused `unknown-program`, `administer-right-missing`.
     */
    suspend fun renameProgram(id: ProgramId, name: String): Answer =
        give(Command.RenameProgram(id, name))

    /**
     * Closes a program: it takes no new enrollment, assignment or hand-over.
     *
     * @param id the program; closing it again changes nothing.
     * @throws CaseloadException.Refused `unknown-program`, `administer-right-missing`.
     */
    suspend fun closeProgram(id: ProgramId): Answer =
        give(Command.CloseProgram(id))

    /**
     * Opens a closed program again.
     *
     * @param id the program; one that is open stays so.
     * @throws CaseloadException.Refused `unknown-program`, `administer-right-missing`.
     */
    suspend fun reopenProgram(id: ProgramId): Answer =
        give(Command.ReopenProgram(id))

    /**
     * Registers a staff member.
     *
     * @param id their id, the host's own; `root` is taken.
     * @param name what they are called.
     * @param rights what they may do in every program, those defined later too.
     * @throws CaseloadException.Refused `id-taken`, `administer-right-missing`.
     */
    suspend fun registerStaff(id: StaffId, name: String? = null, rights: List<Right>? = null): Answer =
        give(Command.RegisterStaff(id, name, rights))

    /**
     * Gives a staff member another name.
     *
     * @param id the staff member.
     * @param name their name from now on.
     * @throws CaseloadException.Refused `unknown-staff`, `administer-right-missing`.
     */
    suspend fun renameStaff(id: StaffId, name: String): Answer =
        give(Command.RenameStaff(id, name))

    /**
     * Gives a staff member rights.
     *
     * @param staff to whom.
     * @param rights which.
     * @param program where; without one in every program.
     * @throws CaseloadException.Refused `unknown-staff`, `unknown-program`, `administer-right-missing`.
     */
    suspend fun grant(staff: StaffId, rights: List<Right>, program: ProgramId? = null): Answer =
        give(Command.Grant(staff, rights, program))

    /**
     * Takes rights from a staff member.
     *
     * @param staff from whom.
     * @param rights which.
     * @param program where; without one in every program.
     * @throws CaseloadException.Refused `unknown-staff`, `unknown-program`, `administer-right-missing`.
     */
    suspend fun revoke(staff: StaffId, rights: List<Right>, program: ProgramId? = null): Answer =
        give(Command.Revoke(staff, rights, program))

    /**
     * Deactivates a staff member; refused while assignments cover today or later.
     *
     * @param id the staff member.
     * @param endOpen ends their open-ended assignments on that day, in the same entry.
     * @throws CaseloadException.Refused `unknown-staff`, `open-assignments-remain`, `end-before-start`,
     *   `administer-right-missing`.
     */
    suspend fun deactivateStaff(id: StaffId, endOpen: LocalDate? = null): Answer =
        give(Command.DeactivateStaff(id, endOpen))

    /**
     * Activates a staff member again.
     *
     * @param id the staff member.
     * @throws CaseloadException.Refused `unknown-staff`, `administer-right-missing`.
     */
    suspend fun reactivateStaff(id: StaffId): Answer =
        give(Command.ReactivateStaff(id))

    /**
     * Enrolls a participant in a program; a later start is possible.
     *
     * @param participant who is served.
     * @param program by which program.
     * @param start the first day.
     * @param end the first day that is not covered; open without it.
     * @param id its id; a UUIDv7 without one.
     * @throws CaseloadException.Refused `enrollment-overlaps`, `program-closed`, `enroll-right-missing`.
     */
    suspend fun enroll(
        participant: ParticipantId,
        program: ProgramId,
        start: LocalDate,
        end: LocalDate? = null,
        id: EnrollmentId? = null,
    ): Answer = give(Command.Enroll(id, participant, program, start, end))

    /**
     * Dismisses: ends an open enrollment. What happens to assignments is policy.
     *
     * @param id the enrollment.
     * @param end the first day that is not covered.
     * @param reason why.
     * @throws CaseloadException.Refused `enrollment-ended`, `assignment-outside`, `enroll-right-missing`.
     */
    suspend fun endEnrollment(id: EnrollmentId, end: LocalDate, reason: String? = null): Answer =
        give(Command.EndEnrollment(id, end, reason))

    /**
     * Undoes a dismissal and opens exactly the assignments again that it ended.
     *
     * @param id the enrollment.
     * @param reason why; required by the rules.
     * @throws CaseloadException.Refused `nothing-to-reinstate`, `reason-required`, `enroll-right-missing`.
     */
    suspend fun reinstateEnrollment(id: EnrollmentId, reason: String? = null): Answer =
        give(Command.ReinstateEnrollment(id, reason))

    /**
     * Supersedes an enrollment by one with other days; refused while an assignment would stick out.
     *
     * @param id the enrollment.
     * @param start the right first day.
     * @param end the right end; **open without it**.
     * @param reason why; required by the rules.
     * @param newId the id of the new line; a UUIDv7 without one.
     * @throws CaseloadException.Refused `assignment-outside`, `reason-required`, `correct-right-missing`.
     */
    suspend fun correctEnrollment(
        id: EnrollmentId,
        start: LocalDate,
        end: LocalDate? = null,
        reason: String? = null,
        newId: EnrollmentId? = null,
    ): Answer = give(Command.CorrectEnrollment(id, newId, start, end, reason))

    /**
     * Makes an enrollment count for nothing; refused while it has assignments.
     *
     * @param id the enrollment.
     * @param reason why; required by the rules.
     * @throws CaseloadException.Refused `assignment-outside`, `reason-required`, `correct-right-missing`.
     */
    suspend fun voidEnrollment(id: EnrollmentId, reason: String? = null): Answer =
        give(Command.VoidEnrollment(id, reason))

    /**
     * Records how the host's own enrollments of a program differ from those stored, as one entry.
     *
     * @param program the program.
     * @param rows the host's enrollments.
     * @param complete whether these are all; those not listed are left alone without it.
     * @param onOutside what becomes of assignments that stick out; they are clipped without it.
     * @throws CaseloadException.Refused `enrollment-overlaps`, `enroll-right-missing`.
     */
    suspend fun mirrorEnrollments(
        program: ProgramId,
        rows: List<EnrollmentRow>,
        complete: Listing? = null,
        onOutside: OnOutside? = null,
    ): Answer = give(Command.MirrorEnrollments(program, rows, complete, onOutside))

    /**
     * Makes a staff member responsible for a participant in a program.
     *
     * @param staff who becomes responsible.
     * @param participant for whom.
     * @param program in which program.
     * @param start the first day.
     * @param end the first day that is not covered; open without it.
     * @param role in which role.
     * @param id its id; a UUIDv7 without one.
     * @throws CaseloadException.Refused `not-enrolled`, `outside-enrollment`, `already-assigned`, `out-of-order`,
     *   `caseload-full` and others.
     */
    suspend fun assign(
        staff: StaffId,
        participant: ParticipantId,
        program: ProgramId,
        start: LocalDate,
        end: LocalDate? = null,
        role: String? = null,
        id: AssignmentId? = null,
    ): Answer = give(Command.Assign(Assign(id, staff, participant, program, start, end, role)))

    /**
     * Ends an open assignment; a planned end is allowed, and is final.
     *
     * @param id the assignment.
     * @param end the first day that is not covered.
     * @param reason why.
     * @throws CaseloadException.Refused `assignment-ended`, `end-before-start` and others.
     */
    suspend fun endAssignment(id: AssignmentId, end: LocalDate, reason: String? = null): Answer =
        give(Command.EndAssignment(EndAssignment(id, end, reason)))

    /**
     * Ends an assignment and starts another on the same day, as one entry.
     *
     * @param id the giver's assignment.
     * @param toStaff the receiver.
     * @param date the receiver's first day.
     * @param role the receiver's role; the giver's without one.
     * @param reason why.
     * @param newId the id of the receiver's assignment; a UUIDv7 without one.
     * @throws CaseloadException.Refused `same-staff`, `already-assigned`, `out-of-order`, `staff-inactive` and
     *   others.
     */
    suspend fun transfer(
        id: AssignmentId,
        toStaff: StaffId,
        date: LocalDate,
        role: String? = null,
        reason: String? = null,
        newId: AssignmentId? = null,
    ): Answer = give(Command.Transfer(id, newId, toStaff, date, role, reason))

    /**
     * Transfers the open-ended assignments of a staff member in scope, as one entry.
     *
     * @param staff the giver.
     * @param toStaff the receiver.
     * @param scope in which program, or in every one.
     * @param date the receiver's first day.
     * @param only only these participants.
     * @param onHeld what happens where the receiver holds the participant already; refused without it.
     * @param skipIneligible what happens to a line that breaks a rule; the whole is refused without it.
     * @param reason why.
     * @param prefix new ids are `prefix.old-id`; UUIDv7 without one.
     * @throws CaseloadException.Refused `nothing-to-transfer` and those of `transfer`.
     */
    suspend fun transferAll(
        staff: StaffId,
        toStaff: StaffId,
        scope: Scope,
        date: LocalDate,
        only: List<ParticipantId>? = null,
        onHeld: OnHeld? = null,
        skipIneligible: Ineligible? = null,
        reason: String? = null,
        prefix: AssignmentId? = null,
    ): Answer = give(Command.TransferAll(staff, toStaff, scope, date, prefix, only, onHeld, skipIneligible, reason))

    /**
     * Supersedes an assignment by a right one; the old one stays in history.
     *
     * @param id the assignment.
     * @param start the right first day.
     * @param end the right end; **open without it**.
     * @param staff the right staff member; as it was without one.
     * @param role the right role; as it was without one.
     * @param reason why; required by the rules.
     * @param newId the id of the new line; a UUIDv7 without one.
     * @throws CaseloadException.Refused `reason-required`, `correct-right-missing` and the rules of an assignment.
     */
    suspend fun correctAssignment(
        id: AssignmentId,
        start: LocalDate,
        end: LocalDate? = null,
        staff: StaffId? = null,
        role: String? = null,
        reason: String? = null,
        newId: AssignmentId? = null,
    ): Answer = give(Command.Correct(id, newId, staff, role, start, end, reason))

    /**
     * Makes an assignment count for nothing from now on; it stays in history.
     *
     * @param id the assignment.
     * @param reason why; required by the rules.
     * @throws CaseloadException.Refused `assignment-not-current`, `reason-required`, `correct-right-missing`.
     */
    suspend fun voidAssignment(id: AssignmentId, reason: String? = null): Answer =
        give(Command.Void(id, reason))

    /**
     * Judges and applies many assignments and ends in order, as one entry; every row has its own verdict.
     *
     * @param mode what a refused row does to the others.
     * @param rows the rows, at most 10,000.
     * @throws CaseloadException.Refused `row-refused`, `history-row` and those of the rows.
     */
    suspend fun batch(mode: BatchMode, rows: List<BatchRow>): Answer =
        give(Command.Batch(mode, rows))

    /**
     * Takes another key for something, because the host's own has changed; history keeps its lines.
     *
     * @param kind what the id names.
     * @param id the old key.
     * @param newId the new key.
     * @param reason why; required by the rules.
     * @throws CaseloadException.Refused `id-taken`, `reason-required`, `administer-right-missing`.
     */
    suspend fun replaceId(
        kind: Kind,
        id: String,
        newId: String,
        reason: String? = null,
    ): Answer = give(Command.ReplaceId(kind, id, newId, reason))

    /**
     * Removes what could identify a participant from everything stored; counts and periods stay.
     *
     * @param participant the participant.
     * @param reason why; required by the rules.
     * @throws CaseloadException.Refused `unknown-participant`, `reason-required`, `administer-right-missing`.
     */
    suspend fun forget(participant: ParticipantId, reason: String? = null): Answer =
        give(Command.Forget(participant, reason))
}

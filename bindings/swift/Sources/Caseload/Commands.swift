/// Every command as a method; what becomes of it is the desk's: ``Desk`` records it, ``ReviewDesk`` asks the rules.
///
/// Every method throws ``CaseloadError``: `refused` with every violation of the first broken phase (never from
/// ``ReviewDesk``, whose answer says so), `input` for values that cannot be read, `store` when the store fails. The
/// codes named with each are those that it is refused with most.
public protocol Commands: Sendable {
    /// What a command answers.
    associatedtype Answer: Sendable

    /// Gives a command. The methods say the same with names and defaults.
    func give(_ command: Command) async throws -> Answer
}

// MARK: - Programs

extension Commands {
    /// Defines a program. Needs `administer` for every program.
    ///
    /// - Parameters:
    ///   - id: Its id, the host's own.
    ///   - name: What it is called.
    ///   - policy: What it allows; keys that are left out have their default.
    /// - Throws: `id-taken`, `administer-right-missing`.
    @discardableResult
    public func defineProgram(id: ProgramId, name: String? = nil, policy: Policy? = nil) async throws -> Answer {
        try await give(.defineProgram(id: id, name: name, policy: policy))
    }

    /// Gives a program another policy as a whole; later commands obey it, nothing stored is judged again.
    ///
    /// - Parameters:
    ///   - id: The program.
    ///   - policy: The whole policy.
    /// - Throws: `unknown-program`, `administer-right-missing`.
    @discardableResult
    public func reviseProgram(id: ProgramId, policy: Policy) async throws -> Answer {
        try await give(.reviseProgram(id: id, policy: policy))
    }

    /// Gives a program another name.
    ///
    /// - Parameters:
    ///   - id: The program.
    ///   - name: Its name from now on.
    /// - Throws: `unknown-program`, `administer-right-missing`.
    @discardableResult
    public func renameProgram(id: ProgramId, name: String) async throws -> Answer {
        try await give(.renameProgram(id: id, name: name))
    }

    /// Closes a program: it takes no new enrollment, assignment or hand-over.
    ///
    /// - Parameter id: The program; closing it again changes nothing.
    /// - Throws: `unknown-program`, `administer-right-missing`.
    @discardableResult
    public func closeProgram(id: ProgramId) async throws -> Answer {
        try await give(.closeProgram(id: id))
    }

    /// Opens a closed program again.
    ///
    /// - Parameter id: The program; one that is open stays so.
    /// - Throws: `unknown-program`, `administer-right-missing`.
    @discardableResult
    public func reopenProgram(id: ProgramId) async throws -> Answer {
        try await give(.reopenProgram(id: id))
    }
}

// MARK: - Staff

extension Commands {
    /// Registers a staff member.
    ///
    /// - Parameters:
    ///   - id: Their id, the host's own; `root` is taken.
    ///   - name: What they are called.
    ///   - rights: What they may do in every program, those defined later too.
    /// - Throws: `id-taken`, `administer-right-missing`.
    @discardableResult
    public func registerStaff(id: StaffId, name: String? = nil, rights: [Right]? = nil) async throws -> Answer {
        try await give(.registerStaff(id: id, name: name, rights: rights))
    }

    /// Gives a staff member another name.
    ///
    /// - Parameters:
    ///   - id: The staff member.
    ///   - name: Their name from now on.
    /// - Throws: `unknown-staff`, `administer-right-missing`.
    @discardableResult
    public func renameStaff(id: StaffId, name: String) async throws -> Answer {
        try await give(.renameStaff(id: id, name: name))
    }

    /// Gives a staff member rights.
    ///
    /// - Parameters:
    ///   - staff: To whom.
    ///   - rights: Which.
    ///   - program: Where; without one in every program.
    /// - Throws: `unknown-staff`, `unknown-program`, `administer-right-missing`.
    @discardableResult
    public func grant(staff: StaffId, rights: [Right], program: ProgramId? = nil) async throws -> Answer {
        try await give(.grant(staff: staff, rights: rights, program: program))
    }

    /// Takes rights from a staff member.
    ///
    /// - Parameters:
    ///   - staff: From whom.
    ///   - rights: Which.
    ///   - program: Where; without one in every program.
    /// - Throws: `unknown-staff`, `unknown-program`, `administer-right-missing`.
    @discardableResult
    public func revoke(staff: StaffId, rights: [Right], program: ProgramId? = nil) async throws -> Answer {
        try await give(.revoke(staff: staff, rights: rights, program: program))
    }

    /// Deactivates a staff member; refused while assignments cover today or later.
    ///
    /// - Parameters:
    ///   - id: The staff member.
    ///   - endOpen: Ends their open-ended assignments on that day, in the same entry.
    /// - Throws: `unknown-staff`, `open-assignments-remain`, `end-before-start`, `administer-right-missing`.
    @discardableResult
    public func deactivateStaff(id: StaffId, endOpen: Day? = nil) async throws -> Answer {
        try await give(.deactivateStaff(id: id, endOpen: endOpen))
    }

    /// Activates a staff member again.
    ///
    /// - Parameter id: The staff member.
    /// - Throws: `unknown-staff`, `administer-right-missing`.
    @discardableResult
    public func reactivateStaff(id: StaffId) async throws -> Answer {
        try await give(.reactivateStaff(id: id))
    }
}

// MARK: - Enrollments

extension Commands {
    /// Enrolls a participant in a program; a later start is possible.
    ///
    /// - Parameters:
    ///   - participant: Who is served, by the host's own id: never a name.
    ///   - program: By which program.
    ///   - start: The first day.
    ///   - end: The first day that is not covered; open without it.
    ///   - id: Its id; a UUIDv7 without one.
    /// - Throws: `enrollment-overlaps`, `program-closed`, `id-taken`, `enroll-right-missing`.
    @discardableResult
    public func enroll(
        participant: ParticipantId, program: ProgramId, start: Day, end: Day? = nil, id: EnrollmentId? = nil
    ) async throws -> Answer {
        try await give(.enroll(id: id, participant: participant, program: program, start: start, end: end))
    }

    /// Dismisses: ends an open enrollment. What happens to assignments is policy.
    ///
    /// - Parameters:
    ///   - id: The enrollment.
    ///   - end: The first day that is not covered.
    ///   - reason: Why.
    /// - Throws: `enrollment-ended`, `assignment-outside`, `end-before-start`, `enroll-right-missing`.
    @discardableResult
    public func endEnrollment(id: EnrollmentId, end: Day, reason: String? = nil) async throws -> Answer {
        try await give(.endEnrollment(id: id, end: end, reason: reason))
    }

    /// Undoes a dismissal and opens exactly the assignments again that it ended.
    ///
    /// - Parameters:
    ///   - id: The enrollment.
    ///   - reason: Why; required by the rules.
    /// - Throws: `nothing-to-reinstate`, `reason-required`, `enrollment-overlaps`, `enroll-right-missing`.
    @discardableResult
    public func reinstateEnrollment(id: EnrollmentId, reason: String? = nil) async throws -> Answer {
        try await give(.reinstateEnrollment(id: id, reason: reason))
    }

    /// Supersedes an enrollment by one with other days; refused while an assignment would stick out.
    ///
    /// - Parameters:
    ///   - id: The enrollment.
    ///   - start: The right first day.
    ///   - end: The right end; **open without it**.
    ///   - reason: Why; required by the rules.
    ///   - newId: The id of the new line; a UUIDv7 without one.
    /// - Throws: `assignment-outside`, `enrollment-overlaps`, `reason-required`, `correct-right-missing`.
    @discardableResult
    public func correctEnrollment(
        id: EnrollmentId, start: Day, end: Day? = nil, reason: String? = nil, newId: EnrollmentId? = nil
    ) async throws -> Answer {
        try await give(.correctEnrollment(id: id, newId: newId, start: start, end: end, reason: reason))
    }

    /// Makes an enrollment count for nothing; refused while it has assignments.
    ///
    /// - Parameters:
    ///   - id: The enrollment.
    ///   - reason: Why; required by the rules.
    /// - Throws: `assignment-outside`, `reason-required`, `correct-right-missing`.
    @discardableResult
    public func voidEnrollment(id: EnrollmentId, reason: String? = nil) async throws -> Answer {
        try await give(.voidEnrollment(id: id, reason: reason))
    }

    /// Records how the host's own enrollments of a program differ from those stored, as one entry.
    ///
    /// - Parameters:
    ///   - program: The program.
    ///   - rows: The host's enrollments, at most 10,000, each known by its id.
    ///   - complete: Whether these are all; those not listed are left alone without it.
    ///   - onOutside: What becomes of assignments that stick out; they are clipped without it.
    /// - Throws: `enrollment-overlaps`, `id-taken` and others, with the row; `enroll-right-missing`.
    @discardableResult
    public func mirrorEnrollments(
        program: ProgramId, rows: [EnrollmentRow], complete: Listing? = nil, onOutside: OnOutside? = nil
    ) async throws -> Answer {
        try await give(
            .mirrorEnrollments(program: program, rows: rows, complete: complete, onOutside: onOutside))
    }
}

// MARK: - Assignments

extension Commands {
    /// Makes a staff member responsible for a participant in a program.
    ///
    /// - Parameters:
    ///   - staff: Who becomes responsible.
    ///   - participant: For whom.
    ///   - program: In which program; they must be enrolled there.
    ///   - start: The first day.
    ///   - end: The first day that is not covered; open without it.
    ///   - role: In which role, such as `primary`.
    ///   - id: Its id; a UUIDv7 without one.
    /// - Throws: `not-enrolled`, `outside-enrollment`, `already-assigned`, `out-of-order`, `caseload-full` and others.
    @discardableResult
    public func assign(
        staff: StaffId, participant: ParticipantId, program: ProgramId, start: Day, end: Day? = nil,
        role: String? = nil, id: AssignmentId? = nil
    ) async throws -> Answer {
        let assign = Assign(
            id: id, staff: staff, participant: participant, program: program, start: start, end: end, role: role)
        return try await give(.assign(assign: assign))
    }

    /// Ends an open assignment; a planned end is allowed, and is final.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - end: The first day that is not covered.
    ///   - reason: Why.
    /// - Throws: `assignment-ended`, `end-before-start`, `own-right-missing`, `others-right-missing` and others.
    @discardableResult
    public func endAssignment(id: AssignmentId, end: Day, reason: String? = nil) async throws -> Answer {
        try await give(.endAssignment(end: EndAssignment(id: id, end: end, reason: reason)))
    }

    /// Ends an assignment and starts another on the same day, as one entry.
    ///
    /// - Parameters:
    ///   - id: The giver's assignment.
    ///   - toStaff: The receiver.
    ///   - date: The receiver's first day.
    ///   - role: The receiver's role; the giver's without one.
    ///   - reason: Why.
    ///   - newId: The id of the receiver's assignment; a UUIDv7 without one.
    /// - Throws: `same-staff`, `already-assigned`, `out-of-order`, `staff-inactive` and others.
    @discardableResult
    public func transfer(
        id: AssignmentId, toStaff: StaffId, date: Day, role: String? = nil, reason: String? = nil,
        newId: AssignmentId? = nil
    ) async throws -> Answer {
        try await give(
            .transfer(id: id, newId: newId, toStaff: toStaff, date: date, role: role, reason: reason))
    }

    /// Transfers the open-ended assignments of a staff member in scope, as one entry.
    ///
    /// - Parameters:
    ///   - staff: The giver.
    ///   - toStaff: The receiver.
    ///   - scope: In which program, or in every one: it must be said.
    ///   - date: The receiver's first day.
    ///   - prefix: New ids are `prefix.old-id`; UUIDv7 without one.
    ///   - only: Only these participants; names that are not held are ignored.
    ///   - onHeld: What happens where the receiver holds the participant already; refused without it.
    ///   - skipIneligible: What happens to a line that breaks a rule; the whole is refused without it.
    ///   - reason: Why.
    /// - Throws: `nothing-to-transfer` and those of ``transfer(id:toStaff:date:role:reason:newId:)``.
    @discardableResult
    public func transferAll(
        staff: StaffId, toStaff: StaffId, scope: Scope, date: Day, prefix: AssignmentId? = nil,
        only: [ParticipantId]? = nil, onHeld: OnHeld? = nil, skipIneligible: Ineligible? = nil,
        reason: String? = nil
    ) async throws -> Answer {
        try await give(
            .transferAll(
                staff: staff, toStaff: toStaff, scope: scope, date: date, prefix: prefix, only: only,
                onHeld: onHeld, skipIneligible: skipIneligible, reason: reason))
    }

    /// Supersedes an assignment by a right one; the old one stays in history.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - start: The right first day.
    ///   - end: The right end; **open without it**.
    ///   - staff: The right staff member; as it was without one.
    ///   - role: The right role; as it was without one.
    ///   - reason: Why; required by the rules.
    ///   - newId: The id of the new line; a UUIDv7 without one.
    /// - Throws: `reason-required`, `correct-right-missing` and the rules of an assignment.
    @discardableResult
    public func correctAssignment(
        id: AssignmentId, start: Day, end: Day? = nil, staff: StaffId? = nil, role: String? = nil,
        reason: String? = nil, newId: AssignmentId? = nil
    ) async throws -> Answer {
        try await give(
            .correct(id: id, newId: newId, staff: staff, role: role, start: start, end: end, reason: reason))
    }

    /// Makes an assignment count for nothing from now on; it stays in history.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - reason: Why; required by the rules.
    /// - Throws: `assignment-not-current`, `reason-required`, `correct-right-missing`.
    @discardableResult
    public func voidAssignment(id: AssignmentId, reason: String? = nil) async throws -> Answer {
        try await give(.void(id: id, reason: reason))
    }

    /// Judges and applies many assignments and ends in order, as one entry; every row has its own verdict.
    ///
    /// - Parameters:
    ///   - mode: What a refused row does to the others.
    ///   - rows: At most 10,000.
    /// - Throws: `row-refused` in the mode `allOrNothing`; the rows of the error tell why, row by row.
    @discardableResult
    public func batch(mode: BatchMode, rows: [BatchRow]) async throws -> Answer {
        try await give(.batch(mode: mode, rows: rows))
    }
}

// MARK: - Ids

extension Commands {
    /// Takes another key for something, because the host's own has changed; history keeps its lines.
    ///
    /// - Parameters:
    ///   - kind: What the id names.
    ///   - id: The key so far; it stays taken.
    ///   - newId: The key from now on.
    ///   - reason: Why; required by the rules.
    /// - Throws: `id-taken`, `reason-required`, `administer-right-missing` and `unknown-...` of the kind.
    @discardableResult
    public func replaceId(kind: Kind, id: String, newId: String, reason: String? = nil) async throws -> Answer {
        try await give(.replaceId(kind: kind, id: id, newId: newId, reason: reason))
    }

    /// Removes what could identify a participant from everything stored, for good; counts and periods stay.
    ///
    /// - Parameters:
    ///   - participant: The participant.
    ///   - reason: Why; required by the rules.
    /// - Throws: `unknown-participant`, `reason-required`, `administer-right-missing`.
    @discardableResult
    public func forget(participant: ParticipantId, reason: String? = nil) async throws -> Answer {
        try await give(.forget(participant: participant, reason: reason))
    }
}

/// Every question and report, asked of an ``Agency`` as it is now or of a ``Snapshot``.
///
/// - `asOf` is the day asked about; for a report of a range only the day on which an actor's sight is judged, which is
///   the last day of the range unless something else is said.
/// - `knownAt` asks what was known then: the same question with the same one has the same answer for ever.
/// - With an `actor`, what they do not see is left out.
/// - A question about an unknown id answers empty.
///
/// Every one throws ``CaseloadError``: `input` for values that cannot be read, `store` when the store fails or the log
/// was replaced since the snapshot was taken. Reports tell their `progress`, and stop with `cancelled` when their task
/// is cancelled.
public protocol Questions: Sendable {
    /// What the questions are asked of.
    func known() async throws -> NativeSnapshot
}

/// An agency as known at one head: all questions asked of it agree, whoever writes meanwhile.
public struct Snapshot: Questions {
    let native: NativeSnapshot

    /// What it knows.
    public var head: Head { native.head() }

    /// Itself.
    public func known() async throws -> NativeSnapshot { native }
}

extension Questions {
    func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (NativeSnapshot) throws -> Answer
    ) async throws -> Answer {
        let known = try await known()
        return try await away { try question(known) }
    }

    func report<Found: Sendable>(
        _ progress: ProgressTold?,
        _ work: @escaping @Sendable (NativeSnapshot, any ProgressListener) throws -> Found
    ) async throws -> Found {
        let known = try await known()
        return try await telling(progress) { try work(known, $0) }
    }
}

// MARK: - Questions

extension Questions {
    /// The caseload of a staff member on a day, sorted by program and participant.
    ///
    /// - Parameters:
    ///   - staff: Whose.
    ///   - asOf: The day asked about.
    ///   - program: In which program; in every one without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    public func caseload(
        staff: StaffId, asOf: Day, program: ProgramId? = nil, knownAt: KnownAt? = nil, actor: ActorId? = nil
    ) async throws -> Rows<Held> {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: actor)
        return try await ask { try $0.caseload(staff: staff, program: program, asked: asked).rows }
    }

    /// The staff responsible for a participant in a program on a day, sorted.
    ///
    /// - Parameters:
    ///   - participant: Who.
    ///   - program: In which program.
    ///   - asOf: The day asked about.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    public func caseworkers(
        participant: ParticipantId, program: ProgramId, asOf: Day, knownAt: KnownAt? = nil, actor: ActorId? = nil
    ) async throws -> [StaffId] {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: actor)
        return try await ask { try $0.caseworkers(participant: participant, program: program, asked: asked) }
    }

    /// Every assignment (of a program) that covers a day, sorted by program, participant and staff.
    ///
    /// - Parameters:
    ///   - asOf: The day asked about.
    ///   - program: In which program; in every one without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    public func held(
        asOf: Day, program: ProgramId? = nil, knownAt: KnownAt? = nil, actor: ActorId? = nil
    ) async throws -> Rows<Held> {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: actor)
        return try await ask { try $0.held(program: program, asked: asked).rows }
    }

    /// How many assignments (of a program) of each staff member cover a day, sorted by staff.
    ///
    /// - Parameters:
    ///   - asOf: The day asked about.
    ///   - program: In which program; in every one without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    public func counts(
        asOf: Day, program: ProgramId? = nil, knownAt: KnownAt? = nil, actor: ActorId? = nil
    ) async throws -> Rows<Count> {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: actor)
        return try await ask { try $0.counts(program: program, asked: asked).rows }
    }

    /// The participants enrolled in a program on a day without a caseworker, sorted.
    ///
    /// - Parameters:
    ///   - program: In which program.
    ///   - asOf: The day asked about.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    public func unassigned(
        program: ProgramId, asOf: Day, knownAt: KnownAt? = nil, actor: ActorId? = nil
    ) async throws -> Rows<ParticipantId> {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: actor)
        return try await ask { try $0.unassigned(program: program, asked: asked).rows }
    }

    /// Those of the given participants whom an actor sees in at least one program, sorted; for `root` the list as
    /// given.
    ///
    /// - Parameters:
    ///   - actor: Who looks.
    ///   - participants: Who, in any order.
    ///   - asOf: The day asked about.
    ///   - knownAt: What was known then; what is known now without it.
    public func visible(
        actor: ActorId, participants: [ParticipantId], asOf: Day, knownAt: KnownAt? = nil
    ) async throws -> [ParticipantId] {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: nil)
        return try await ask { try $0.visible(actor: actor, participants: participants, asked: asked) }
    }

    /// Everything entered, of everyone; with an actor what they see on the day.
    ///
    /// - Parameters:
    ///   - asOf: The day asked about.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    public func everything(asOf: Day, knownAt: KnownAt? = nil, actor: ActorId? = nil) async throws -> Rows<Line> {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: actor)
        return try await ask { try $0.everything(asked: asked).rows }
    }

    /// The timeline of a participant in a program: current, superseded and voided lines.
    ///
    /// - Parameters:
    ///   - participant: Who.
    ///   - program: In which program.
    ///   - asOf: The day asked about.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    public func history(
        participant: ParticipantId, program: ProgramId, asOf: Day, knownAt: KnownAt? = nil, actor: ActorId? = nil
    ) async throws -> Rows<Line> {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: actor)
        return try await ask { try $0.history(participant: participant, program: program, asked: asked).rows }
    }

    /// The programs, sorted by id.
    ///
    /// - Parameter knownAt: What was known then; what is known now without it.
    public func programs(knownAt: KnownAt? = nil) async throws -> Rows<Program> {
        try await ask { try $0.programs(knownAt: knownAt).rows }
    }

    /// The staff, sorted by id.
    ///
    /// - Parameter knownAt: What was known then; what is known now without it.
    public func staff(knownAt: KnownAt? = nil) async throws -> Rows<Staff> {
        try await ask { try $0.staff(knownAt: knownAt).rows }
    }

    /// The rights of a staff member in a program, or (without one) those that hold in every program.
    ///
    /// - Parameters:
    ///   - staff: Of whom.
    ///   - program: In which program; in every one without it.
    ///   - knownAt: What was known then; what is known now without it.
    public func rights(staff: StaffId, program: ProgramId? = nil, knownAt: KnownAt? = nil) async throws -> [Right] {
        try await ask { try $0.rights(staff: staff, program: program, knownAt: knownAt) }
    }

    /// The position of the log that a `knownAt` means.
    ///
    /// - Parameter knownAt: What was known then; what is known now without it.
    public func position(of knownAt: KnownAt) async throws -> Int64 {
        try await ask { try $0.positionOf(knownAt: knownAt) }
    }
}

extension Questions {
    /// Who is on which caseload on a day, and how much each carries.
    ///
    /// - Parameters:
    ///   - asOf: The day asked about.
    ///   - filter: Which programs, staff and participants; all without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    ///   - progress: Told how far it has come.
    public func currentCaseload(
        asOf: Day, filter: Filter = Filter(), knownAt: KnownAt? = nil, actor: ActorId? = nil,
        progress: ProgressTold? = nil
    ) async throws -> CurrentCaseload {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: actor)
        return try await report(progress) { try $0.currentCaseload(filter: filter, asked: asked, listener: $1) }
    }

    /// The sizes of caseloads on a day, and how evenly they are spread.
    ///
    /// - Parameters:
    ///   - asOf: The day asked about.
    ///   - filter: Which programs, staff and participants; all without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    ///   - progress: Told how far it has come.
    public func caseloadDistribution(
        asOf: Day, filter: Filter = Filter(), knownAt: KnownAt? = nil, actor: ActorId? = nil,
        progress: ProgressTold? = nil
    ) async throws -> CaseloadDistribution {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: actor)
        return try await report(progress) { try $0.caseloadDistribution(filter: filter, asked: asked, listener: $1) }
    }

    /// Who is enrolled on a day without a caseworker, and since when.
    ///
    /// - Parameters:
    ///   - asOf: The day asked about.
    ///   - filter: Which programs, staff and participants; all without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    ///   - progress: Told how far it has come.
    public func withoutCaseworker(
        asOf: Day, filter: Filter = Filter(), knownAt: KnownAt? = nil, actor: ActorId? = nil,
        progress: ProgressTold? = nil
    ) async throws -> Unassigned {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: actor)
        return try await report(progress) { try $0.withoutCaseworker(filter: filter, asked: asked, listener: $1) }
    }

    /// Assignments that lie outside their enrollment, after a mirror that only reports.
    ///
    /// - Parameters:
    ///   - asOf: The day asked about.
    ///   - filter: Which programs, staff and participants; all without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    ///   - progress: Told how far it has come.
    public func misplaced(
        asOf: Day, filter: Filter = Filter(), knownAt: KnownAt? = nil, actor: ActorId? = nil,
        progress: ProgressTold? = nil
    ) async throws -> Misplaced {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: actor)
        return try await report(progress) { try $0.misplaced(filter: filter, asked: asked, listener: $1) }
    }

    /// The caseload on every day of a range: day after day, of each.
    ///
    /// - Parameters:
    ///   - range: The days, both ends included.
    ///   - by: For whom there are rows.
    ///   - filter: Which programs, staff and participants; all without it.
    ///   - asOf: The day on which an actor's sight is judged; the last one of the range without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    ///   - progress: Told how far it has come.
    public func dailySeries(
        range: DayRange, by: By = .staff, filter: Filter = Filter(), asOf: Day? = nil, knownAt: KnownAt? = nil,
        actor: ActorId? = nil, progress: ProgressTold? = nil
    ) async throws -> Rows<DailyCount> {
        let asked = Asked(asOf: asOf ?? range.last, knownAt: knownAt, actor: actor)
        return try await report(progress) {
            try $0.dailySeries(range: range, by: by, filter: filter, asked: asked, listener: $1).rows
        }
    }

    /// The average caseload over the days of a range: of each, and of all together.
    ///
    /// - Parameters:
    ///   - range: The days, both ends included.
    ///   - filter: Which programs, staff and participants; all without it.
    ///   - asOf: The day on which an actor's sight is judged; the last one of the range without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    ///   - progress: Told how far it has come.
    public func averageDailyCaseload(
        range: DayRange, filter: Filter = Filter(), asOf: Day? = nil, knownAt: KnownAt? = nil, actor: ActorId? = nil,
        progress: ProgressTold? = nil
    ) async throws -> Rows<AverageCaseload> {
        let asked = Asked(asOf: asOf ?? range.last, knownAt: knownAt, actor: actor)
        return try await report(progress) {
            try $0.averageDailyCaseload(range: range, filter: filter, asked: asked, listener: $1).rows
        }
    }

    /// What came into the caseloads of each program in each month of a range, and what left them.
    ///
    /// - Parameters:
    ///   - range: The days, both ends included.
    ///   - filter: Which programs, staff and participants; all without it.
    ///   - asOf: The day on which an actor's sight is judged; the last one of the range without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    ///   - progress: Told how far it has come.
    public func flow(
        range: DayRange, filter: Filter = Filter(), asOf: Day? = nil, knownAt: KnownAt? = nil, actor: ActorId? = nil,
        progress: ProgressTold? = nil
    ) async throws -> Rows<MonthFlow> {
        let asked = Asked(asOf: asOf ?? range.last, knownAt: knownAt, actor: actor)
        return try await report(progress) {
            try $0.flow(range: range, filter: filter, asked: asked, listener: $1).rows
        }
    }

    /// The days of a range on which somebody enrolled had no caseworker.
    ///
    /// - Parameters:
    ///   - range: The days, both ends included.
    ///   - filter: Which programs, staff and participants; all without it.
    ///   - asOf: The day on which an actor's sight is judged; the last one of the range without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    ///   - progress: Told how far it has come.
    public func coverageGaps(
        range: DayRange, filter: Filter = Filter(), asOf: Day? = nil, knownAt: KnownAt? = nil, actor: ActorId? = nil,
        progress: ProgressTold? = nil
    ) async throws -> Rows<Uncovered> {
        let asked = Asked(asOf: asOf ?? range.last, knownAt: knownAt, actor: actor)
        return try await report(progress) {
            try $0.coverageGaps(range: range, filter: filter, asked: asked, listener: $1).rows
        }
    }

    /// Who handed whom over to whom in a range, when, why, and by whose command.
    ///
    /// - Parameters:
    ///   - range: The days, both ends included.
    ///   - filter: Which programs, staff and participants; all without it.
    ///   - asOf: The day on which an actor's sight is judged; the last one of the range without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    ///   - progress: Told how far it has come.
    public func transfers(
        range: DayRange, filter: Filter = Filter(), asOf: Day? = nil, knownAt: KnownAt? = nil, actor: ActorId? = nil,
        progress: ProgressTold? = nil
    ) async throws -> Transfers {
        let asked = Asked(asOf: asOf ?? range.last, knownAt: knownAt, actor: actor)
        return try await report(progress) {
            try $0.transfers(range: range, filter: filter, asked: asked, listener: $1)
        }
    }

    /// How long enrollments or assignments last, with those still open, and what that foretells.
    ///
    /// - Parameters:
    ///   - stay: Of enrollments or of assignments.
    ///   - range: The days, both ends included.
    ///   - filter: Which programs, staff and participants; all without it.
    ///   - asOf: The day on which an actor's sight is judged; the last one of the range without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    ///   - progress: Told how far it has come.
    public func lengthOfStay(
        of stay: Stay, range: DayRange, filter: Filter = Filter(), asOf: Day? = nil, knownAt: KnownAt? = nil,
        actor: ActorId? = nil, progress: ProgressTold? = nil
    ) async throws -> LengthOfStay {
        let asked = Asked(asOf: asOf ?? range.last, knownAt: knownAt, actor: actor)
        return try await report(progress) {
            try $0.lengthOfStay(stay: stay, range: range, filter: filter, asked: asked, listener: $1)
        }
    }

    /// The caseworkers of a participant, and every line with who entered, ended, corrected and voided it, when and
    /// why.
    ///
    /// - Parameters:
    ///   - participant: Who.
    ///   - asOf: The day asked about.
    ///   - filter: Which programs, staff and participants; all without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    ///   - progress: Told how far it has come.
    public func participantHistory(
        participant: ParticipantId, asOf: Day, filter: Filter = Filter(), knownAt: KnownAt? = nil,
        actor: ActorId? = nil, progress: ProgressTold? = nil
    ) async throws -> ParticipantHistory {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: actor)
        return try await report(progress) {
            try $0.participantHistory(participant: participant, filter: filter, asked: asked, listener: $1)
        }
    }

    /// How often participants' workers change in a range, and how much of the time one worker is there.
    ///
    /// - Parameters:
    ///   - range: The days, both ends included.
    ///   - role: In which role.
    ///   - filter: Which programs, staff and participants; all without it.
    ///   - asOf: The day on which an actor's sight is judged; the last one of the range without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    ///   - progress: Told how far it has come.
    public func workerContinuity(
        range: DayRange, role: InRole = .any, filter: Filter = Filter(), asOf: Day? = nil, knownAt: KnownAt? = nil,
        actor: ActorId? = nil, progress: ProgressTold? = nil
    ) async throws -> WorkerContinuity {
        let asked = Asked(asOf: asOf ?? range.last, knownAt: knownAt, actor: actor)
        return try await report(progress) {
            try $0.workerContinuity(range: range, role: role, filter: filter, asked: asked, listener: $1)
        }
    }

    /// What was corrected or voided since a moment (since ever without one), before and after, by whom and why.
    ///
    /// - Parameters:
    ///   - since: Since a position or an instant.
    ///   - asOf: The day asked about.
    ///   - filter: Which programs, staff and participants; all without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    ///   - progress: Told how far it has come.
    public func corrections(
        since: KnownAt? = nil, asOf: Day, filter: Filter = Filter(), knownAt: KnownAt? = nil, actor: ActorId? = nil,
        progress: ProgressTold? = nil
    ) async throws -> Corrections {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: actor)
        return try await report(progress) {
            try $0.corrections(since: since, filter: filter, asked: asked, listener: $1)
        }
    }

    /// The current caseload as a report said it then, as it says it now, and the difference.
    ///
    /// - Parameters:
    ///   - then: The position or the instant of the earlier report.
    ///   - asOf: The day asked about.
    ///   - filter: Which programs, staff and participants; all without it.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    ///   - progress: Told how far it has come.
    public func caseloadThenAndNow(
        then: KnownAt, asOf: Day, filter: Filter = Filter(), knownAt: KnownAt? = nil, actor: ActorId? = nil,
        progress: ProgressTold? = nil
    ) async throws -> ThenAndNow {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: actor)
        return try await report(progress) {
            try $0.caseloadThenAndNow(then: then, filter: filter, asked: asked, listener: $1)
        }
    }

    /// Which of these participants are on a caseload.
    ///
    /// - Parameters:
    ///   - participants: Who, in any order.
    ///   - filter: Whose caseload, and when.
    ///   - asOf: The day asked about.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    ///   - progress: Told how far it has come.
    public func onCaseload(
        participants: [ParticipantId], filter: CaseloadFilter, asOf: Day, knownAt: KnownAt? = nil,
        actor: ActorId? = nil, progress: ProgressTold? = nil
    ) async throws -> ParticipantMatches {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: actor)
        return try await report(progress) {
            try $0.onCaseload(participants: participants, filter: filter, asked: asked, listener: $1)
        }
    }

    /// Which of these enrollments are on a caseload.
    ///
    /// - Parameters:
    ///   - enrollments: Which, in any order.
    ///   - filter: Whose caseload, and when.
    ///   - asOf: The day asked about.
    ///   - knownAt: What was known then; what is known now without it.
    ///   - actor: Whoever asks; everything is seen without one.
    ///   - progress: Told how far it has come.
    public func enrollmentsOnCaseload(
        enrollments: [EnrollmentId], filter: CaseloadFilter, asOf: Day, knownAt: KnownAt? = nil,
        actor: ActorId? = nil, progress: ProgressTold? = nil
    ) async throws -> EnrollmentMatches {
        let asked = Asked(asOf: asOf, knownAt: knownAt, actor: actor)
        return try await report(progress) {
            try $0.enrollmentsOnCaseload(enrollments: enrollments, filter: filter, asked: asked, listener: $1)
        }
    }
}

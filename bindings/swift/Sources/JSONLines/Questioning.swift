import Caseload

/// Answers the questions of JSON lines; `positions` tells where the log ended after each line before.
struct Questioning {
    let agency: Agency
    let positions: [Int64]

    func answer(_ given: [(key: String, value: JSON)]) async throws -> JSON {
        let line = QuestionFields(given, positions)
        let ask = line.ask()
        let knownAt = line.knownAt()
        guard ask != "events" else {
            let after = line.after()
            return try await line.all { try await events(after: after, knownAt) }
        }
        let actor: ActorId? = line.idIf("actor")
        if ask == "visible" && actor == nil { line.missing("actor") }
        // Without an actor the day makes no difference to these.
        let needsDay = !["state", "history"].contains(ask) || actor != nil
        let asked = Asked(asOf: line.day("as_of", isNeeded: needsDay), knownAt: knownAt, actor: actor)
        guard let question = question(ask, line, asked) else {
            throw CaseloadError.Input(violations: [line.unreadable("ask", "is no question")], text: "unreadable input")
        }
        return try await line.all(question)
    }

    /// The question that a line asks, its fields read already; nil for a word that is none.
    private func question(_ ask: String?, _ line: QuestionFields, _ asked: Asked) -> (() async throws -> JSON)? {
        let (agency, day, at, actor) = (agency, asked.asOf, asked.knownAt, asked.actor)
        switch ask {
        case "caseload":
            let (staff, program): (StaffId, ProgramId?) = (line.id("staff"), line.idIf("program"))
            return {
                let held = try await agency.caseload(
                    staff: staff, asOf: day, program: program, knownAt: at, actor: actor)
                return .array(try await held.all().map { .texts([$0.program.text, $0.participant.text]) })
            }
        case "caseworkers":
            let (participant, program): (ParticipantId, ProgramId) = (line.id("participant"), line.id("program"))
            return {
                .ids(
                    try await agency.caseworkers(
                        participant: participant, program: program, asOf: day, knownAt: at, actor: actor))
            }
        case "snapshot":
            let program: ProgramId? = line.idIf("program")
            return {
                let held = try await agency.held(asOf: day, program: program, knownAt: at, actor: actor).all()
                return .array(held.map { .texts([$0.program.text, $0.participant.text, $0.staff.text]) })
            }
        case "counts":
            let program: ProgramId? = line.idIf("program")
            return {
                let counts = try await agency.counts(asOf: day, program: program, knownAt: at, actor: actor).all()
                return .array(counts.map { .array([.text($0.staff.text), .integer($0.assignments)]) })
            }
        case "unassigned":
            let program: ProgramId = line.id("program")
            return {
                .ids(try await agency.unassigned(program: program, asOf: day, knownAt: at, actor: actor).all())
            }
        case "visible":
            let participants = line.participants()
            return {
                .ids(
                    try await agency.visible(
                        actor: actor ?? .root, participants: participants, asOf: day, knownAt: at))
            }
        case "state":
            return { lines(try await agency.everything(asOf: day, knownAt: at, actor: actor).all()) }
        case "history":
            let (participant, program): (ParticipantId, ProgramId) = (line.id("participant"), line.id("program"))
            return {
                let found = try await agency.history(
                    participant: participant, program: program, asOf: day, knownAt: at, actor: actor)
                return lines(try await found.all())
            }
        default: return nil
        }
    }

    private func events(after: Int64, _ knownAt: KnownAt?) async throws -> JSON {
        let snapshot = try await agency.snapshot()
        let last: Int64
        if let knownAt { last = try await snapshot.position(of: knownAt) } else { last = snapshot.head.position }
        var rows: [JSON] = []
        for try await happened in agency.events(after: after) where happened.position <= last {
            rows.append(.array([.integer(happened.position), .text(happened.word), .texts(happened.ids)]))
        }
        return .array(rows)
    }

    private func lines(_ lines: [Line]) -> JSON {
        var (enrollments, assignments): ([JSON], [JSON]) = ([], [])
        for line in lines {
            switch line {
            case .enrollmentLine(let it):
                let ids = [it.id.text, it.participant.text, it.program.text].map(JSON.text)
                let ends = [JSON.text(it.status.word), it.supersedes.map { .text($0.text) } ?? .null]
                enrollments.append(.array(ids + JSON.days(it.period) + ends))
            case .assignmentLine(let it):
                let ids = [it.id.text, it.staff.text, it.participant.text, it.program.text].map(JSON.text)
                let ends = [JSON.text(it.status.word), it.supersedes.map { .text($0.text) } ?? .null]
                assignments.append(.array(ids + JSON.days(it.period) + ends))
            }
        }
        return .object([("assignments", .array(assignments)), ("enrollments", .array(enrollments))])
    }
}

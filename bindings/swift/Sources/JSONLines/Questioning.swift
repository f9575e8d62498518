import Caseload

/// Answers the questions of JSON lines; `positions` tells where the log ended after each line before.
struct Questioning {
    private static let fields: [String: Set<String>] = [
        "caseload": ["staff", "as_of", "program"],
        "caseworkers": ["participant", "program", "as_of"],
        "snapshot": ["as_of", "program"],
        "counts": ["as_of", "program"],
        "unassigned": ["program", "as_of"],
        "visible": ["actor", "participants", "as_of"],
        "state": ["as_of"],
        "history": ["participant", "program", "as_of"],
        "events": ["after"],
    ]

    let agency: Agency
    let positions: [Int64]

    func answer(_ given: [(key: String, value: JSON)]) async throws -> JSON {
        let fields = Dictionary(
            given.filter { !$0.value.isNull }.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        guard case .text(let ask)? = fields["ask"], let known = Questioning.fields[ask] else {
            throw wrong([unreadable("ask", "is no question")])
        }
        var violations: [Violation] = []
        let then = fields["known_at"].flatMap { self.knownAt($0, &violations) }
        let day = fields["as_of"].flatMap { self.asOf($0, &violations) } ?? Day.first
        let missing = needed(ask, known, isAsActor: fields["actor"] != nil).filter { fields[$0] == nil }.sorted()
        let unknown = fields.keys.filter { !known.contains($0) && !["ask", "known_at", "actor"].contains($0) }.sorted()
        violations += missing.map { unreadable($0, "missing field") }
        violations += unknown.map { unreadable($0, "unknown field") }
        if !missing.isEmpty || !unknown.isEmpty { throw wrong(violations) }
        do {
            let answer = try await answer(ask, Asking(fields: fields, day: day, knownAt: then))
            if violations.isEmpty { return answer }
        } catch CaseloadError.Input(let more, _) {
            violations += more
        }
        throw wrong(violations)
    }

    /// What is asked with. A value that is no text is handed over as a text that is no id.
    private struct Asking {
        let fields: [String: JSON]
        let day: Day
        let knownAt: KnownAt?

        func id<Id: TextId>(_ name: String) -> Id {
            if case .text(let text)? = fields[name] { Id(text) } else { Id("") }
        }

        var program: ProgramId? { fields["program"] == nil ? nil : id("program") }

        var actor: ActorId? { fields["actor"] == nil ? nil : id("actor") }

        var participants: [ParticipantId] {
            guard case .array(let values)? = fields["participants"] else { return [""] }
            return values.map { if case .text(let text) = $0 { ParticipantId(text) } else { "" } }
        }
    }

    private func answer(_ ask: String, _ it: Asking) async throws -> JSON {
        let (day, at, actor) = (it.day, it.knownAt, it.actor)
        switch ask {
        case "caseload":
            let held = try await agency.caseload(
                staff: it.id("staff"), asOf: day, program: it.program, knownAt: at, actor: actor)
            return .array(try await held.all().map { .texts([$0.program.text, $0.participant.text]) })
        case "caseworkers":
            return .ids(
                try await agency.caseworkers(
                    participant: it.id("participant"), program: it.id("program"), asOf: day, knownAt: at, actor: actor))
        case "snapshot":
            let held = try await agency.held(asOf: day, program: it.program, knownAt: at, actor: actor)
            return .array(try await held.all().map { .texts([$0.program.text, $0.participant.text, $0.staff.text]) })
        case "counts":
            let counts = try await agency.counts(asOf: day, program: it.program, knownAt: at, actor: actor)
            return .array(try await counts.all().map { .array([.text($0.staff.text), .integer($0.assignments)]) })
        case "unassigned":
            let found = try await agency.unassigned(program: it.id("program"), asOf: day, knownAt: at, actor: actor)
            return .ids(try await found.all())
        case "visible":
            return .ids(
                try await agency.visible(
                    actor: it.id("actor"), participants: it.participants, asOf: day, knownAt: at))
        case "state":
            return lines(try await agency.everything(asOf: day, knownAt: at, actor: actor).all())
        case "history":
            let found = try await agency.history(
                participant: it.id("participant"), program: it.id("program"), asOf: day, knownAt: at, actor: actor)
            return lines(try await found.all())
        default:
            return try await events(it.fields["after"], at)
        }
    }

    private func events(_ after: JSON?, _ knownAt: KnownAt?) async throws -> JSON {
        guard case .integer(let after)? = after, (0..<(1 << 32)).contains(after) else {
            throw wrong([unreadable("after", "is not a whole number of the allowed size")])
        }
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

// MARK: - What is wrong with a question

extension Questioning {
    private func needed(_ ask: String, _ known: Set<String>, isAsActor: Bool) -> Set<String> {
        var needed = known
        if ["caseload", "snapshot", "counts"].contains(ask) { needed.remove("program") }
        // Without an actor the day makes no difference to these.
        if ["state", "history"].contains(ask) && !isAsActor { needed.remove("as_of") }
        return needed
    }

    private func asOf(_ given: JSON, _ violations: inout [Violation]) -> Day? {
        guard case .text(let text) = given else {
            violations.append(unreadable("as_of", "is not a text"))
            return nil
        }
        guard let day = Day(text) else {
            let what = "is not a day; write it as YYYY-MM-DD"
            violations.append(
                Violation(
                    code: "input-date", problem: .inputDate, fields: ["as_of"], nearest: nil, row: nil, text: what))
            return nil
        }
        return day
    }

    private func knownAt(_ given: JSON, _ violations: inout [Violation]) -> KnownAt? {
        let what: String
        switch given {
        case .text(let text):
            if let instant = Recorded(text) { return .instant(instant: instant) }
            what = "is not an RFC 3339 instant in UTC"
        case .object(let fields) where fields.count == 1:
            if case ("line", .integer(let line)) = fields[0], let place = Int(exactly: line),
                positions.indices.contains(place)
            {
                return .position(position: positions[place])
            }
            what = "names no line before this one"
        default: what = "is neither an instant nor a line"
        }
        violations.append(unreadable("known_at", what))
        return nil
    }

    private func unreadable(_ field: String, _ what: String) -> Violation {
        Violation(
            code: "input-command", problem: .inputCommand(what: what), fields: [field], nearest: nil, row: nil,
            text: what)
    }

    private func wrong(_ violations: [Violation]) -> CaseloadError {
        .Input(violations: violations, text: "unreadable input")
    }
}

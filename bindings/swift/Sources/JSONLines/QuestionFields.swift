import Caseload

/// The fields of a question, and what is wrong with them: all of it is told at once, in the order of reading.
///
/// A field that is missing or wrong is read as something that passes, so that the library can still say what is wrong
/// with the others.
final class QuestionFields {
    private var left: [String: JSON]
    private let positions: [Int64]
    private var wrong: [Violation] = []
    /// The fields in the order in which they were read.
    private var order: [String] = []

    init(_ given: [(key: String, value: JSON)], _ positions: [Int64]) {
        left = Dictionary(given.filter { !$0.value.isNull }.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        self.positions = positions
    }

    /// The answer, unless something is wrong with the fields.
    func all(_ answer: () async throws -> JSON) async throws -> JSON {
        var told: [Violation] = []
        do {
            let answer = try await answer()
            if wrong.isEmpty && left.isEmpty { return answer }
        } catch CaseloadError.Input(let violations, _) {
            told = violations
        }
        let place = { (violation: Violation) in
            self.order.firstIndex { violation.fields.first == $0 } ?? self.order.count
        }
        let sorted = (wrong + told).enumerated().sorted {
            (place($0.element), $0.offset) < (place($1.element), $1.offset)
        }
        let unknown = left.keys.sorted().map { unreadable($0, "unknown field") }
        throw CaseloadError.Input(violations: sorted.map(\.element) + unknown, text: "unreadable input")
    }

    func ask() -> String? {
        guard case .text(let ask)? = left.removeValue(forKey: "ask") else { return nil }
        return ask
    }

    func missing(_ name: String) {
        wrong.append(unreadable(name, "missing field"))
    }

    func idIf<Id: TextId>(_ name: String) -> Id? {
        guard let value = take(name) else { return nil }
        if case .text(let text) = value { return Id(text) }
        wrong.append(unreadable(name, "is not a text"))
        return "unread"
    }

    func id<Id: TextId>(_ name: String) -> Id {
        if let id: Id = idIf(name) { return id }
        missing(name)
        return "unread"
    }

    func day(_ name: String, isNeeded: Bool) -> Day {
        guard let value = take(name) else {
            if isNeeded { missing(name) }
            return .first
        }
        guard case .text(let text) = value else {
            wrong.append(unreadable(name, "is not a text"))
            return .first
        }
        guard let day = Day(text) else {
            let what = "is not a day; write it as YYYY-MM-DD"
            wrong.append(
                Violation(code: "input-date", problem: .inputDate, fields: [name], nearest: nil, row: nil, text: what))
            return .first
        }
        return day
    }

    func participants() -> [ParticipantId] {
        guard let value = take("participants") else {
            missing("participants")
            return []
        }
        guard case .array(let values) = value else {
            wrong.append(unreadable("participants", "is not a list"))
            return []
        }
        return values.map { value in
            if case .text(let text) = value { return ParticipantId(text) }
            wrong.append(unreadable("participants", "holds something that is not a text"))
            return "unread"
        }
    }

    func after() -> Int64 {
        guard let value = take("after") else {
            missing("after")
            return 0
        }
        guard case .integer(let after) = value, (0..<(1 << 32)).contains(after) else {
            wrong.append(unreadable("after", "is not a whole number of the allowed size"))
            return 0
        }
        return after
    }

    func knownAt() -> KnownAt? {
        let what: String
        switch take("known_at") {
        case nil: return nil
        case .text(let text)?:
            if let instant = Recorded(text) { return .instant(instant: instant) }
            what = "is not an RFC 3339 instant in UTC"
        case .object(let fields)? where fields.count == 1:
            if case ("line", .integer(let line)) = fields[0], let place = Int(exactly: line),
                positions.indices.contains(place)
            {
                return .position(position: positions[place])
            }
            what = "names no line before this one"
        default: what = "is neither an instant nor a line"
        }
        wrong.append(unreadable("known_at", what))
        return nil
    }

    func unreadable(_ field: String, _ what: String) -> Violation {
        Violation(
            code: "input-command", problem: .inputCommand(what: what), fields: [field], nearest: nil, row: nil,
            text: what)
    }

    private func take(_ name: String) -> JSON? {
        order.append(name)
        return left.removeValue(forKey: name)
    }
}

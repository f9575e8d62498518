import Caseload

/// The answers to commands, with their keys in the contract's order.
enum Answers {
    typealias Field = (key: String, value: JSON)

    static func receipt(_ receipt: Receipt, isBatch: Bool) -> [Field] {
        accepted(receipt.outcome, position: receipt.head.position, isBatch: isBatch)
    }

    static func verdict(_ verdict: Verdict, isBatch: Bool) -> [Field] {
        switch verdict {
        case .accepted(let outcome, let position): accepted(outcome, position: position, isBatch: isBatch)
        case .known(let receipt): Answers.receipt(receipt, isBatch: isBatch)
        case .refused(let violations, let rows): refused(violations, rows)
        }
    }

    static func error(_ error: CaseloadError) -> [Field] {
        switch error {
        case .Refused(let violations, let rows, _): refused(violations, rows)
        case .Input(let violations, _): refused(violations, [])
        default:
            [
                ("ok", .bool(false)),
                ("error", .object([("code", .text(error.code)), ("text", .text(error.localizedDescription))])),
            ]
        }
    }

    private static func accepted(_ outcome: Outcome, position: Int64, isBatch: Bool) -> [Field] {
        let left = outcome.left.map { JSON.texts([$0.assignment.text, $0.code]) }
        let notices = outcome.notices.map { JSON.object([("code", .text($0.code))] + parameters($0.problem)) }
        let receipt: [Field] = [
            ("position", .integer(position)), ("ids", .texts(outcome.ids.map(\.text))), ("ended", .ids(outcome.ended)),
            ("left", .array(left)), ("notices", .array(notices)),
        ]
        let answer: [Field] = [("ok", .bool(true)), ("receipt", .object(receipt))]
        return isBatch || !outcome.rows.isEmpty ? answer + [("rows", rows(outcome.rows))] : answer
    }

    private static func refused(_ violations: [Violation], _ verdicts: [RowVerdict]) -> [Field] {
        let answer: [Field] = [("ok", .bool(false)), ("violations", .array(violations.map(told)))]
        return verdicts.isEmpty ? answer : answer + [("rows", rows(verdicts))]
    }

    private static func rows(_ verdicts: [RowVerdict]) -> JSON {
        .array(
            verdicts.map { verdict in
                let row: [Field] = [("row", .integer(verdict.row)), ("ok", .bool(verdict.violations.isEmpty))]
                let broken: [Field] = [("violations", .array(verdict.violations.map(told)))]
                return .object(verdict.violations.isEmpty ? row : row + broken)
            })
    }

    private static func told(_ violation: Violation) -> JSON {
        var told: [Field] = [("code", .text(violation.code))] + parameters(violation.problem)
        told.append(("fields", .texts(violation.fields)))
        if let nearest = violation.nearest {
            let day = JSON.text(nearest.day.description)
            told.append(("nearest", .object([("field", .text(nearest.field)), ("day", day)])))
        }
        if let row = violation.row { told.append(("row", .integer(row))) }
        told.append(("text", .text(violation.text)))
        return .object(told)
    }

    /// The typed parameters of a problem, each under its name in the contract. They are looked at by reflection, so
    /// that a code or a parameter that is new is written, too.
    private static func parameters(_ problem: Problem) -> [Field] {
        guard let payload = Mirror(reflecting: problem).children.first?.value else { return [] }
        return Mirror(reflecting: payload).children.compactMap { child in
            guard let label = child.label, let value = json(child.value) else { return nil }
            return (snakeCase(label), value)
        }
    }

    /// Ids and days as their text, enums by their word; nil for what is absent.
    private static func json(_ value: Any) -> JSON? {
        switch value {
        case let number as Int64: .integer(number)
        case let text as String: .text(text)
        case let id as any TextId: .text(id.text)
        case let day as Day: .text(day.description)
        case let status as Status: .text(status.word)
        case let values as [Any]: .array(values.compactMap(json))
        default: nil
        }
    }

    private static func snakeCase(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }
}

extension Status {
    /// The word of the contract for it.
    var word: String {
        switch self {
        case .current: "current"
        case .superseded: "superseded"
        case .voided: "voided"
        }
    }
}

// Printed, an error is the one line that `localizedDescription` is: no ids, and nothing that a store said below.
// The generated type has both texts, but does not say so, and Swift would print every field instead.
extension CaseloadError: CustomStringConvertible, CustomDebugStringConvertible {}

extension CaseloadError {
    /// The stable code: that of the first violation, of the store's error or of the file's, `cancelled` or `bug`.
    public var code: String {
        switch self {
        case .Refused(let violations, _, _): violations.first?.code ?? "refused"
        case .Input(let violations, _): violations.first?.code ?? "input-command"
        case .File(let code, _): code
        case .Store(_, let code, _, _, _, _): code
        case .Cancelled: "cancelled"
        case .Bug: "bug"
        }
    }

    /// What was wrong, rule by rule or value by value; empty for errors of the store and of files.
    public var violations: [Violation] {
        switch self {
        case .Refused(let violations, _, _), .Input(let violations, _): violations
        case .File, .Store, .Cancelled, .Bug: []
        }
    }

    /// What was wrong with one field of the command, by its name in the contract: `to_staff`, `start`.
    public func violations(of field: String) -> [Violation] {
        violations.filter { $0.fields.contains(field) }
    }
}

extension Verdict {
    /// Whether it would be stored, or was.
    public var isAccepted: Bool {
        if case .refused = self { false } else { true }
    }

    /// Why it would be refused; empty if it would be accepted.
    public var violations: [Violation] {
        if case .refused(let violations, _) = self { violations } else { [] }
    }
}

extension Violation {
    /// A value that cannot be read, told before anything was asked of the library.
    static func unreadable(field: String, what: String) -> Violation {
        Violation(
            code: "input-command", problem: .inputCommand(what: what), fields: [field], nearest: nil, row: nil,
            text: what)
    }
}

import Caseload

/// A line that no call could be: an unknown field, a text where a number belongs, a text that is no day.
struct Unlike: Error {}

/// The fields of an object, each taken out once. Absent and null are the same.
final class Fields {
    private var left: [String: JSON]

    init(_ json: JSON) throws {
        guard case .object(let fields) = json else { throw Unlike() }
        left = Dictionary(fields.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    }

    /// Whether a field stands there at all, were it null.
    func has(_ name: String) -> Bool {
        left[name] != nil
    }

    func mustBeUsedUp() throws {
        if !left.isEmpty { throw Unlike() }
    }

    func take(_ name: String) -> JSON? {
        guard let value = left.removeValue(forKey: name), !value.isNull else { return nil }
        return value
    }

    func textIf(_ name: String) throws -> String? {
        guard let value = take(name) else { return nil }
        guard case .text(let text) = value else { throw Unlike() }
        return text
    }

    func text(_ name: String) throws -> String {
        try Fields.need(try textIf(name))
    }

    func idIf<Id: TextId>(_ name: String) throws -> Id? {
        try textIf(name).map { Id($0) }
    }

    func id<Id: TextId>(_ name: String) throws -> Id {
        Id(try text(name))
    }

    func idsIf<Id: TextId>(_ name: String) throws -> [Id]? {
        try textsIf(name)?.map { Id($0) }
    }

    func dayIf(_ name: String) throws -> Day? {
        try textIf(name).map { try Fields.need(Day($0)) }
    }

    func day(_ name: String) throws -> Day {
        try Fields.need(try dayIf(name))
    }

    func instantIf(_ name: String) throws -> Recorded? {
        try textIf(name).map { try Fields.need(Recorded($0)) }
    }

    func flagIf(_ name: String) throws -> Bool? {
        guard let value = take(name) else { return nil }
        guard case .bool(let flag) = value else { throw Unlike() }
        return flag
    }

    func wholeIf(_ name: String) throws -> Int64? {
        guard let value = take(name) else { return nil }
        guard case .integer(let number) = value else { throw Unlike() }
        return number
    }

    func textsIf(_ name: String) throws -> [String]? {
        guard let value = take(name) else { return nil }
        guard case .array(let values) = value else { throw Unlike() }
        return try values.map {
            guard case .text(let text) = $0 else { throw Unlike() }
            return text
        }
    }

    func objects(_ name: String) throws -> [Fields] {
        guard case .array(let rows) = take(name) else { throw Unlike() }
        return try rows.map { try Fields($0) }
    }

    func objectIf(_ name: String) throws -> Fields? {
        try take(name).map { try Fields($0) }
    }

    /// One of some words, each of which means something.
    func wordIf<Meaning>(_ name: String, _ words: KeyValuePairs<String, Meaning>) throws -> Meaning? {
        try textIf(name).map { try Fields.meaning(of: $0, words) }
    }

    func word<Meaning>(_ name: String, _ words: KeyValuePairs<String, Meaning>) throws -> Meaning {
        try Fields.need(try wordIf(name, words))
    }

    func rightsIf(_ name: String) throws -> [Right]? {
        try textsIf(name)?.map { try Fields.meaning(of: $0, rightWords) }
    }

    static func need<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw Unlike() }
        return value
    }

    private static func meaning<Meaning>(
        of text: String, _ words: KeyValuePairs<String, Meaning>
    ) throws -> Meaning {
        try need(words.first { $0.key.utf8.elementsEqual(text.utf8) }?.value)
    }
}

private let rightWords: KeyValuePairs<String, Right> = [
    "own": .own, "others": .others, "correct": .correct, "enroll": .enroll, "administer": .administer,
    "view_all": .viewAll,
]

extension Fields {
    func policyIf(_ name: String) throws -> Policy? {
        guard let keys = try objectIf(name) else { return nil }
        let policy = Policy(
            batchHistory: try keys.wordIf(
                "batch_history",
                ["refuse_closed": .refuseClosed, "refuse_past_start": .refusePastStart, "allow": .allow]),
            caseloadLimit: try keys.limitIf(),
            entryOrder: try keys.wordIf("entry_order", ["program": .program, "staff": .staff, "any": .any]),
            formerAccessDays: try keys.wholeIf("former_access_days"),
            handOff: try keys.wordIf("hand_off", ["both_rights": .bothRights, "own_right": .ownRight]),
            maxStaff: try keys.wholeIf("max_staff"),
            onEnrollmentEnd: try keys.wordIf(
                "on_enrollment_end", ["end_assignments": .endAssignments, "refuse": .refuse]),
            onePrimary: try keys.flagIf("one_primary").map { $0 ? .one : .any },
            plannedStarts: try keys.wordIf("planned_starts", ["allow": .allow, "refuse": .refuse]),
            roles: try keys.textsIf("roles"),
            visibility: try keys.wordIf("visibility", ["all": .all, "own_caseload": .ownCaseload]),
            zeroDay: try keys.wordIf("zero_day", ["allow": .allow, "refuse": .refuse]))
        try keys.mustBeUsedUp()
        return policy
    }

    private func limitIf() throws -> CaseloadLimit? {
        guard let keys = try objectIf("caseload_limit") else { return nil }
        let max = try Fields.need(try keys.wholeIf("max"))
        let enforcement: Enforcement? = try keys.wordIf("enforcement", ["notice": .notice, "refuse": .refuse])
        try keys.mustBeUsedUp()
        return CaseloadLimit(max: max, enforcement: enforcement)
    }
}

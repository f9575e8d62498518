import Foundation

/// An instant, in microseconds since 1970-01-01T00:00:00Z: when an entry was recorded, or a device took a command.
///
/// It labels; nothing is ordered by it. Whole microseconds are kept, which a `Date` cannot always do.
public struct Recorded: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let micros: Int64

    /// So many microseconds after 1970-01-01T00:00:00Z.
    public init(micros: Int64) {
        self.micros = micros
    }

    /// The instant of a date. What is finer than a microsecond is cut off.
    public init(_ date: Date) {
        let micros = (date.timeIntervalSince1970 * 1e6).rounded(.down)
        self.init(micros: Int64(exactly: micros) ?? (micros < 0 ? .min : .max))
    }

    /// The instant as Foundation has it, to about a microsecond.
    public var date: Date { Date(timeIntervalSince1970: Double(micros) / 1e6) }

    /// The clock of this device.
    public static var now: Recorded { Recorded(Date()) }

    /// Earlier comes first.
    public static func < (one: Recorded, other: Recorded) -> Bool {
        one.micros < other.micros
    }
}

extension Recorded: LosslessStringConvertible, CustomStringConvertible {
    /// The instant of an RFC 3339 text in UTC, `2024-03-01T12:00:00Z`; nil for anything else.
    public init?(_ text: String) {
        let parts = Array(text.utf8)
        guard parts.count >= 20, parts.count <= 30,
            [UInt8(ascii: "Z"), UInt8(ascii: "z")].contains(parts[parts.count - 1]),
            [UInt8(ascii: "T"), UInt8(ascii: "t")].contains(parts[10]),
            parts[13] == UInt8(ascii: ":"), parts[16] == UInt8(ascii: ":"),
            let day = Day(String(decoding: parts[0..<10], as: UTF8.self)),
            let hour = Recorded.number(parts[11..<13], below: 24),
            let minute = Recorded.number(parts[14..<16], below: 60),
            let second = Recorded.number(parts[17..<19], below: 60),
            let fraction = Recorded.fraction(parts[19..<(parts.count - 1)])
        else { return nil }
        let seconds = day.sinceEpoch * 86_400 + hour * 3_600 + minute * 60 + second
        self.init(micros: seconds * 1_000_000 + fraction)
    }

    /// `2024-03-01T12:00:00.000000Z`.
    public var description: String {
        let of = micros.quotientAndRemainder(dividingBy: 86_400_000_000)
        let days = of.remainder < 0 ? of.quotient - 1 : of.quotient
        guard (Day.first.sinceEpoch...Day.last.sinceEpoch).contains(days) else { return "\(micros) microseconds" }
        let rest = of.remainder < 0 ? of.remainder + 86_400_000_000 : of.remainder
        let padded = { (number: Int64, width: Int) in
            String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
        }
        let seconds = rest / 1_000_000
        let time = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(Day(sinceEpoch: days))T\(time).\(padded(rest % 1_000_000, 6))Z"
    }

    private static func number(_ digits: ArraySlice<UInt8>, below limit: Int64) -> Int64? {
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        return number < limit ? number : nil
    }

    /// Microseconds of `.5`, `.123456789` or nothing.
    private static func fraction(_ text: ArraySlice<UInt8>) -> Int64? {
        guard let point = text.first else { return 0 }
        let digits = text.dropFirst()
        guard point == UInt8(ascii: "."), (1...9).contains(digits.count) else { return nil }
        let padded = (Array(digits) + Array(repeating: UInt8(ascii: "0"), count: 6)).prefix(6)
        return number(digits, below: .max).flatMap { _ in number(padded, below: 1_000_000) }
    }
}

extension Recorded: Codable {
    /// From an RFC 3339 instant in UTC.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let instant = Recorded(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "is not an RFC 3339 instant in UTC")
        }
        self = instant
    }

    /// As an RFC 3339 instant in UTC.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

import Foundation

/// A civil day in the agency's own time zone, from 0001-01-01 to 9999-12-31, by the Gregorian calendar throughout.
///
/// It is no instant and has no time zone. Where a `Date` becomes a day, the zone is said: ``init(of:in:)``.
public struct Day: Hashable, Comparable, Sendable {
    /// The first day of the calendar, 0001-01-01.
    public static let first = Day(sinceEpoch: -719_162)

    /// The last day of the calendar, 9999-12-31.
    public static let last = Day(sinceEpoch: 2_932_896)

    /// How many days it lies after 1970-01-01.
    public let sinceEpoch: Int64

    /// So many days after 1970-01-01. A day beyond the calendar is told by the call that it is given to.
    public init(sinceEpoch: Int64) {
        self.sinceEpoch = sinceEpoch
    }

    /// The day of a date that the calendar has.
    ///
    /// - Throws: ``NoDay`` for 30 February, the year 10000 and the like.
    public init(year: Int, month: Int, day: Int) throws(NoDay) {
        guard (1...9_999).contains(year), (1...12).contains(month), (1...31).contains(day) else { throw NoDay() }
        let found = Day(sinceEpoch: Day.number(year: Int64(year), month: Int64(month), day: Int64(day)))
        guard found.date == (year, month, day) else { throw NoDay() }
        self = found
    }

    /// The day that an instant falls on in a zone: the agency's own, not that of the device.
    public init(of instant: Date, in zone: TimeZone) {
        let seconds = instant.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: instant))
        let days = (seconds / 86_400).rounded(.down)
        self.init(sinceEpoch: Int64(min(max(days, -1e15), 1e15)))
    }

    /// The day that a calendar's fields name.
    ///
    /// - Parameter components: `year`, `month` and `day` of a Gregorian calendar.
    /// - Throws: ``NoDay`` where one of the three is missing, for another calendar or era, and for fields that also
    ///   say a time: those name an instant, and which day that is depends on the zone.
    public init(_ components: DateComponents) throws(NoDay) {
        let calendars: [Calendar.Identifier] = [.gregorian, .iso8601]
        let time = [components.hour, components.minute, components.second, components.nanosecond]
        guard let year = components.year, let month = components.month, let day = components.day,
            components.calendar.map({ calendars.contains($0.identifier) }) ?? true,
            components.era ?? 1 == 1, components.isLeapMonth != true, time.allSatisfy({ $0 == nil })
        else { throw NoDay() }
        try self.init(year: year, month: month, day: day)
    }

    /// Today's date in a zone.
    public static func today(in zone: TimeZone) -> Day {
        Day(of: Date(), in: zone)
    }

    /// The year, from 1 to 9999 within the calendar.
    public var year: Int { date.year }

    /// The month, from 1.
    public var month: Int { date.month }

    /// The day of the month, from 1.
    public var day: Int { date.day }

    /// `year`, `month` and `day`, and nothing else: no calendar, no zone.
    public var dateComponents: DateComponents {
        let (year, month, day) = date
        return DateComponents(year: year, month: month, day: day)
    }

    /// The day so many days later; earlier for a negative number.
    public func adding(days: Int) -> Day {
        let (sum, isBeyond) = sinceEpoch.addingReportingOverflow(Int64(days))
        return Day(sinceEpoch: isBeyond ? (days < 0 ? .min : .max) : sum)
    }

    /// How many days later another day is.
    public func days(until other: Day) -> Int {
        let (difference, isBeyond) = other.sinceEpoch.subtractingReportingOverflow(sinceEpoch)
        return Int(isBeyond ? (other < self ? .min : .max) : difference)
    }

    /// The order of the calendar.
    public static func < (one: Day, other: Day) -> Bool {
        one.sinceEpoch < other.sinceEpoch
    }

    /// A calendar of 400 years, which repeats, counted from a 1 March so that the leap day comes last.
    private static let cycle: Int64 = 146_097
    private static let marchOfYearZero: Int64 = -719_468

    private static func number(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let cycle = (year >= 0 ? year : year - 399) / 400
        let ofCycle = year - cycle * 400
        let ofYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return cycle * Day.cycle + ofCycle * 365 + ofCycle / 4 - ofCycle / 100 + ofYear + marchOfYearZero
    }

    /// The date; days beyond the calendar are shown as its ends.
    private var date: (year: Int, month: Int, day: Int) {
        let number = min(max(sinceEpoch, Day.first.sinceEpoch), Day.last.sinceEpoch) - Day.marchOfYearZero
        let ofCycle = number % Day.cycle
        let year = (ofCycle - ofCycle / 1_460 + ofCycle / 36_524 - ofCycle / 146_096) / 365
        let ofYear = ofCycle - (365 * year + year / 4 - year / 100)
        let march = (5 * ofYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        let day = ofYear - (153 * march + 2) / 5 + 1
        return (Int(number / Day.cycle * 400 + year + (month <= 2 ? 1 : 0)), Int(month), Int(day))
    }
}

/// What was given is no day of the calendar.
public struct NoDay: Error, Hashable, LocalizedError {
    /// Says what a day looks like; the value that was given is not repeated.
    public var errorDescription: String? { "is not a day from 0001-01-01 to 9999-12-31; write it as YYYY-MM-DD" }

    /// For ``Day``s that a host reads itself.
    public init() {}
}

extension Day: LosslessStringConvertible, CustomStringConvertible {
    /// The day of a text, `YYYY-MM-DD` and nothing else; nil for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        let digits = bytes.enumerated().allSatisfy { place, byte in
            place == 4 || place == 7
                ? byte == UInt8(ascii: "-") : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard bytes.count == 10, digits else { return nil }
        let number = { (part: ArraySlice<UInt8>) in part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } }
        try? self.init(year: number(bytes[0..<4]), month: number(bytes[5..<7]), day: number(bytes[8..<10]))
    }

    /// `YYYY-MM-DD`.
    public var description: String {
        let (year, month, day) = date
        let padded = { (number: Int, width: Int) in
            String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }
}

extension Day: Codable {
    /// From `YYYY-MM-DD`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let day = Day(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: NoDay().errorDescription ?? "")
        }
        self = day
    }

    /// As `YYYY-MM-DD`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Period {
    /// The last day that it covers, as people say it; nil for an open one and for one of no day.
    public var lastDay: Day? {
        guard let end, end > start else { return nil }
        return end.adding(days: -1)
    }

    /// Whether it covers a day.
    public func contains(_ day: Day) -> Bool {
        day >= start && (end.map { day < $0 } ?? true)
    }
}

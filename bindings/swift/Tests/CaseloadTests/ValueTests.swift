import Caseload
import Foundation
import XCTest

/// Ids, days and instants: the small types that are written by hand.
final class ValueTests: XCTestCase {
    func testIdsAreComparedByTheirBytes() {
        let (composed, decomposed): (StaffId, StaffId) = ("caf\u{e9}", "cafe\u{301}")
        XCTAssertEqual(composed.text, decomposed.text)
        XCTAssertNotEqual(composed, decomposed)
        XCTAssertEqual(Set([composed, decomposed, "caf\u{e9}"]).count, 2)
        // By UTF-16, as other systems sort, the first would come last.
        XCTAssertEqual(
            (["\u{10000}", "\u{ffff}", "b", "a", "B"] as [StaffId]).sorted(), ["B", "a", "b", "\u{ffff}", "\u{10000}"])
        XCTAssertEqual(ActorId(StaffId("maria")), "maria")
        XCTAssertEqual(ActorId.root.description, "root")
    }

    func testIdsAreWrittenAsTexts() throws {
        let written = try JSONEncoder().encode([ParticipantId("P-1"), ParticipantId("é")])
        XCTAssertEqual(String(decoding: written, as: UTF8.self), "[\"P-1\",\"é\"]")
        XCTAssertEqual(try JSONDecoder().decode([ParticipantId].self, from: written), ["P-1", "é"])
    }

    func testEveryMonthOfTheCalendarFollowsTheOneBefore() throws {
        var number = Day.first.sinceEpoch
        for year in 1...9_999 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            for (month, length) in zip(1..., lengths) {
                // Every day where leap years meet, else the ends of the month.
                let dates = [1, 4, 1900, 2000, 2024, 9_999].contains(year) ? Array(1...length) : [1, 28, length]
                for date in dates {
                    let day = try Day(year: year, month: month, day: date)
                    XCTAssertEqual(day.sinceEpoch, number + Int64(date) - 1)
                    XCTAssertTrue((day.year, day.month, day.day) == (year, month, date), "\(day)")
                }
                XCTAssertThrowsError(try Day(year: year, month: month, day: length + 1))
                number += Int64(length)
            }
        }
        XCTAssertEqual(number, Day.last.sinceEpoch + 1)
        XCTAssertEqual(Day.first.days(until: .last), 3_652_058)
        XCTAssertEqual(Day.first.description, "0001-01-01")
        XCTAssertEqual(Day.last.description, "9999-12-31")
        XCTAssertEqual(Day("9999-12-31"), .last)
        XCTAssertEqual(try Day(year: 1970, month: 1, day: 1).sinceEpoch, 0)
    }

    func testWhatIsNoDay() {
        let texts = [
            "", "2024-2-1", "20240201", "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-00", "0000-01-01",
            "10000-01-01",
            "2024-01-01T00:00:00Z", " 2024-01-01", "2024-01-01\n", "+024-01-01", "２０２４-01-01", "2024/01/01",
            "-001-01-01",
        ]
        for text in texts { XCTAssertNil(Day(text), text) }
        XCTAssertThrowsError(try Day(year: .max, month: .min, day: 0)) {
            XCTAssertEqual(
                $0.localizedDescription, "is not a day from 0001-01-01 to 9999-12-31; write it as YYYY-MM-DD")
        }
    }

    func testDaysBeyondTheCalendarTrapNowhere() async throws {
        let agency = try await furnished()
        for day in [Day(sinceEpoch: .min), Day(sinceEpoch: .max), Day.first.adding(days: -1), Day.last.adding(days: 1)]
        {
            _ = (
                day.description, day.dateComponents, day.adding(days: .max), day.adding(days: .min),
                day.days(until: .first)
            )
            let error = await thrown { try await agency.caseload(staff: "maria", asOf: day) }
            XCTAssertEqual(error?.violations.map(\.code), ["input-date"])
            XCTAssertEqual(error?.violations(of: "as_of").count, 1)
        }
    }

    func testDaysAndDateComponents() throws {
        let day = try Day(year: 2024, month: 2, day: 29)
        XCTAssertEqual(day.dateComponents, DateComponents(year: 2024, month: 2, day: 29))
        XCTAssertNil(day.dateComponents.timeZone)
        XCTAssertEqual(try Day(day.dateComponents), day)
        var gregorian = DateComponents(calendar: Calendar(identifier: .gregorian), year: 2024, month: 2, day: 29)
        XCTAssertEqual(try Day(gregorian), day)
        gregorian.calendar = Calendar(identifier: .hebrew)
        XCTAssertThrowsError(try Day(gregorian))
        XCTAssertThrowsError(try Day(DateComponents(year: 2024, month: 2)))
        XCTAssertThrowsError(try Day(DateComponents(year: 2023, month: 2, day: 29)))
        XCTAssertThrowsError(try Day(DateComponents(era: 0, year: 44, month: 3, day: 15)))
        // With a time it is an instant, and the day depends on the zone.
        XCTAssertThrowsError(try Day(DateComponents(year: 2024, month: 2, day: 29, hour: 23)))
        XCTAssertThrowsError(try Day(DateComponents(year: 2024, month: 2, day: 29, hour: 0)))
    }

    func testADateBecomesADayInTheZoneThatIsSaid() throws {
        let instant = Date(timeIntervalSince1970: 1_709_164_800 - 1)  // 2024-02-28T23:59:59Z
        let zone = { (name: String) in try XCTUnwrap(TimeZone(identifier: name)) }
        XCTAssertEqual(Day(of: instant, in: try zone("UTC")).description, "2024-02-28")
        XCTAssertEqual(Day(of: instant, in: try zone("Pacific/Kiritimati")).description, "2024-02-29")
        XCTAssertEqual(Day(of: instant, in: try zone("America/Chicago")).description, "2024-02-28")
        XCTAssertEqual(Day(of: Date(timeIntervalSince1970: -1), in: try zone("UTC")).description, "1969-12-31")
        XCTAssertEqual(Day(of: .distantFuture, in: try zone("UTC")).description, "4001-01-01")
    }

    func testDaysAreWrittenAsTexts() throws {
        let written = try JSONEncoder().encode([today])
        XCTAssertEqual(String(decoding: written, as: UTF8.self), "[\"2024-06-15\"]")
        XCTAssertEqual(try JSONDecoder().decode([Day].self, from: written), [today])
        XCTAssertThrowsError(try JSONDecoder().decode([Day].self, from: Data("[\"2024-6-15\"]".utf8)))
    }

    func testPeriods() throws {
        let period = Period(start: march, end: today)
        XCTAssertTrue(period.contains(march) && !period.contains(today))
        XCTAssertEqual(period.lastDay, today.adding(days: -1))
        XCTAssertNil(Period(start: march, end: march).lastDay)
        XCTAssertTrue(Period(start: march, end: nil).contains(.last))
    }

    func testInstants() throws {
        for (text, micros) in [
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.5Z", -500_000),
            ("2024-03-01t12:00:00.123456789z", 1_709_294_400_123_456),
        ] as [(String, Int64)] {
            XCTAssertEqual(Recorded(text)?.micros, micros, text)
        }
        for micros in [0, -1, 1_709_294_400_123_456, 253_402_300_799_999_999] as [Int64] {
            XCTAssertEqual(Recorded(Recorded(micros: micros).description)?.micros, micros)
        }
        XCTAssertEqual(Recorded(micros: .max).description, "\(Int64.max) microseconds")
        XCTAssertEqual(Recorded(micros: .min).description, "\(Int64.min) microseconds")
        let wrong = [
            "2024-03-01T12:00:00", "2024-03-01 12:00:00Z", "2024-03-01T24:00:00Z", "2024-03-01T12:60:00Z",
            "2024-03-01T12:00Z",
            "2024-03-01T12:00:00+00:00", "2024-02-30T12:00:00Z", "2024-03-01T12:00:00.Z",
            "2024-03-01T12:00:00.1234567890Z",
            "2024-03-01T-1:00:00Z", "2024-03-01T12:00:00,5Z",
        ]
        for text in wrong { XCTAssertNil(Recorded(text), text) }
        XCTAssertEqual(Recorded(Date(timeIntervalSince1970: 1.5)).micros, 1_500_000)
        XCTAssertEqual(Recorded(.distantFuture).date, .distantFuture)
        XCTAssertEqual(Recorded(Date(timeIntervalSince1970: 1e300)).micros, .max)
    }
}

import Caseload
import Foundation
import SQLiteLog
import XCTest

// The blocks of the README, as they are compiled: `ReadmeTests` holds them equal, and runs them.

func readmeOpening(_ folder: URL) async throws -> Agency {
    let file = folder.appending(path: "agency.db")
    let agency = try await Agency.open(file: file.path, zone: TimeZone(identifier: "America/Chicago"))
    return agency
}

func readmeCommands(_ agency: Agency) async throws -> Receipt {
    let today = try Day(year: 2024, month: 6, day: 15)
    let desk = agency.acting(as: "manager-7").on(today)

    let verdict = try await desk.review.transfer(id: "a1", toStaff: "sam", date: today)
    guard verdict.isAccepted else { throw NotNow(reasons: verdict.violations.map(\.text)) }

    let form = desk.request("form-4711")
    let receipt = try await form.transfer(id: "a1", toStaff: "sam", date: today, reason: "moved to the north team")
    return receipt
}

struct NotNow: Error {
    let reasons: [String]
}

func readmeErrors(_ desk: Desk, _ today: Day) async throws -> [String] {
    var shown: [String] = []
    do {
        try await desk.assign(staff: "sam", participant: "P-1023", program: "housing", start: today)
    } catch CaseloadError.Refused(let violations, _, _) {
        for violation in violations {
            switch violation.problem {
            case .alreadyAssigned(let assignment):
                shown.append("\(violation.fields): already held as \(assignment)")
            default:
                shown.append("\(violation.fields): \(violation.text) (\(violation.code))")
            }
            if let nearest = violation.nearest {
                shown.append("\(nearest.field) could be \(nearest.day)")
            }
        }
    } catch CaseloadError.Store(let kind, _, let text, _, _, _) where kind == .locked || kind == .full {
        shown.append(text)
    }
    return shown
}

func readmeQuestions(_ agency: Agency, _ today: Day) async throws -> Int {
    let snapshot = try await agency.snapshot()
    let mine = try await snapshot.caseload(staff: "maria", asOf: today, actor: "maria")
    let firstScreen = try await mine.page(limit: 20)
    for try await held in mine {
        print("\(held.participant) in \(held.program)")
    }

    let inMarch = DayRange(first: try Day(year: 2024, month: 3, day: 1), last: try Day(year: 2024, month: 3, day: 31))
    let report = try await snapshot.transfers(range: inMarch) { progress in
        print("\(progress.stage): \(progress.done) of \(progress.total)")
    }
    for try await handOver in report.handOvers.rows {
        print("\(handOver.participant) on \(handOver.date)")
    }
    return firstScreen.count
}

func readmeEvents(_ agency: Agency, _ outbox: Outbox) async throws {
    for try await happened in agency.events(after: outbox.lastPosition) {
        if case .transferred(let assignment, let by, _, let staff, _, _) = happened.event {
            outbox.notify(staff, "\(assignment) is yours now, as \(by)")
        }
        outbox.lastPosition = happened.position
    }
}

final class Outbox {
    var lastPosition: Int64 = 0
    var sent: [String] = []

    func notify(_ staff: StaffId, _ text: String) {
        sent.append("\(staff): \(text)")
    }
}

func readmeDays(_ picked: Date) throws -> [Day] {
    let zone = TimeZone(identifier: "America/Chicago")!
    let today = Day.today(in: zone)
    let chosen = try Day(Calendar.current.dateComponents([.year, .month, .day], from: picked))
    let lastDayOnTheForm = try Day(year: 2024, month: 6, day: 30)
    let end = lastDayOnTheForm.adding(days: 1)
    return [today, chosen, end]
}

func readmeOwnLog(_ file: String) async throws -> Agency {
    let log = try SQLiteLog(path: file)
    let agency = try await Agency.open(log: log)
    return agency
}

func readmeSuite(_ makeStore: @escaping @Sendable () throws -> any TestStore) throws {
    for name in Conformance.names {
        try Conformance.run(name) { try makeStore() }
    }
}

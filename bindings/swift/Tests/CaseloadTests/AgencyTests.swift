import Caseload
import Foundation
import XCTest

/// Opening, asking, paging, events, long work and closing.
final class AgencyTests: XCTestCase {
    func testAFileIsKeptAndReadAgain() async throws {
        let file = try scratch(self).appendingPathComponent("agency.db").path
        let first = try await Agency.open(file: file)
        try await furnish(first)
        let head = try first.head()
        try await first.close()
        try await first.close()
        let again = try await Agency.open(file: file, options: FileOptions(access: .readOnly))
        XCTAssertEqual(try again.head(), head)
        let error = await thrown { try await again.acting(as: .root).on(today).closeProgram(id: "housing") }
        XCTAssertEqual(error?.code, "store-read-only")
        try await again.close()
    }

    func testAFileThatCannotBeOpened() async throws {
        let folder = try scratch(self)
        let missing = folder.appendingPathComponent("missing/agency.db").path
        let error = await thrown { try await Agency.open(file: missing) }
        guard case .Store(.unavailable, "store-unavailable", let text, _, _, _)? = error else {
            return XCTFail("\(String(describing: error))")
        }
        XCTAssertTrue(text.contains("missing"), text)
        let other = folder.appendingPathComponent("no.db")
        try Data(String(repeating: "this is no database. ", count: 100).utf8).write(to: other)
        let damaged = await thrown { try await Agency.open(file: other.path) }
        XCTAssertEqual(damaged?.code, "store-corrupt")
    }

    func testAClosedAgencySaysSo() async throws {
        let agency = try await furnished()
        let snapshot = try await agency.snapshot()
        try await agency.close()
        let calls: [() async throws -> Any] = [
            { try await agency.acting(as: .root).on(today).closeProgram(id: "housing") },
            { try await agency.caseload(staff: "maria", asOf: today) },
            { try await agency.snapshot() },
            { try agency.head() },
            { try await agency.verify() },
            { try await agency.sql("select 1") },
            { try await agency.events().first { _ in true } as Any },
        ]
        for call in calls {
            let error = await thrown(call)
            XCTAssertEqual(error?.code, "store-closed")
        }
        // What was taken before is still there to be asked.
        let held = try await snapshot.caseload(staff: "maria", asOf: today)
        XCTAssertEqual(held.count, 1)
    }

    func testQuestions() async throws {
        let agency = try await furnished()
        let desk = agency.acting(as: .root).on(today)
        try await desk.enroll(participant: "P-2", program: "housing", start: march, id: "e2")
        let before = try agency.head().position
        try await desk.transfer(id: "a1", toStaff: "sam", date: today, newId: "a2")

        let held = try await agency.caseload(staff: "sam", asOf: today).all()
        XCTAssertEqual(held, [Held(program: "housing", participant: "P-1023", staff: "sam")])
        let then = try await agency.caseload(staff: "sam", asOf: today, knownAt: .position(position: before))
        XCTAssertEqual(then.count, 0)
        let caseworkers = try await agency.caseworkers(participant: "P-1023", program: "housing", asOf: march)
        XCTAssertEqual(caseworkers, ["maria"])
        let all = try await agency.held(asOf: today, program: "housing")
        XCTAssertEqual(all.count, 1)
        let counts = try await agency.counts(asOf: today).all()
        XCTAssertEqual(counts, [Count(staff: "sam", assignments: 1)])
        let unassigned = try await agency.unassigned(program: "housing", asOf: today).all()
        XCTAssertEqual(unassigned, ["P-2"])
        let visible = try await agency.visible(actor: .root, participants: ["P-9", "P-2"], asOf: today)
        XCTAssertEqual(visible, ["P-9", "P-2"])
        let lines = try await agency.history(participant: "P-1023", program: "housing", asOf: today).all()
        XCTAssertEqual(lines.count, 3)
        let everything = try await agency.everything(asOf: today)
        XCTAssertEqual(everything.count, 4)
        let programs = try await agency.programs().all()
        XCTAssertEqual(programs.first?.name, "Housing First")
        XCTAssertEqual(programs.first?.door, .open)
        let staff = try await agency.staff().all()
        XCTAssertEqual(staff.map(\.id), ["maria", "sam"])
        let rights = try await agency.rights(staff: "sam", program: "housing")
        XCTAssertEqual(rights, [.own, .others])
        let position = try await agency.snapshot().position(of: .instant(instant: .now))
        XCTAssertEqual(position, before + 1)
    }

    func testReportsAnswer() async throws {
        let agency = try await furnished()
        let range = DayRange(first: march, last: today)
        let now = try await agency.currentCaseload(asOf: today)
        let cases = try await now.cases.rows.all()
        XCTAssertEqual(cases.map(\.assignment), ["a1"])
        let distribution = try await agency.caseloadDistribution(asOf: today)
        XCTAssertEqual(try distribution.spread(program: nil).cases, 1)
        let series = try await agency.dailySeries(range: range)
        XCTAssertEqual(series.count, march.days(until: today) + 1)
        let average = try await agency.averageDailyCaseload(range: range).all()
        XCTAssertEqual(average.first?.average.value, 1)
        let flow = try await agency.flow(range: range)
        XCTAssertEqual(flow.count, 4)
        let gaps = try await agency.coverageGaps(range: range).all()
        XCTAssertEqual(gaps.map(\.uncoveredDays), [0])
        let waiting = try await agency.withoutCaseworker(asOf: today)
        XCTAssertEqual(waiting.waiting.rows.count, 0)
        let misplaced = try await agency.misplaced(asOf: today)
        XCTAssertEqual(misplaced.cases.rows.count, 0)
        let transfers = try await agency.transfers(range: range)
        XCTAssertEqual(transfers.handOvers.rows.count, 0)
        let stay = try await agency.lengthOfStay(of: .assignment, range: range)
        XCTAssertEqual(stay.range(), range)
        let history = try await agency.participantHistory(participant: "P-1023", asOf: today)
        XCTAssertEqual(history.assignments.rows.count, 1)
        let continuity = try await agency.workerContinuity(range: range)
        XCTAssertEqual(continuity.timelines.rows.count, 1)
        let corrections = try await agency.corrections(asOf: today)
        XCTAssertEqual(corrections.corrections.rows.count, 0)
        let both = try await agency.caseloadThenAndNow(then: .position(position: 0), asOf: today)
        XCTAssertEqual(both.come.rows.count, 1)
        let filter = CaseloadFilter(days: .asOf(day: today), of: Filter(staff: ["maria"]), role: .any)
        let on = try await agency.onCaseload(participants: ["P-2", "P-1023"], filter: filter, asOf: today)
        XCTAssertEqual(on.mask, [.no, .yes])
        let enrollments = try await agency.enrollmentsOnCaseload(enrollments: ["e1"], filter: filter, asOf: today)
        XCTAssertEqual(enrollments.ids, ["e1"])
        let error = await thrown { try await agency.flow(range: DayRange(first: today, last: march)) }
        XCTAssertEqual(error?.violations(of: "last").count, 1)
    }

    func testListsArePaged() async throws {
        let agency = try await Agency.inMemory()
        let desk = agency.acting(as: .root).on(today)
        try await desk.defineProgram(id: "p")
        let rows = (0..<2_500).map {
            EnrollmentRow(id: EnrollmentId("e\($0)"), participant: ParticipantId("P-\(10_000 + $0)"), start: march)
        }
        try await desk.mirrorEnrollments(program: "p", rows: rows)
        let waiting = try await agency.unassigned(program: "p", asOf: today)
        XCTAssertEqual(waiting.count, 2_500)
        let page = try await waiting.page(from: 2_499, limit: 2)
        XCTAssertEqual(page, ["P-12499"])
        let beyond = try await waiting.page(from: 2_500)
        XCTAssertEqual(beyond, [])
        // The list is of one moment, whatever is recorded meanwhile.
        try await desk.forget(participant: "P-10000", reason: "asked for")
        var seen: [ParticipantId] = []
        for try await participant in waiting { seen.append(participant) }
        XCTAssertEqual(seen, rows.map(\.participant))
        for (from, limit) in [(-1, 1), (0, 0), (0, 1_001), (0, -1)] {
            let error = await thrown { try await waiting.page(from: from, limit: limit) }
            XCTAssertEqual(error?.code, "input-command")
        }
    }

    func testASnapshotStaysAsItWas() async throws {
        let agency = try await furnished()
        let snapshot = try await agency.snapshot()
        let receipt = try await agency.acting(as: .root).on(today).endAssignment(id: "a1", end: today)
        let (then, now) = (
            try await snapshot.caseload(staff: "maria", asOf: today).count,
            try await agency.caseload(staff: "maria", asOf: today).count
        )
        XCTAssertEqual([then, now], [1, 0])
        let read = try await agency.snapshot(.atLeast(position: receipt.head.position))
        XCTAssertEqual(read.head, receipt.head)
        let verified = try await agency.verify(expected: snapshot.head)
        XCTAssertEqual(verified.head, receipt.head)
        let foreign = Head(position: 1, hash: String(repeating: "f", count: 64))
        let error = await thrown { try await agency.verify(expected: foreign) }
        XCTAssertEqual(error?.code, "store-diverged")
    }

    func testTheFileIsAskedCopiedAndRestored() async throws {
        let folder = try scratch(self)
        let (file, copy, restored) = ("a.db", "copy.db", "b.db")
        let path = { (name: String) in folder.appendingPathComponent(name).path }
        let agency = try await Agency.open(file: path(file))
        try await furnish(agency)
        let table = try await agency.sql(
            "select staff, participant from current_assignment where staff = ?1", .text(text: "maria"))
        XCTAssertEqual(table.columns, ["staff", "participant"])
        XCTAssertEqual(table.rows, [[.text(text: "maria"), .text(text: "P-1023")]])
        let error = await thrown { try await agency.sql("create table x (y)") }
        XCTAssertEqual(error?.code, "store-read-only")
        try await agency.keepCheckpoint()
        try await agency.rebuildReadTables()
        try await agency.export(to: path(copy))
        try await Agency.restore(backup: path(copy), to: path(restored))
        let again = try await Agency.open(file: path(restored))
        XCTAssertEqual(try again.head(), try agency.head())
    }
}

import Caseload
import Foundation
import XCTest

/// Events by position, and long work that tells how far it has come and can be stopped.
final class EventsTests: XCTestCase {
    func testEventsComeInOrderAcrossPages() async throws {
        let agency = try await furnished()
        let desk = agency.acting(as: .root).on(today)
        for number in 0..<350 {
            try await desk.renameStaff(id: "sam", name: "Sam \(number)")
        }
        var positions: [Int64] = []
        for try await happened in agency.events() { positions.append(happened.position) }
        XCTAssertEqual(positions, positions.sorted())
        XCTAssertEqual(positions.count, 355)
        XCTAssertEqual(positions.last, try agency.head().position)
        var later: [Event] = []
        for try await happened in agency.events(after: 354) { later.append(happened.event) }
        XCTAssertEqual(later, [.staffRenamed(staff: "sam", name: "Sam 349")])
        for try await happened in agency.events(after: 1_000) { XCTFail("\(happened) happened later") }
        let error = await thrown { try await agency.events(after: -1).first { _ in true } as Any }
        XCTAssertEqual(error?.code, "input-command")
    }

    func testEventsAreWaitedFor() async throws {
        let agency = try await furnished()
        let desk = agency.acting(as: .root).on(today)
        let before = try agency.head().position
        let waiting = Task {
            var words: [String] = []
            for try await happened in agency.events(after: before, poll: .milliseconds(20)) {
                words.append(happened.word)
                if words.count == 2 { break }
            }
            return words
        }
        try await Task.sleep(for: .milliseconds(60))
        try await desk.closeProgram(id: "housing")
        try await Task.sleep(for: .milliseconds(60))
        try await desk.reopenProgram(id: "housing")
        let words = try await waiting.value
        XCTAssertEqual(words, ["program_closed", "program_reopened"])
    }

    func testWaitingForEventsEndsWithItsTask() async throws {
        let agency = try await furnished()
        let waiting = Task {
            for try await _ in agency.events(after: 5, poll: .milliseconds(10)) {}
        }
        waiting.cancel()
        do {
            try await waiting.value
            XCTFail("it ended without a word")
        } catch {
            XCTAssertTrue(error is CancellationError, "\(error)")
        }
    }

    func testLongWorkIsStopped() async throws {
        let agency = try await furnished()
        let told = Told()
        _ = try await agency.verify { told.add($0) }
        XCTAssertFalse(told.all.isEmpty)
        // By what the listener throws, which comes out as it is.
        do {
            _ = try await agency.verify { _ in throw Enough() }
            XCTFail("it went on")
        } catch {
            XCTAssertTrue(error is Enough, "\(error)")
        }
        // By the task.
        let verifying = Task { () async -> CaseloadError? in
            while !Task.isCancelled { await Task.yield() }
            return await thrown { try await agency.verify() }
        }
        verifying.cancel()
        guard case .Cancelled? = await verifying.value else { return XCTFail("it went on") }
    }

    /// A command that waits for a lock must not keep the tasks of others waiting.
    func testWaitingCommandsLeaveOtherTasksAlone() async throws {
        let shelf = Shelf()
        let agency = try await Agency.open(log: MemoryLog(shelf))
        try await furnish(agency)
        shelf.turns.wait()
        let waiting = (0..<16).map { number in
            Task { try await agency.acting(as: .root).on(today).renameStaff(id: "sam", name: "Sam \(number)") }
        }
        let began = Date()
        // Questions and other tasks go on meanwhile.
        let held = try await agency.snapshot(.cached).caseload(staff: "maria", asOf: today)
        XCTAssertEqual(held.count, 1)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<64 { group.addTask { await Task.yield() } }
        }
        XCTAssertLessThan(Date().timeIntervalSince(began), 4)
        shelf.turns.signal()
        for task in waiting { _ = try await task.value }
        XCTAssertEqual(try agency.head().position, 21)
    }
}

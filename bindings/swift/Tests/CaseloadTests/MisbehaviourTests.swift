import Caseload
import Foundation
import XCTest

/// Whatever a host's log throws, in whichever method: a typed error, the state unchanged, and work goes on after.
final class MisbehaviourTests: XCTestCase {
    private static let methods = [
        "head", "read", "find", "turn", "erase",
        "turn.tail", "turn.clock", "turn.append", "turn.release",
    ]

    private struct Misbehaviour: Sendable {
        let name: String
        let kind: StoreErrorKind
        let error: any Error
        init(_ name: String, _ kind: StoreErrorKind, _ error: any Error) {
            (self.name, self.kind, self.error) = (name, kind, error)
        }
    }

    private static let misbehaviours: [Misbehaviour] = [
        Misbehaviour("a struct", .backend, Plain(participant: "P-1023")),
        Misbehaviour("an enum", .backend, Choice.failed(participant: "P-1023")),
        Misbehaviour("an object", .backend, Boxed("P-1023")),
        Misbehaviour("no words", .backend, Worded(description: "")),
        Misbehaviour("a megabyte of words", .backend, Worded(description: String(repeating: "P-1023", count: 170_000))),
        Misbehaviour("control characters", .backend, Worded(description: "\0\u{1b}[31m\r\n\u{202e}P-1023")),
        Misbehaviour(
            "half an emoji's words", .backend, Worded(description: String(decoding: [0xf0, 0x9f], as: UTF8.self))),
        Misbehaviour("words for people", .backend, ForPeople()),
        Misbehaviour("NSError", .backend, NSError(domain: "P-1023", code: -1, userInfo: [:])),
        Misbehaviour("CocoaError", .backend, CocoaError(.fileReadNoSuchFile)),
        Misbehaviour("POSIXError", .backend, POSIXError(.ENOSPC)),
        Misbehaviour("URLError", .backend, URLError(.timedOut)),
        Misbehaviour(
            "DecodingError", .backend, DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: ""))),
        Misbehaviour("CancellationError", .backend, CancellationError()),
        Misbehaviour("no day", .backend, NoDay()),
        Misbehaviour("an error of an agency", .backend, CaseloadError.Bug(text: "P-1023")),
        Misbehaviour("a refusal of nothing", .backend, CaseloadError.Refused(violations: [], rows: [], text: "")),
        Misbehaviour("an error of a listener", .backend, ListenerError.Failed(said: "P-1023")),
        Misbehaviour("Unexpected", .backend, StoreError.Unexpected(said: "P-1023")),
        Misbehaviour("Diverged from nonsense", .backend, StoreError.Diverged(known: Head(position: -1, hash: "no"))),
        Misbehaviour("Backend", .backend, StoreError.Backend(what: "the app's database said no")),
        Misbehaviour("Locked", .locked, StoreError.Locked(what: "the app's database is busy")),
        Misbehaviour("Full", .full, StoreError.Full(what: "no room")),
        Misbehaviour("Unavailable", .unavailable, StoreError.Unavailable(what: "no card")),
        Misbehaviour("ReadOnly", .readOnly, StoreError.ReadOnly(what: "write-protected")),
        Misbehaviour("Corrupt", .corrupt, StoreError.Corrupt(what: "torn page", position: -3)),
        Misbehaviour("Incompatible", .incompatible, StoreError.Incompatible(what: "a later version")),
        Misbehaviour("Closed", .closed, StoreError.Closed(what: "open it again")),
    ]

    func testEveryKindInEveryMethod() async throws {
        XCTAssertGreaterThanOrEqual(Self.misbehaviours.count, 20)
        var seen = 0
        for method in Self.methods {
            for bad in Self.misbehaviours {
                try await behaves(method, bad)
                seen += 1
            }
        }
        print(
            "misbehaviour: \(Self.misbehaviours.count) kinds in \(Self.methods.count) methods, \(seen) times answered")
    }

    private func behaves(_ method: String, _ bad: Misbehaviour) async throws {
        let shelf = Shelf()
        let log = Faulty(MemoryLog(shelf))
        let agency = try await Agency.open(log: log)
        try await furnish(agency)
        // Another handle writes, so that there is something to read.
        let other = try await Agency.open(log: MemoryLog(shelf))
        try await other.acting(as: .root).on(today).enroll(
            participant: "P-2", program: "housing", start: today, id: "e2")
        let stored = shelf.entries

        log.arm(method, bad.error)
        let error = await whatIsThrown { try await self.provoke(agency, method) }
        let calls = log.disarm()

        let what = "\(method), \(bad.name)"
        XCTAssertGreaterThan(calls, 0, "\(what): not called")
        check(error, method, bad, what)
        if method != "erase" { XCTAssertEqual(stored, shelf.entries, "\(what): something was stored") }
        XCTAssertEqual(shelf.turns.wait(timeout: .now()), .success, "\(what): the lock was not given back")
        shelf.turns.signal()
        try await goesOn(agency, other, what)
    }

    private func provoke(_ agency: Agency, _ method: String) async throws {
        let desk = agency.acting(as: .root).on(today)
        switch method {
        case "head": _ = try await agency.verify()
        case "read": _ = try await agency.snapshot()
        case "erase": try await desk.forget(participant: "P-2", reason: "asked for")
        // A refused command gives the turn back.
        case "turn.release": try await desk.endAssignment(id: "nobody's", end: today)
        default: try await desk.request("r1").enroll(participant: "P-3", program: "housing", start: today)
        }
    }

    private func check(_ error: (any Error)?, _ method: String, _ bad: Misbehaviour, _ what: String) {
        if method == "turn.release" {
            // Nobody needs to know: the answer of the rules stands.
            guard case CaseloadError.Refused? = error else { return XCTFail("\(what): \(String(describing: error))") }
            return
        }
        // The entry that forgets is stored; what is owed is erased with the next chance.
        if method == "erase" && error == nil { return }
        guard case CaseloadError.Store(let kind, let code, let text, _, _, let detail)? = error else {
            return XCTFail("\(what): \(String(describing: error))")
        }
        XCTAssertEqual(kind, bad.kind, what)
        XCTAssertTrue(code.hasPrefix("store-"), what)
        XCTAssertFalse("\(text) \(error!) \(error!.localizedDescription)".contains("P-1023"), "\(what): an id is told")
        if bad.name == "a struct" { XCTAssertTrue(detail?.words.contains("P-1023") ?? false, what) }
    }

    private func goesOn(_ agency: Agency, _ other: Agency, _ what: String) async throws {
        let desk = agency.acting(as: .root).on(today)
        try await desk.enroll(participant: "P-4", program: "housing", start: today, id: "e4")
        let mine = try await agency.everything(asOf: today).all()
        let theirs = try await other.everything(asOf: today).all()
        XCTAssertEqual(mine, theirs, what)
        let verified = try await agency.verify()
        XCTAssertEqual(verified.head, try agency.head(), what)
    }

    /// An agency reads where the log ends from the turn's tail; only the suite asks a turn for its head.
    func testEveryKindInATurnsHead() throws {
        for bad in Self.misbehaviours {
            XCTAssertThrowsError(
                try Conformance.run("s07_a_turn_sees_what_came_before") { Breaking("turn.head", bad.error) }, bad.name
            ) {
                XCTAssertTrue($0 is Conformance.Broken, "\(bad.name): \($0)")
            }
        }
    }

    func testValuesThatNoLogHolds() async throws {
        let heads = [
            Head(position: -1, hash: Shelf.start.hash), Head(position: .min, hash: Shelf.start.hash),
            Head(position: 1, hash: ""), Head(position: 1, hash: "00"),
            Head(position: 1, hash: String(repeating: "z", count: 64)),
            Head(position: 1, hash: String(repeating: "é", count: 32)),
        ]
        for head in heads {
            let log = Lying(MemoryLog())
            log.answeredHead = head
            let error = await thrown { try await Agency.open(log: log) }
            XCTAssertEqual(error?.code, "store-backend", "\(head)")
        }
        let shelf = Shelf()
        try await furnish(try await Agency.open(log: MemoryLog(shelf)))
        for (name, page) in try nonsense(shelf.entries[0]) {
            let log = Lying(MemoryLog(shelf))
            log.answeredPage = page
            let error = await thrown { try await Agency.open(log: log) }
            guard case .Store? = error else { return XCTFail("\(name): \(String(describing: error))") }
        }
    }

    private func nonsense(_ entry: Entry) throws -> [(String, Page)] {
        let with = { (change: (inout Changed) -> Void) -> Page in
            var changed = Changed(entry)
            change(&changed)
            return Page(entries: [changed.entry], more: false)
        }
        return [
            ("a position below 0", with { $0.position = -5 }),
            ("a gap", with { $0.position = 2 }),
            ("the last position", with { $0.position = .max }),
            ("a level below 0", with { $0.level = -1 }),
            ("a level that is too high", with { $0.level = 1 << 40 }),
            ("a short hash", with { $0.hash = "ff" }),
            ("another hash", with { $0.hash = String(repeating: "f", count: 64) }),
            ("no body", with { $0.body = Data() }),
            ("no id", with { $0.request = "" }),
            ("broken private items", with { $0.privateItems = Data([1, 2, 3]) }),
            ("more, and nothing", Page(entries: [], more: true)),
        ]
    }
}

// MARK: - What is thrown

private struct Plain: Error {
    let participant: String
}

private enum Choice: Error {
    case failed(participant: String)
}

private final class Boxed: Error {
    let words: String
    init(_ words: String) {
        self.words = words
    }
}

private struct Worded: Error, CustomStringConvertible {
    let description: String
}

private struct ForPeople: LocalizedError {
    var errorDescription: String? { "P-1023 cannot be saved" }
}

private func whatIsThrown(_ call: () async throws -> Void) async -> (any Error)? {
    do {
        try await call()
        return nil
    } catch {
        return error
    }
}

// MARK: - Logs that misbehave

/// Throws in one method while it is armed.
private final class Faulty: HostLog, @unchecked Sendable {
    fileprivate let log: MemoryLog
    private let guarding = NSLock()
    private var method: String?
    private var error: (any Error)?
    private var calls = 0

    init(_ log: MemoryLog) {
        self.log = log
    }

    func arm(_ method: String, _ error: any Error) {
        guarding.withLock { (self.method, self.error, calls) = (method, error, 0) }
    }

    /// How often it threw.
    func disarm() -> Int {
        guarding.withLock {
            method = nil
            return calls
        }
    }

    fileprivate func isArmed(_ name: String) -> Bool {
        guarding.withLock { method == name }
    }

    fileprivate func at<Answer>(_ name: String, _ call: () throws -> Answer) throws -> Answer {
        let error: (any Error)? = guarding.withLock {
            guard method == name else { return nil }
            calls += 1
            return self.error
        }
        if let error { throw error }
        return try call()
    }

    func head() throws -> Head { try at("head") { try log.head() } }

    func read(after: Head, limit: PageLimit) throws -> Page {
        try at("read") { try log.read(after: after, limit: limit) }
    }

    func find(request: RequestId) throws -> Entry? { try at("find") { try log.find(request: request) } }

    func turn() throws -> any HostTurn {
        try at("turn") { FaultyTurn(self, try log.turn()) }
    }

    func erase(items: [Erasure]) throws { try at("erase") { try log.erase(items: items) } }
}

private final class FaultyTurn: HostTurn {
    private let log: Faulty
    private let turn: any HostTurn

    init(_ log: Faulty, _ turn: any HostTurn) {
        (self.log, self.turn) = (log, turn)
    }

    func head() throws -> Head { try log.at("turn.head") { try turn.head() } }

    func tail(after: Head, limit: PageLimit) throws -> Page {
        try log.at("turn.tail") { try turn.tail(after: after, limit: limit) }
    }

    func clock() throws -> Recorded { try log.at("turn.clock") { try turn.clock() } }

    func append(after: Head, entries: [Entry]) throws {
        // An append that fails gives the lock back.
        if log.isArmed("turn.append") { try turn.release() }
        try log.at("turn.append") { try turn.append(after: after, entries: entries) }
    }

    func release() throws {
        // A log that fails to say so has given the lock back all the same.
        try turn.release()
        try log.at("turn.release") {}
    }
}

/// A store whose logs throw in one method.
private final class Breaking: TestStore {
    private let shelf = Shelf()
    private let method: String
    private let error: any Error

    init(_ method: String, _ error: any Error) {
        (self.method, self.error) = (method, error)
    }

    func open() throws -> any HostLog {
        let log = Faulty(MemoryLog(shelf))
        log.arm(method, error)
        return log
    }

    func backup() throws -> @Sendable () throws -> Void { throw error }
}

/// Answers what it is told to.
private final class Lying: HostLog, @unchecked Sendable {
    private let log: MemoryLog
    var answeredHead: Head?
    var answeredPage: Page?

    init(_ log: MemoryLog) {
        self.log = log
    }

    func head() throws -> Head { try answeredHead ?? log.head() }

    func read(after: Head, limit: PageLimit) throws -> Page {
        try answeredPage ?? log.read(after: after, limit: limit)
    }

    func find(request: RequestId) throws -> Entry? { try log.find(request: request) }

    func turn() throws -> any HostTurn { try log.turn() }

    func erase(items: [Erasure]) throws { try log.erase(items: items) }
}

/// An entry of which one thing is changed.
private struct Changed {
    var position: Int64
    var recorded: Recorded
    var level: Int64
    var request: RequestId?
    var body: Data
    var privateItems: Data
    var hash: String

    init(_ entry: Entry) {
        (position, recorded, level, request) = (entry.position, entry.recorded, entry.level, entry.request)
        (body, privateItems, hash) = (entry.body, entry.privateItems, entry.hash)
    }

    var entry: Entry {
        Entry(
            position: position, recorded: recorded, level: level, request: request, body: body,
            privateItems: privateItems, hash: hash)
    }
}

import Caseload
import Foundation
import SQLiteLog
import XCTest

/// The log over the system's SQLite, and the suite that every store must pass.
final class SQLiteLogTests: XCTestCase {
    func testTheLogPassesTheSuite() throws {
        let folder = try scratch(self)
        XCTAssertGreaterThan(Conformance.names.count, 30)
        for name in Conformance.names {
            XCTAssertNoThrow(try Conformance.run(name) { try StoreInFolder(folder) }, name)
        }
        print("conformance: \(Conformance.names.count) cases over the system's SQLite")
    }

    /// The suite is worth something only if it finds what is broken.
    func testALogThatForgetsIsFound() throws {
        let found = Conformance.names.filter { name in
            do {
                try Conformance.run(name) { ForgetfulStore() }
                return false
            } catch {
                return error is Conformance.Broken
            }
        }
        XCTAssertGreaterThan(found.count, 3, "\(found)")
        XCTAssertThrowsError(try Conformance.run("no case") { ForgetfulStore() }) {
            XCTAssertEqual(($0 as? CaseloadError)?.code, "input-command")
        }
    }

    func testAnAgencyLivesInTheAppsOwnDatabase() async throws {
        let file = try scratch(self).appendingPathComponent("app.db").path
        let agency = try await Agency.open(log: try SQLiteLog(path: file))
        try await furnish(agency)
        let again = try await Agency.open(log: try SQLiteLog(path: file))
        XCTAssertEqual(try again.head(), try agency.head())
        try await agency.acting(as: .root).on(today).forget(participant: "P-1023", reason: "asked for by P-1023")
        let caseload = try await again.caseload(staff: "maria", asOf: today).all()
        XCTAssertEqual(caseload.map(\.participant), ["erased-1"])
        for name in ["app.db", "app.db-wal"] {
            let path = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent(name)
            guard let bytes = try? Data(contentsOf: path) else { continue }
            XCTAssertNil(bytes.range(of: Data("P-1023".utf8)), "\(name) still tells who was forgotten")
        }
        let error = await thrown { try await agency.sql("select 1") }
        XCTAssertEqual(error?.code, "store-unavailable")
    }

    func testWhatSQLiteSaysIsTold() throws {
        let folder = try scratch(self)
        XCTAssertThrowsError(try SQLiteLog(path: folder.appendingPathComponent("none/app.db").path)) {
            guard case StoreError.Unavailable = $0 else { return XCTFail("\($0)") }
        }
        let other = folder.appendingPathComponent("no.db")
        try Data(String(repeating: "this is no database. ", count: 100).utf8).write(to: other)
        XCTAssertThrowsError(try SQLiteLog(path: other.path)) {
            guard case StoreError.Corrupt = $0 else { return XCTFail("\($0)") }
        }
    }
}

/// A store in a file of its own.
private final class StoreInFolder: TestStore {
    private let path: String

    init(_ folder: URL) throws {
        path = folder.appendingPathComponent(UUID().uuidString + ".db").path
    }

    func open() throws -> any HostLog {
        try SQLiteLog(path: path)
    }

    /// As `sqlite3 app.db .backup` would, and back under handles that are open: what SQLite's own copying does.
    func backup() throws -> @Sendable () throws -> Void {
        let (path, copy) = (path, path + ".copy")
        try SQLiteLog.copy(from: path, to: copy)
        return { try SQLiteLog.copy(from: copy, to: path) }
    }
}

/// Says that it stored, and did not.
private final class ForgetfulStore: TestStore {
    private let shelf = Shelf()

    func open() throws -> any HostLog { ForgetfulLog(shelf) }

    func backup() throws -> @Sendable () throws -> Void {
        let (shelf, entries) = (shelf, shelf.entries)
        return { shelf.entries = entries }
    }
}

private final class ForgetfulLog: HostLog {
    private let log: MemoryLog

    init(_ shelf: Shelf) {
        log = MemoryLog(shelf)
    }

    func head() throws -> Head { try log.head() }

    func read(after: Head, limit: PageLimit) throws -> Page { try log.read(after: after, limit: limit) }

    func find(request: RequestId) throws -> Entry? { nil }

    func turn() throws -> any HostTurn { try log.turn() }

    func erase(items: [Erasure]) throws {}
}

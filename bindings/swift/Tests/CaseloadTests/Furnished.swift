import Caseload
import Foundation
import XCTest

let today = Day("2024-06-15")!
let march = Day("2024-03-01")!

/// An agency in memory with a program, two staff and one participant who is assigned.
func furnished() async throws -> Agency {
    let agency = try await Agency.inMemory()
    try await furnish(agency)
    return agency
}

func furnish(_ agency: Agency) async throws {
    let office = agency.acting(as: .root).on(today)
    try await office.defineProgram(id: "housing", name: "Housing First")
    for name in ["maria", "sam"] {
        try await office.registerStaff(id: StaffId(name), rights: [.own, .others])
    }
    try await office.enroll(participant: "P-1023", program: "housing", start: march, id: "e1")
    try await office.assign(staff: "maria", participant: "P-1023", program: "housing", start: march, id: "a1")
}

/// What a call throws, which must be an error of the package.
func thrown(
    file: StaticString = #filePath, line: UInt = #line, _ call: () async throws -> Any
) async -> CaseloadError? {
    do {
        let answer = try await call()
        XCTFail("answered \(answer)", file: file, line: line)
    } catch let error as CaseloadError {
        return error
    } catch {
        XCTFail("threw \(error)", file: file, line: line)
    }
    return nil
}

/// What a progress function throws to stop the work.
struct Enough: Error {}

/// What a progress function was told, from whichever thread does the work.
final class Told: @unchecked Sendable {
    private let lock = NSLock()
    private var progress: [Caseload.Progress] = []

    var all: [Caseload.Progress] { lock.withLock { progress } }

    func add(_ more: Caseload.Progress) {
        lock.withLock { progress.append(more) }
    }
}

/// The root of the repository.
let repository: URL = (1...5).reduce(URL(fileURLWithPath: #filePath)) { path, _ in path.deletingLastPathComponent() }

/// A folder of the test's own, gone when the test is over.
func scratch(_ test: XCTestCase) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    test.addTeardownBlock { try? FileManager.default.removeItem(at: folder) }
    return folder
}

/// Runs one of the package's own programs, as it was built beside the tests.
func runProgram(_ program: String, _ arguments: [String], input: Data = Data()) throws -> (
    status: Int32, output: String
) {
    #if os(macOS)
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    #else
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0])
    #endif
    let process = Process()
    process.executableURL = try XCTUnwrap(bundle).deletingLastPathComponent().appendingPathComponent(program)
    process.arguments = arguments
    let (from, to) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (to, from)
    try process.run()
    try to.fileHandleForWriting.write(contentsOf: input)
    try to.fileHandleForWriting.close()
    let output = try from.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}

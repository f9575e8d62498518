import Caseload
import Foundation
import JSONLines
import XCTest

/// The scenario files and random commands, answered through the package as the library answers them.
final class ReplayTests: XCTestCase {
    /// Byte for byte; ids that were made differ from run to run.
    func testScenariosAreAnsweredAsByTheLibrary() async throws {
        let folder = repository.appendingPathComponent("tests/scenarios")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "jsonl" }
        XCTAssertGreaterThanOrEqual(files.count, 28)
        var answered = 0
        for file in files.sorted(by: { $0.path < $1.path }) {
            let count = try await isAnswered(try String(contentsOf: file, encoding: .utf8), file.lastPathComponent)
            XCTAssertGreaterThan(count, 0, "\(file.lastPathComponent): no line was answered")
            answered += count
        }
        print("replay: \(answered) lines of \(files.count) scenario files")
    }

    private func isAnswered(_ text: String, _ name: String) async throws -> Int {
        var (mine, core) = (try Replay(try await .inMemory()), try CoreReplay())
        var answered = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("{\"reset\"") {
                let lines = mine.lines + 1
                (mine, core) = (try Replay(try await .inMemory()), try CoreReplay())
                for _ in 0..<lines {
                    let nothing = try await mine.line("")
                    XCTAssertNil(nothing)
                    XCTAssertNil(try core.line(text: ""))
                }
                continue
            }
            let isSaid = line.hasPrefix("{\"expect\"") || line.hasPrefix("{\"comment\"")
            let given = isSaid ? "" : String(line)
            let answer = try await mine.line(given)
            XCTAssertEqual(withoutMadeIds(answer), withoutMadeIds(try core.line(text: given)), "\(name): \(line)")
            answered += answer == nil ? 0 : 1
        }
        return answered
    }

    private func withoutMadeIds(_ text: String?) -> String {
        let uuid = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
        return (text ?? "").replacingOccurrences(of: uuid, with: "ID", options: .regularExpression)
    }

    /// `CASELOAD_SEEDS` says how many seeds of a hundred lines.
    func testRandomLinesAreAnsweredAsByTheNaiveAuditor() async throws {
        let seeds = Int64(ProcessInfo.processInfo.environment["CASELOAD_SEEDS"] ?? "") ?? 40
        var (lines, accepted) = (0, 0)
        for seed in 1...seeds {
            let (generator, auditor, core) = (Generator(seed: seed), Auditor(), try CoreReplay())
            let agency = try await Agency.inMemory()
            let mine = try Replay(agency)
            for _ in 0..<100 {
                let line = try generator.nextLine()
                let answer = try await mine.line(line)
                XCTAssertEqual(answer, try core.line(text: line), "seed \(seed): \(line)")
                let difference = try differences(answer: answer, auditors: try auditor.line(text: line))
                XCTAssertNil(difference, "seed \(seed): \(line)")
                lines += 1
                accepted += answer?.contains("\"ok\":true") == true ? 1 : 0
            }
            try await agency.close()
        }
        print("auditor: \(lines) random lines, \(accepted) commands accepted")
        XCTAssertEqual(lines, Int(seeds) * 100)
        XCTAssertGreaterThan(accepted, lines / 10)
    }

    func testADifferenceIsSeen() throws {
        let refused = "{\"line\":1,\"ok\":false,\"violations\":[]}"
        XCTAssertNotNil(try differences(answer: "{\"line\":1,\"ok\":true}", auditors: refused))
    }

    func testTheProgramAnswersLinesOverAFile() throws {
        let file = try scratch(self).appendingPathComponent("agency.db").path
        var lines = Data("{\"op\":\"register_staff\",\"id\":\"s1\",\"actor\":\"root\",\"on\":\"2024-06-15\"}\n\n".utf8)
        lines += Data("{\"ask\":\"state\"}\n".utf8) + Data([0xff, 0x0a])
        let (status, output) = try runProgram("replay", ["--store", "sqlite:\(file)"], input: lines)
        XCTAssertEqual(status, 0)
        let answers = output.split(separator: "\n")
        XCTAssertEqual(answers.count, 3)
        XCTAssertEqual(
            answers.first,
            "{\"line\":1,\"ok\":true,\"receipt\":{\"position\":1,\"ids\":[\"s1\"],\"ended\":[],\"left\":[],\"notices\":[]}}"
        )
        XCTAssertEqual(answers.dropFirst().first, "{\"line\":3,\"answer\":{\"assignments\":[],\"enrollments\":[]}}")
        XCTAssertTrue(answers.last?.contains("\"code\":\"input-command\"") ?? false, output)
        XCTAssertEqual(try runProgram("replay", ["--store", "nowhere"]).status, 2)
    }
}

import Caseload
import Foundation
import XCTest

/// What the README shows is what is compiled and what comes out.
final class ReadmeTests: XCTestCase {
    private let package = repository.appendingPathComponent("bindings/swift")

    func testEverySwiftBlockIsCompiled() throws {
        let compiled = try [
            "Tests/CaseloadTests/ReadmeSnippets.swift", "Examples/EmptyProject/Package.swift",
            "Examples/EmptyProject/Sources/EmptyProject/main.swift",
        ].map { try lines(package.appendingPathComponent($0)) }
        let shown = try blocks("swift")
        XCTAssertGreaterThan(shown.count, 7)
        for block in shown {
            let isCompiled = compiled.contains { file in
                file.indices.contains { file[$0...].starts(with: block) }
            }
            XCTAssertTrue(isCompiled, "no compiled file has this:\n\(block.joined(separator: "\n"))")
        }
    }

    func testTheBlocksDoWhatTheySay() async throws {
        let folder = try scratch(self)
        let agency = try await readmeOpening(folder)
        try await furnish(agency)
        let office = agency.acting(as: .root).on(today)
        try await office.registerStaff(id: "manager-7", rights: [.others])
        let outbox = Outbox()
        outbox.lastPosition = try agency.head().position
        let count = try await readmeQuestions(agency, today)
        XCTAssertEqual(count, 1)
        let receipt = try await readmeCommands(agency)
        let again = try await agency.outcome(of: "form-4711")
        XCTAssertEqual(again, receipt)
        try await readmeEvents(agency, outbox)
        XCTAssertEqual(outbox.sent.count, 1)
        XCTAssertTrue(outbox.sent[0].hasPrefix("sam: a1 is yours now"), outbox.sent[0])
        let shown = try await readmeErrors(office, today)
        XCTAssertEqual(shown.count, 1)
        XCTAssertTrue(shown[0].contains("already held as"), shown[0])
        let days = try readmeDays(Date())
        XCTAssertEqual(days.last?.description, "2024-07-01")
        let own = try await readmeOwnLog(folder.appendingPathComponent("own.db").path)
        XCTAssertEqual(try own.head().position, 0)
    }

    func testTheTranscriptIsWhatFieldVisitPrints() throws {
        let file = try scratch(self).appendingPathComponent("agency.db").path
        let (status, output) = try runProgram("FieldVisit", [file])
        XCTAssertEqual(status, 0)
        let transcript = try XCTUnwrap(try blocks("text").first { $0.first?.hasPrefix("$ ") ?? false })
        XCTAssertEqual(output, transcript.dropFirst().map { $0 + "\n" }.joined())
        // On the second visit the case is ada's already.
        let (_, later) = try runProgram("FieldVisit", [file])
        XCTAssertTrue(later.hasPrefix("My caseload on 2024-06-15: 2\n"), later)
    }

    /// The lines of each block of a language. Those of Swift are compared without what they are indented by.
    private func blocks(_ language: String) throws -> [[String]] {
        var (blocks, block): ([[String]], [String]?) = ([], nil)
        let readme = try String(contentsOf: package.appendingPathComponent("README.md"), encoding: .utf8)
        for line in readme.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                if let ended = block { blocks.append(ended) }
                block = line == "```\(language)" ? [] : nil
            } else {
                block?.append(language == "swift" ? line.trimmingCharacters(in: .whitespaces) : String(line))
            }
        }
        return blocks
    }

    private func lines(_ file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
    }
}

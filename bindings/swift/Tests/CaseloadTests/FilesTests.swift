import Caseload
import Foundation
import XCTest

/// Files of many rows: sheets, the templates of sheets, exports of HMIS. The Kotlin package has the same tests.
final class FilesTests: XCTestCase {
    private var folder: URL!

    override func setUp() async throws {
        folder = try scratch(self)
    }

    private func office(enrolled: [Int]) async throws -> Agency {
        let agency = try await Agency.inMemory()
        let desk = agency.acting(as: .root).on(today)
        try await desk.defineProgram(id: "housing", name: "Housing")
        try await desk.registerStaff(id: "maria", name: "Maria Reed")
        let rows = enrolled.map {
            EnrollmentRow(id: EnrollmentId("e\($0)"), participant: ParticipantId("P-\($0)"), start: today)
        }
        try await desk.mirrorEnrollments(program: "housing", rows: rows)
        return agency
    }

    /// A sheet that gives participants to Maria, in this order.
    private func sheet(_ participants: [Int]) throws -> String {
        let file = folder.appendingPathComponent("june.csv")
        let rows = participants.map { "P-\($0),Housing,Maria Reed,2024-06-15\n" }.joined()
        try Data("Participant ID,Program name,Staff name,Start date\n\(rows)".utf8).write(to: file)
        return file.path
    }

    private func held(_ agency: Agency) async throws -> Int {
        try await agency.caseload(staff: "maria", asOf: today).count
    }

    private func counts(_ report: UploadReport) -> [Int64] {
        [report.rows, report.stored, report.wouldPass, report.refused, report.skipped]
    }

    func testADryRunStoresNothing() async throws {
        let agency = try await office(enrolled: [1, 2])
        let before = try agency.head()
        let report = try await agency.upload(try sheet([3, 2, 1]), at: agency.acting(as: .root).on(today))
        XCTAssertEqual(counts(report), [3, 0, 2, 1, 0])
        XCTAssertEqual(try agency.head(), before)
    }

    func testAPartialUploadStoresWhatPasses() async throws {
        let agency = try await office(enrolled: [1, 2])
        let (result, told) = (folder.appendingPathComponent("result.csv"), Told())
        let report = try await agency.upload(
            try sheet([3, 2, 1]), at: agency.acting(as: .root).on(today), mode: .partial, result: result.path
        ) { told.add($0) }
        XCTAssertEqual(counts(report), [3, 2, 0, 1, 0])
        XCTAssertEqual(report.problems, [CodeCount(code: "not-enrolled", times: 1)])
        let refused = try await report.refusedRows.rows.all()
        XCTAssertEqual(refused.map(\.row), [2])
        XCTAssertEqual(refused.first?.problems.map(\.code), ["not-enrolled"])
        let lines = try String(contentsOf: result, encoding: .utf8).split(whereSeparator: \.isNewline)
        let verdicts = lines.map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            return [cells[0], cells[2], cells[3]]
        }
        let expected = [
            ["Row", "Verdict", "Code"], ["2", "refused", "not-enrolled"], ["3", "stored", ""], ["4", "stored", ""],
        ]
        XCTAssertEqual(verdicts, expected)
        XCTAssertFalse(told.all.isEmpty)
        XCTAssertTrue(told.all.allSatisfy { $0.stage == "batch rows" && $0.done <= $0.total }, "\(told.all)")
        let held = try await held(agency)
        XCTAssertEqual(held, 2)
    }

    func testAllOrNothingStoresAllOrNothing() async throws {
        let agency = try await office(enrolled: [1, 2])
        let (before, desk) = (try agency.head(), agency.acting(as: .root).on(today))
        let report = try await agency.upload(try sheet([1, 2, 3]), at: desk, mode: .allOrNothing)
        XCTAssertEqual(counts(report), [3, 0, 2, 1, 0])
        XCTAssertEqual(try agency.head(), before)
        let all = try await agency.upload(try sheet([1, 2]), at: desk, mode: .allOrNothing)
        XCTAssertEqual(counts(all), [2, 2, 0, 0, 0])
        XCTAssertEqual(try agency.head().position, before.position + 1)
        let held = try await held(agency)
        XCTAssertEqual(held, 2)
    }

    func testATemplateIsFilledInAndUploaded() async throws {
        let agency = try await office(enrolled: [1, 2])
        let (template, desk) = (folder.appendingPathComponent("template.csv"), agency.acting(as: .root).on(today))
        try await agency.writeTemplate(to: template.path, staff: .id, end: .firstDayNotCovered)
        // Instructions and a sample ask for nothing.
        let blank = try await agency.upload(template.path, at: desk, mode: .partial)
        XCTAssertEqual(counts(blank), [2, 0, 0, 0, 2])
        let row = "P-1,Housing,maria,begin,2024-06-15,2024-06-20,primary,\r\n"
        try (Data(contentsOf: template) + Data(row.utf8)).write(to: template)
        let report = try await agency.upload(template.path, at: desk, mode: .partial)
        XCTAssertEqual(counts(report), [3, 1, 0, 0, 2])
        let (now, later) = (try await held(agency), try await agency.caseload(staff: "maria", asOf: Day("2024-06-20")!))
        XCTAssertEqual([now, later.count], [1, 0])
    }

    func testAWorkbookIsFilledInAndUploaded() async throws {
        let agency = try await office(enrolled: [1, 2])
        let (template, result) = (
            folder.appendingPathComponent("template.xlsx").path, folder.appendingPathComponent("result.xlsx")
        )
        let desk = agency.acting(as: .root).on(today)
        try await agency.writeTemplate(to: template)
        let blank = try await agency.upload(template, at: desk, mode: .partial)
        XCTAssertEqual(blank.stored + blank.refused, 0)
        // Such a template, with three rows under its sample.
        let filledIn = repository.appendingPathComponent("bindings/fixtures/filled-in.xlsx").path
        let report = try await agency.upload(
            filledIn, at: desk, mode: .partial, result: result.path, sheet: "Caseload")
        XCTAssertEqual([report.stored, report.refused], [2, 1])
        XCTAssertEqual(report.problems, [CodeCount(code: "not-enrolled", times: 1)])
        XCTAssertEqual(try Data(contentsOf: result).prefix(2), Data("PK".utf8))
        let held = try await held(agency)
        XCTAssertEqual(held, 2)
        let error = await thrown { try await agency.upload(filledIn, at: desk, sheet: "July") }
        XCTAssertEqual(error?.code, "batch-no-sheet")
    }

    func testAFileThatIsNoneSaysSo() async throws {
        let agency = try await office(enrolled: [1])
        let (empty, desk) = (folder.appendingPathComponent("empty.csv"), agency.acting(as: .root).on(today))
        try Data().write(to: empty)
        let error = await thrown { try await agency.upload(empty.path, at: desk) }
        guard case .File("batch-file-empty", let text)? = error else {
            return XCTFail("\(String(describing: error))")
        }
        XCTAssertEqual(error?.localizedDescription, text)
        let none = folder.appendingPathComponent("none").path
        let imported = await thrown { try await agency.importHmis(none, at: desk) }
        XCTAssertEqual(imported?.code, "hmis-no-folder")
    }

    func testCancellingLeavesWhatWasStored() async throws {
        // A part has 10,000 rows: ten of those enrolled stand in the first, ten in the second.
        let agency = try await office(enrolled: Array(1...10) + Array(11_991...12_000))
        let (file, before) = (try sheet(Array(1...12_000)), try agency.head())
        let form = agency.acting(as: .root).on(today).request("june")
        let (parts, stored) = AsyncStream<Void>.makeStream()
        let cancelled = DispatchSemaphore(value: 0)
        let upload = Task { () async -> CaseloadError? in
            await thrown {
                try await agency.upload(file, at: form, mode: .partial) { _ in
                    guard try agency.head() != before else { return }
                    stored.yield()
                    cancelled.wait()
                }
            }
        }
        for await _ in parts { break }
        upload.cancel()
        cancelled.signal()
        guard case .Cancelled? = await upload.value else { return XCTFail("it went on") }
        let some = try await held(agency)
        XCTAssertEqual(some, 10)
        // The same upload goes on where it was stopped.
        let rest = try await agency.upload(file, at: form, mode: .partial)
        XCTAssertEqual(rest.stored, 20)
        let all = try await held(agency)
        XCTAssertEqual(all, 20)
    }

    func testAnExportIsTakenIn() async throws {
        let agency = try await Agency.inMemory()
        let first = try await importExport(agency)
        XCTAssertEqual(account(first), taken)
        XCTAssertEqual([first.exportId, first.exportEnd?.description], ["XP1", "2024-09-30"])
        XCTAssertEqual([first.stubs, first.voided, first.proxiesStored], [1, 0, nil])
        let refused = try await first.refusedRows.rows.all()
        XCTAssertEqual(Int64(refused.count), first.files.map(\.refused).reduce(0, +))
        let overlapping = try XCTUnwrap(refused.first)
        XCTAssertEqual(overlapping.file, "Enrollment.csv")
        XCTAssertEqual(overlapping.line, 61)
        XCTAssertEqual(overlapping.code, "enrollment-overlaps")
        // Once more it brings nothing, and who entered a row can be taken for its caseworker.
        let again = try await importExport(agency, assignByUser: true)
        XCTAssertEqual(account(again), taken.mapValues { [0, $0[0], $0[2], $0[3]] })
        var assigned: Int64 = 0
        for try await line in try await agency.everything(asOf: today) {
            if case .assignmentLine = line { assigned += 1 }
        }
        XCTAssertEqual(again.proxiesStored, assigned)
    }

    func testAnImportThatIsStoppedGoesOn() async throws {
        let agency = try await Agency.inMemory()
        do {
            _ = try await importExport(agency) { _ in
                if try agency.head().position > 0 { throw Enough() }
            }
            XCTFail("it went on")
        } catch {
            XCTAssertTrue(error is Enough, "\(error)")
        }
        XCTAssertGreaterThan(try agency.head().position, 0)
        let rest = try await importExport(agency)
        XCTAssertGreaterThan(rest.files.map(\.unchanged).reduce(0, +), 0)
        let all = rest.files.map { ($0.file, $0.stored + $0.unchanged) }
        XCTAssertEqual(Dictionary(uniqueKeysWithValues: all), taken.mapValues { $0[0] })
    }

    /// What becomes of the rows of each file of the export: stored, unchanged, left out, refused.
    private let taken: [String: [Int64]] = [
        "Export.csv": [0, 0, 1, 0],
        "Project.csv": [4, 0, 1, 0],
        "User.csv": [6, 0, 1, 0],
        "Enrollment.csv": [58, 0, 2, 9],
        "Exit.csv": [18, 0, 3, 5],
    ]

    private func importExport(
        _ agency: Agency, assignByUser: Bool = false, progress: ProgressTold? = nil
    ) async throws -> HmisReport {
        let export = repository.appendingPathComponent("crates/caseload-io/fixtures/hmis/2024").path
        let options = HmisOptions(assignByUser: assignByUser, listing: .partial, onOutside: .clip)
        let desk = agency.acting(as: .root).on(Day("2025-01-15")!)
        return try await agency.importHmis(export, at: desk, options: options, progress: progress)
    }

    private func account(_ report: HmisReport) -> [String: [Int64]] {
        let rows = report.files.map { ($0.file, [$0.stored, $0.unchanged, $0.leftOut, $0.refused]) }
        return Dictionary(uniqueKeysWithValues: rows)
    }
}

import Caseload
import Foundation
import XCTest

/// Every command by its method, at the desk and reviewed.
final class DeskTests: XCTestCase {
    private var agency: Agency!

    override func setUp() async throws {
        agency = try await furnished()
    }

    override func tearDown() async throws {
        try await agency.close()
    }

    private var desk: Desk { agency.acting(as: .root).on(today) }

    /// Each command with the word of the event that it makes. Scenario files test what they do; this tests that each
    /// name gives its own command.
    private func commands<Each: Commands>(at desk: Each) -> [(word: String, give: () async throws -> Each.Answer)] {
        let (start, end) = (march, today)
        return [
            ("program_defined", { try await desk.defineProgram(id: "jobs") }),
            ("program_revised", { try await desk.reviseProgram(id: "jobs", policy: Policy(maxStaff: 3)) }),
            ("program_renamed", { try await desk.renameProgram(id: "jobs", name: "Jobs") }),
            ("program_closed", { try await desk.closeProgram(id: "jobs") }),
            ("program_reopened", { try await desk.reopenProgram(id: "jobs") }),
            ("staff_registered", { try await desk.registerStaff(id: "ada") }),
            ("staff_renamed", { try await desk.renameStaff(id: "ada", name: "Ada") }),
            ("rights_changed", { try await desk.grant(staff: "ada", rights: [.own]) }),
            ("rights_changed", { try await desk.revoke(staff: "ada", rights: [.own], program: "jobs") }),
            ("staff_deactivated", { try await desk.deactivateStaff(id: "ada") }),
            ("staff_reactivated", { try await desk.reactivateStaff(id: "ada") }),
            ("enrolled", { try await desk.enroll(participant: "P-2", program: "jobs", start: start, id: "e2") }),
            ("enrollment_ended", { try await desk.endEnrollment(id: "e2", end: end, reason: "moved") }),
            ("enrollment_reinstated", { try await desk.reinstateEnrollment(id: "e2", reason: "came back") }),
            (
                "enrollment_corrected",
                { try await desk.correctEnrollment(id: "e2", start: start, reason: "typed wrong", newId: "e3") }
            ),
            ("enrollment_voided", { try await desk.voidEnrollment(id: "e3", reason: "wrong person") }),
            (
                "enrollments_mirrored",
                {
                    let row = EnrollmentRow(id: "e4", participant: "P-2", start: start)
                    return try await desk.mirrorEnrollments(program: "jobs", rows: [row], complete: .complete)
                }
            ),
            (
                "assigned",
                {
                    try await desk.assign(
                        staff: "ada", participant: "P-2", program: "jobs", start: start, role: "primary", id: "a2")
                }
            ),
            (
                "assignment_corrected",
                { try await desk.correctAssignment(id: "a2", start: start, reason: "typed wrong", newId: "a3") }
            ),
            ("transferred", { try await desk.transfer(id: "a3", toStaff: "sam", date: end, newId: "a4") }),
            (
                "caseload_transferred",
                {
                    try await desk.transferAll(
                        staff: "sam", toStaff: "maria", scope: .everyProgram, date: end.adding(days: 1), prefix: "all")
                }
            ),
            ("assignment_ended", { try await desk.endAssignment(id: "all.a4", end: end.adding(days: 2)) }),
            ("assignment_voided", { try await desk.voidAssignment(id: "all.a4", reason: "never met") }),
            (
                "assignment_ended",
                {
                    let end = BatchRow.end(end: EndAssignment(id: "a1", end: today))
                    return try await desk.batch(mode: .allOrNothing, rows: [end])
                }
            ),
            ("id_replaced", { try await desk.replaceId(kind: .staff, id: "ada", newId: "s-57", reason: "new key") }),
            ("participant_forgotten", { try await desk.forget(participant: "P-2", reason: "asked for") }),
        ]
    }

    func testEveryCommandIsRecorded() async throws {
        for (word, give) in commands(at: desk) {
            let before = try agency.head().position
            let receipt = try await give()
            XCTAssertEqual(receipt.head.position, before + 1, word)
            var words: [String] = []
            for try await happened in agency.events(after: before) { words.append(happened.word) }
            XCTAssertTrue(words.contains(word), "\(words), not \(word)")
        }
    }

    func testEveryCommandIsReviewed() async throws {
        let (reviewed, recorded) = (commands(at: desk.review), commands(at: desk))
        XCTAssertEqual(reviewed.count, 26)
        for (review, record) in zip(reviewed, recorded) {
            let head = try agency.head()
            guard case .accepted(let outcome, let position) = try await review.give() else {
                return XCTFail("\(review.word) is refused")
            }
            XCTAssertEqual(try agency.head(), head, "\(review.word) stored something")
            let receipt = try await record.give()
            XCTAssertEqual(receipt.head.position, position, review.word)
            XCTAssertEqual(receipt.outcome.events.count, outcome.events.count, review.word)
        }
    }

    func testARefusalTellsEveryViolationWithItsFields() async throws {
        let maria = agency.acting(as: StaffId("maria")).on(today)
        let error = await thrown { try await maria.transfer(id: "a1", toStaff: "maria", date: march.adding(days: -1)) }
        guard case .Refused(let violations, let rows, let text)? = error else {
            return XCTFail("\(String(describing: error))")
        }
        XCTAssertEqual(violations.map(\.code), ["end-before-start", "same-staff"])
        XCTAssertEqual(violations.last?.problem, .sameStaff(staff: "maria"))
        XCTAssertEqual(error?.violations(of: "to_staff").map(\.code), ["same-staff"])
        XCTAssertEqual(error?.code, "end-before-start")
        XCTAssertTrue(rows.isEmpty)
        XCTAssertEqual(error?.localizedDescription, text)
        XCTAssertFalse(text.contains("maria"), "an id is told: \(text)")
    }

    func testAReviewTellsARefusalAsAVerdict() async throws {
        let verdict = try await desk.review.assign(
            staff: "sam", participant: "P-1023", program: "housing", start: march.adding(days: -1))
        XCTAssertFalse(verdict.isAccepted)
        XCTAssertEqual(verdict.violations.map(\.code), ["outside-enrollment"])
        XCTAssertEqual(verdict.violations.first?.nearest, Nearest(field: "start", day: march))
    }

    func testARefusedBatchTellsItsRows() async throws {
        let rows: [BatchRow] = [
            .end(end: EndAssignment(id: "a1", end: today)), .end(end: EndAssignment(id: "nobody's", end: today)),
        ]
        let error = await thrown { try await self.desk.batch(mode: .allOrNothing, rows: rows) }
        guard case .Refused(let violations, let verdicts, _)? = error else {
            return XCTFail("\(String(describing: error))")
        }
        XCTAssertEqual(violations.first?.problem, .rowRefused(rows: [2]))
        XCTAssertEqual(verdicts.map(\.violations.isEmpty), [true, false])
    }

    func testEveryUnreadableValueIsToldWithItsField() async throws {
        let error = await thrown {
            try await self.agency.acting(as: " ").on(Day(sinceEpoch: .max)).assign(
                staff: "", participant: "P-1\n", program: ProgramId(String(repeating: "x", count: 129)),
                start: Day(sinceEpoch: .min))
        }
        guard case .Input(let violations, _)? = error else { return XCTFail("\(String(describing: error))") }
        XCTAssertEqual(Set(violations.flatMap(\.fields)), ["actor", "on", "staff", "participant", "program", "start"])
    }

    func testARequestIsStoredOnce() async throws {
        let form = desk.request("form-1")
        let first = try await form.endAssignment(id: "a1", end: today)
        let again = try await form.endAssignment(id: "a1", end: today)
        XCTAssertEqual(first, again)
        let outcome = try await agency.outcome(of: "form-1")
        XCTAssertEqual(outcome, first)
        let unknown = try await agency.outcome(of: "form-2")
        XCTAssertNil(unknown)
        let error = await thrown { try await form.voidAssignment(id: "a1", reason: "other") }
        XCTAssertEqual(error?.code, "request-reused")
        guard case .known(let receipt) = try await form.review.endAssignment(id: "a1", end: today) else {
            return XCTFail("a known request is reviewed anew")
        }
        XCTAssertEqual(receipt, first)
    }

    func testADeskIsAValue() async throws {
        let (plain, dated) = (agency.acting(as: "root"), agency.acting(as: "root").on(today))
        XCTAssertNil(plain.day)
        XCTAssertEqual(dated.day, today)
        XCTAssertEqual(dated.request("r").entered(at: .now).request, "r")
        XCTAssertNil(dated.request)
        let error = await thrown { try await plain.closeProgram(id: "housing") }
        XCTAssertEqual(error?.violations.map(\.fields), [["on"]])
        let zoned = try await Agency.inMemory(zone: TimeZone(identifier: "Pacific/Kiritimati"))
        let context = try zoned.acting(as: .root).context()
        XCTAssertEqual(context.on, Day.today(in: try XCTUnwrap(TimeZone(identifier: "Pacific/Kiritimati"))))
    }

    func testCommandsAsTexts() async throws {
        let text = "{\"op\":\"close_program\",\"id\":\"housing\",\"actor\":\"root\",\"on\":\"2024-06-15\"}"
        let verdict = try await agency.review(text: text)
        XCTAssertTrue(verdict.isAccepted)
        let receipt = try await agency.record(text: text)
        XCTAssertEqual(receipt.outcome.events, [.programClosed(program: "housing")])
        let error = await thrown { try await self.agency.record(text: "{}") }
        guard case .Input? = error else { return XCTFail("\(String(describing: error))") }
    }
}

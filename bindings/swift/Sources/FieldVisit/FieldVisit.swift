import Caseload
import Foundation

/// A caseworker in the field, offline: opens the agency's file, looks at today's caseload, hands a participant over.
///
/// The first transfer is refused, because the receiver holds the participant already; the program shows why, field by
/// field, and the caseworker gives the case to somebody else.
struct FieldVisit {
    let agency: Agency
    let today: Day
    let maria: StaffId = "maria"

    func run() async throws {
        try await show("My caseload on \(today)")
        try await transfer("a1", to: "sam")
        try await transfer("a1", to: "ada")
        try await show("My caseload now")
    }

    private func show(_ title: String) async throws {
        let held = try await agency.caseload(staff: maria, asOf: today)
        print("\(title): \(held.count)")
        // A page at a time: the list may be long, the screen is short.
        for row in try await held.page(limit: 20) {
            print("  \(row.participant) in \(row.program)")
        }
    }

    private func transfer(_ id: AssignmentId, to receiver: StaffId) async throws {
        print("Transfer \(id) to \(receiver) today")
        let desk = agency.acting(as: maria).on(today)
        do {
            let newId = AssignmentId("\(id)-\(receiver)")
            let receipt = try await desk.transfer(id: id, toStaff: receiver, date: today, newId: newId)
            print("  stored as entry \(receipt.head.position): \(receiver) has it from \(today) on")
        } catch CaseloadError.Refused(let violations, _, _) {
            print("  refused, nothing was stored")
            for violation in violations {
                print("  \(violation.fields.joined(separator: ", ")): \(violation.text) (\(violation.code))")
            }
        }
    }
}

/// What the agency's office sent with the device.
func prepare(_ agency: Agency, on today: Day) async throws {
    let office = agency.acting(as: .root).on(today)
    let (housing, start): (ProgramId, Day) = ("housing", try Day(year: 2024, month: 3, day: 1))
    try await office.defineProgram(id: housing, name: "Housing First")
    for name in ["maria", "sam", "ada"] {
        try await office.registerStaff(id: StaffId(name), rights: [.own, .others])
    }
    for number in 1...3 {
        let participant = ParticipantId("P-102\(number)")
        let (enrollment, assignment) = (EnrollmentId("e\(number)"), AssignmentId("a\(number)"))
        try await office.enroll(participant: participant, program: housing, start: start, id: enrollment)
        try await office.assign(
            staff: "maria", participant: participant, program: housing, start: start, id: assignment)
    }
    try await office.assign(
        staff: "sam", participant: "P-1021", program: housing, start: start, role: "relief", id: "a4")
}

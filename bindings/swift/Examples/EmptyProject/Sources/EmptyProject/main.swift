import Caseload

let today = try Day(year: 2024, month: 6, day: 15)
let agency = try await Agency.inMemory()

let office = agency.acting(as: .root).on(today)
try await office.defineProgram(id: "housing", name: "Housing First")
try await office.registerStaff(id: "maria", rights: [.own])
try await office.enroll(participant: "P-1023", program: "housing", start: today)

let maria = agency.acting(as: "maria").on(today)
try await maria.assign(staff: "maria", participant: "P-1023", program: "housing", start: today)

for try await held in try await agency.caseload(staff: "maria", asOf: today) {
    print("\(held.participant) in \(held.program)")
}

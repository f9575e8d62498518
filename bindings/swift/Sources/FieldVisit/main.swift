import Caseload
import Foundation

// `FieldVisit agency.db`: what it prints stands in the README.

let file = CommandLine.arguments.dropFirst().first ?? "agency.db"
let isNew = !FileManager.default.fileExists(atPath: file)
let today = try Day(year: 2024, month: 6, day: 15)
let agency = try await Agency.open(file: file)
if isNew {
    try await prepare(agency, on: today)
}
try await FieldVisit(agency: agency, today: today).run()
try await agency.close()

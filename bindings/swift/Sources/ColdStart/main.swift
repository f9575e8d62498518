import Caseload
import Foundation

// For `bench.sh`: opens a file, stores a command, asks a question, and prints the processor time of the process
// until then, its loading included. On a busy machine the time on the wall says little.

let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
let agency = try await Agency.open(file: folder.appendingPathComponent("agency.db").path)
try await agency.acting(as: .root).on(Day(year: 2024, month: 6, day: 15)).defineProgram(id: "housing")
let programs = try await agency.programs().all()
var spent = timespec()
clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent)
precondition(programs.map(\.id) == ["housing"])
print("cold start: \(spent.tv_sec * 1_000 + spent.tv_nsec / 1_000_000) ms")
try await agency.close()
try FileManager.default.removeItem(at: folder)

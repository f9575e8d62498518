import Caseload
import Foundation
import JSONLines

// `replay [--store memory|sqlite:FILE]`: answers the lines of standard input, one a line.

let arguments = CommandLine.arguments.dropFirst()
let store = arguments.first == "--store" ? arguments.dropFirst().first ?? "" : "memory"
let agency: Agency
if store == "memory" {
    agency = try await .inMemory(agency: "replay")
} else if store.hasPrefix("sqlite:") {
    agency = try await .open(file: String(store.dropFirst("sqlite:".count)), agency: "replay")
} else {
    FileHandle.standardError.write(Data("no store is called `\(store)`: memory, or sqlite:FILE\n".utf8))
    exit(2)
}
let replay = try Replay(agency)
// A line that is no text is answered as unreadable, like any other.
while let line = readLine(strippingNewline: true) {
    if let answer = try await replay.line(line) { print(answer) }
}
try await agency.close()

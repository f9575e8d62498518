// swift-tools-version: 6.0
import Foundation
import PackageDescription

// What `make-xcframework.sh` builds on a Mac. Elsewhere the library is found by `-Xlinker -L`.
let framework = "CaseloadFFI.xcframework"
let isBuilt = FileManager.default.fileExists(atPath: Context.packageDirectory + "/" + framework)
let native: Target =
    isBuilt
    ? .binaryTarget(name: "CaseloadFFI", path: framework)
    : .systemLibrary(name: "CaseloadFFI")

// Apple's systems have a module `SQLite3` of their own.
#if os(Linux)
    let sqlite: [Target] = [.systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])])]
    let sqliteModule: [Target.Dependency] = ["CSQLite"]
#else
    let sqlite: [Target] = []
    let sqliteModule: [Target.Dependency] = []
#endif

let package = Package(
    name: "caseload",
    platforms: [.iOS(.v17), .macOS(.v14), .tvOS(.v17), .watchOS(.v10), .visionOS(.v1)],
    products: [
        .library(name: "Caseload", targets: ["Caseload"]),
        .library(name: "SQLiteLog", targets: ["SQLiteLog"]),
        .executable(name: "FieldVisit", targets: ["FieldVisit"]),
        .executable(name: "replay", targets: ["replay"]),
    ],
    targets: sqlite + [
        native,
        .target(name: "Caseload", dependencies: ["CaseloadFFI"]),
        // A log in the app's own database, to be taken as it is or as a start.
        .target(name: "SQLiteLog", dependencies: ["Caseload"] + sqliteModule),
        .executableTarget(name: "FieldVisit", dependencies: ["Caseload"]),
        // The common test form of every store and binding.
        .target(name: "JSONLines", dependencies: ["Caseload"]),
        .executableTarget(name: "replay", dependencies: ["Caseload", "JSONLines"]),
        // What `bench.sh` times.
        .executableTarget(name: "ColdStart", dependencies: ["Caseload"]),
        .testTarget(
            name: "CaseloadTests",
            dependencies: ["Caseload", "SQLiteLog", "JSONLines", "FieldVisit", "replay"]
        ),
    ]
)

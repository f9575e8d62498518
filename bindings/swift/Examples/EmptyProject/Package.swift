// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "EmptyProject",
    platforms: [.iOS(.v17), .macOS(.v14)],
    dependencies: [
        // The folder `bindings/swift` of this repository.
        .package(name: "caseload", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "EmptyProject",
            dependencies: [.product(name: "Caseload", package: "caseload")]
        )
    ]
)

/// One store under test: what the author of a ``HostLog`` writes so that the suite can be run.
public protocol TestStore: AnyObject, Sendable {
    /// A further handle, independent of the others, as another process would open one. Its turn waits for another
    /// for at least ten seconds.
    func open() throws -> any HostLog

    /// Copies the store as an operator would; the function puts the copy back, under the handles that are open.
    func backup() throws -> @Sendable () throws -> Void
}

/// The suite that every store must pass.
///
/// ```swift
/// for name in Conformance.names {
///     try Conformance.run(name) { try MyStore() }
/// }
/// ```
public enum Conformance {
    /// A case found a broken rule.
    public struct Broken: Error, CustomStringConvertible {
        /// The case, which begins with the number of the rule in the storage contract.
        public let name: String
        /// What was seen.
        public let seen: String

        /// Both.
        public var description: String { "\(name): \(seen)" }
    }

    /// The names of the cases, in order.
    public static var names: [String] { conformanceCases() }

    /// Runs one case. It blocks its thread, and may wait for a lock for some seconds.
    ///
    /// - Parameters:
    ///   - name: One of ``names``.
    ///   - fresh: Makes an empty store that shares nothing with any other.
    /// - Throws: ``Broken``.
    public static func run(_ name: String, fresh: @escaping @Sendable () throws -> any TestStore) throws {
        if let seen = try runConformance(name: name, stores: StoresUnderTest(fresh)) {
            throw Broken(name: name, seen: seen)
        }
    }
}

private final class StoresUnderTest: HostStores {
    private let make: @Sendable () throws -> any TestStore

    init(_ make: @escaping @Sendable () throws -> any TestStore) {
        self.make = make
    }

    func fresh() throws -> any HostStore {
        StoreUnderTest(try make())
    }
}

private final class StoreUnderTest: HostStore {
    private let store: any TestStore

    init(_ store: any TestStore) {
        self.store = store
    }

    func openHandle() throws -> any HostLog {
        try store.open()
    }

    func backup() throws -> any HostBackup {
        Copy(try store.backup())
    }
}

private final class Copy: HostBackup {
    private let putBack: @Sendable () throws -> Void

    init(_ putBack: @escaping @Sendable () throws -> Void) {
        self.putBack = putBack
    }

    func restore() throws {
        try putBack()
    }
}

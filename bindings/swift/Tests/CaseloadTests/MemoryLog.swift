import Caseload
import Foundation

/// What handles on one log share.
final class Shelf: @unchecked Sendable {
    static let start = Head(position: 0, hash: String(repeating: "0", count: 64))

    private let guarding = NSLock()
    private var kept: [Entry] = []
    /// The writers' lock.
    let turns = DispatchSemaphore(value: 1)

    var entries: [Entry] {
        get { guarding.withLock { kept } }
        set { guarding.withLock { kept = newValue } }
    }

    var head: Head {
        entries.last.map { Head(position: $0.position, hash: $0.hash) } ?? Shelf.start
    }

    func page(after: Head, limit: PageLimit) throws -> Page {
        let entries = entries
        let held =
            after.position == 0
            ? Shelf.start
            : entries.first { $0.position == after.position }
                .map { Head(position: $0.position, hash: $0.hash) }
        guard held == after else { throw StoreError.Diverged(known: after) }
        let later = entries.dropFirst(Int(after.position))
        let page = later.prefix(Int(max(1, limit.entries)))
        return Page(entries: Array(page), more: page.count < later.count)
    }
}

/// The shortest whole log, for tests.
final class MemoryLog: HostLog {
    let shelf: Shelf

    init(_ shelf: Shelf = Shelf()) {
        self.shelf = shelf
    }

    func head() throws -> Head { shelf.head }

    func read(after: Head, limit: PageLimit) throws -> Page { try shelf.page(after: after, limit: limit) }

    func find(request: RequestId) throws -> Entry? { shelf.entries.first { $0.request == request } }

    func turn() throws -> any HostTurn {
        guard shelf.turns.wait(timeout: .now() + 5) == .success else {
            throw StoreError.Locked(what: "another writes")
        }
        return MemoryTurn(shelf)
    }

    func erase(items: [Erasure]) throws {
        var changed = shelf.entries
        for item in items {
            guard let place = changed.firstIndex(where: { $0.position == item.entry.position }),
                changed[place].hash == item.entry.hash
            else { throw StoreError.Diverged(known: item.entry) }
            let entry = changed[place]
            changed[place] = Entry(
                position: entry.position, recorded: entry.recorded, level: entry.level,
                request: item.request ? nil : entry.request, body: entry.body,
                privateItems: try withoutItems(privateItems: entry.privateItems, places: item.items),
                hash: entry.hash)
        }
        shelf.entries = changed
    }
}

private final class MemoryTurn: HostTurn {
    private let shelf: Shelf

    init(_ shelf: Shelf) {
        self.shelf = shelf
    }

    func head() throws -> Head { shelf.head }

    func tail(after: Head, limit: PageLimit) throws -> Page { try shelf.page(after: after, limit: limit) }

    func clock() throws -> Recorded { .now }

    func append(after: Head, entries: [Entry]) throws {
        defer { shelf.turns.signal() }
        guard after == shelf.head else { throw StoreError.Conflict }
        let requests = entries.compactMap(\.request)
        let known = Set(shelf.entries.compactMap(\.request))
        guard known.isDisjoint(with: requests), Set(requests).count == requests.count else {
            throw StoreError.RequestIdReused
        }
        shelf.entries += entries
    }

    func release() throws { shelf.turns.signal() }
}

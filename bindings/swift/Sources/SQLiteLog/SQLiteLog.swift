import Caseload
import Foundation

/// A log in a table of the app's own database, over the SQLite that the system has.
///
/// Each turn has a connection of its own, so that others read while one writes. An app that keeps rows beside the
/// log writes them in the turn's `append`, before the commit.
public final class SQLiteLog: HostLog, @unchecked Sendable {
    private let path: String
    private let waitingMilliseconds: Int32
    private let reader: Connection
    /// The reader is one connection for many threads.
    private let lock = NSLock()

    /// Opens the log in a database, and makes its table where there is none.
    ///
    /// - Parameters:
    ///   - path: The database, which may hold other tables, too.
    ///   - waitingMilliseconds: How long a turn waits for another writer.
    /// - Throws: `StoreError`.
    public init(path: String, waitingMilliseconds: Int32 = 10_000) throws {
        self.path = path
        self.waitingMilliseconds = waitingMilliseconds
        reader = try naming { try Connection(path: path, waitingMilliseconds: waitingMilliseconds) }
        try naming { try reader.run(table) }
    }

    /// Where the log ends.
    public func head() throws -> Head {
        try reading { try headOf($0) }
    }

    /// The entries after a head.
    public func read(after: Head, limit: PageLimit) throws -> Page {
        try reading { try pageOf($0, after: after, limit: limit) }
    }

    /// The entry with this request id.
    public func find(request: RequestId) throws -> Entry? {
        try reading { reader in
            try reader.first("select \(columns) from entry where request = ?", [.text(request.text)], entry)
        }
    }

    /// Takes SQLite's lock for writing.
    public func turn() throws -> any HostTurn {
        try naming {
            let writer = try Connection(path: path, waitingMilliseconds: waitingMilliseconds)
            try writer.run("begin immediate")
            return SQLiteTurn(writer)
        }
    }

    /// Erases private items, all or none.
    public func erase(items: [Erasure]) throws {
        try naming {
            let writer = try Connection(path: path, waitingMilliseconds: waitingMilliseconds)
            try writer.run("begin immediate")
            // What is thrown before the commit is rolled back when the connection closes.
            for item in items {
                try eraseFrom(writer, item)
            }
            try writer.run("commit")
            // The old bytes are in the write-ahead log until it is emptied; a reader may keep it busy.
            try? writer.run("pragma wal_checkpoint(truncate)")
        }
    }

    /// Copies a database as it is at a moment, under whoever has either open: the way to back it up and to put it back.
    ///
    /// - Throws: `StoreError`.
    public static func copy(from: String, to: String) throws {
        try naming {
            let source = try Connection(path: from, waitingMilliseconds: 10_000)
            try Connection(path: to, waitingMilliseconds: 10_000).becomeCopy(of: source)
        }
    }

    private func reading<Answer>(_ work: (Connection) throws -> Answer) throws -> Answer {
        try lock.withLock { try naming { try work(reader) } }
    }
}

/// SQLite's lock for writing, from `begin immediate` to the commit.
private final class SQLiteTurn: HostTurn, @unchecked Sendable {
    /// None once the turn is over. Closing the connection rolls back.
    private var writer: Connection?

    init(_ writer: Connection) {
        self.writer = writer
    }

    func head() throws -> Head {
        try naming { try headOf(open()) }
    }

    func tail(after: Head, limit: PageLimit) throws -> Page {
        try naming { try pageOf(open(), after: after, limit: limit) }
    }

    func clock() throws -> Recorded {
        .now
    }

    func append(after: Head, entries: [Entry]) throws {
        defer { writer = nil }
        try naming {
            let writer = try open()
            guard try headOf(writer) == after else { throw StoreError.Conflict }
            var head = after
            for entry in entries {
                guard try continues(after: head, entry: entry) else { throw StoreError.Conflict }
                head = Head(position: entry.position, hash: entry.hash)
            }
            for entry in entries {
                try insert(entry, with: writer)
            }
            do {
                try writer.run("commit")
            } catch is Trouble {
                throw StoreError.UnknownOutcome
            }
        }
    }

    func release() throws {
        writer = nil
    }

    private func open() throws -> Connection {
        guard let writer else { throw StoreError.Closed(what: "the turn is over") }
        return writer
    }
}

private let table = """
    create table if not exists entry (
      position integer primary key, recorded integer not null, level integer not null,
      request text, body blob not null, private_items blob not null, hash text not null
    );
    create unique index if not exists entry_by_request on entry (request);
    """

private let columns = "position, recorded, level, request, body, private_items, hash"

/// Before everything.
private let start = Head(position: 0, hash: String(repeating: "0", count: 64))

private func headOf(_ connection: Connection) throws -> Head {
    let last = "select position, hash from entry order by position desc limit 1"
    return try connection.first(last, []) { Head(position: $0.integer(0), hash: $0.text(1) ?? "") } ?? start
}

/// One statement: the row of the head itself comes first, and says whether this is the log that was meant.
private func pageOf(_ connection: Connection, after: Head, limit: PageLimit) throws -> Page {
    var isHeld = after == start
    var (entries, more): ([Entry], Bool) = ([], false)
    var bytes: Int64 = 0
    let sql = "select \(columns) from entry where position >= ? order by position"
    try connection.each(sql, [.integer(after.position)]) { row in
        let next = entry(row)
        guard isHeld else {
            guard next.position == after.position, next.hash == after.hash else { return false }
            isHeld = true
            return true
        }
        bytes += Int64(next.body.count + next.privateItems.count)
        more = !entries.isEmpty && (entries.count >= limit.entries || bytes > limit.bytes)
        if !more { entries.append(next) }
        return !more
    }
    guard isHeld else { throw StoreError.Diverged(known: after) }
    return Page(entries: entries, more: more)
}

private func entry(_ row: Statement) -> Entry {
    Entry(
        position: row.integer(0), recorded: Recorded(micros: row.integer(1)), level: row.integer(2),
        request: row.text(3).map { RequestId($0) }, body: Data(row.blob(4)), privateItems: Data(row.blob(5)),
        hash: row.text(6) ?? "")
}

private func insert(_ entry: Entry, with writer: Connection) throws {
    let values: [Value] = [
        .integer(entry.position), .integer(entry.recorded.micros), .integer(entry.level),
        entry.request.map { .text($0.text) } ?? .null, .blob(Array(entry.body)),
        .blob(Array(entry.privateItems)), .text(entry.hash),
    ]
    do {
        try writer.change("insert into entry (\(columns)) values (?, ?, ?, ?, ?, ?, ?)", values)
    } catch let trouble as Trouble where trouble.isUniqueViolated {
        throw StoreError.RequestIdReused
    }
}

private func eraseFrom(_ writer: Connection, _ item: Erasure) throws {
    let named: [Value] = [.integer(item.entry.position), .text(item.entry.hash)]
    let held = "select private_items from entry where position = ? and hash = ?"
    guard let items = try writer.first(held, named, { $0.blob(0) }) else {
        throw StoreError.Diverged(known: item.entry)
    }
    let kept = try withoutItems(privateItems: Data(items), places: item.items)
    let request = item.request ? ", request = null" : ""
    try writer.change(
        "update entry set private_items = ?\(request) where position = ?",
        [.blob(Array(kept)), .integer(item.entry.position)])
}

/// What SQLite says, as an agency knows it.
private func naming<Answer>(_ work: () throws -> Answer) throws -> Answer {
    do {
        return try work()
    } catch let trouble as Trouble {
        throw trouble.told
    }
}

import Caseload

#if canImport(SQLite3)
    import SQLite3
#else
    import CSQLite
#endif

/// One connection to a database of SQLite. Whoever has it sees to it that one thread uses it at a time.
final class Connection {
    private var handle: OpaquePointer?

    init(path: String, waitingMilliseconds: Int32) throws {
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX
        try check(sqlite3_open_v2(path, &handle, flags, nil))
        sqlite3_busy_timeout(handle, waitingMilliseconds)
        try run("pragma journal_mode = wal")
        try run("pragma synchronous = full")
        // What is erased must not stay in free pages.
        try run("pragma secure_delete = on")
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    /// Statements without values.
    func run(_ sql: String) throws {
        try check(sqlite3_exec(handle, sql, nil, nil, nil))
    }

    /// Row after row of a question, while `row` says to go on.
    func each(_ sql: String, _ values: [Value], _ row: (Statement) throws -> Bool) throws {
        let statement = try prepared(sql, values)
        while try step(statement), try row(statement) {}
    }

    /// The first row of a question, if there is one.
    func first<Row>(_ sql: String, _ values: [Value], _ row: (Statement) -> Row) throws -> Row? {
        var found: Row?
        try each(sql, values) {
            found = row($0)
            return false
        }
        return found
    }

    /// A change with values.
    func change(_ sql: String, _ values: [Value]) throws {
        try each(sql, values) { _ in true }
    }

    /// Takes the place of everything that is in this database.
    func becomeCopy(of source: Connection) throws {
        guard let backup = sqlite3_backup_init(handle, "main", source.handle, "main") else {
            return try check(sqlite3_errcode(handle))
        }
        let stepped = sqlite3_backup_step(backup, -1)
        let finished = sqlite3_backup_finish(backup)
        if stepped != SQLITE_DONE { try check(finished == SQLITE_OK ? stepped : finished) }
    }

    private func prepared(_ sql: String, _ values: [Value]) throws -> Statement {
        var pointer: OpaquePointer?
        try check(sqlite3_prepare_v2(handle, sql, -1, &pointer, nil))
        let statement = Statement(pointer)
        for (place, value) in values.enumerated() {
            try check(statement.bind(value, at: Int32(place + 1)))
        }
        return statement
    }

    private func step(_ statement: Statement) throws -> Bool {
        let code = statement.step()
        if code == SQLITE_DONE { return false }
        if code != SQLITE_ROW { try check(code) }
        return true
    }

    /// Throws what SQLite says. Its words hold no values, so they may be told.
    private func check(_ code: Int32) throws {
        if code == SQLITE_OK { return }
        let extended = handle.map(sqlite3_extended_errcode) ?? code
        let said = handle.flatMap(sqlite3_errmsg).map { String(cString: $0) } ?? "out of memory"
        throw Trouble(code: code & 0xff, extended: extended, what: "the app's database: \(said)")
    }
}

/// What SQLite said.
struct Trouble: Error {
    let code: Int32
    let extended: Int32
    let what: String

    var isUniqueViolated: Bool {
        extended == SQLITE_CONSTRAINT | (8 << 8)
    }

    /// The same as an agency knows it.
    var told: StoreError {
        switch code {
        case SQLITE_BUSY, SQLITE_LOCKED: .Locked(what: what)
        case SQLITE_FULL: .Full(what: what)
        case SQLITE_READONLY: .ReadOnly(what: what)
        case SQLITE_CORRUPT, SQLITE_NOTADB: .Corrupt(what: what, position: nil)
        case SQLITE_CANTOPEN: .Unavailable(what: what)
        default: .Backend(what: what)
        }
    }
}

/// A value in a statement.
enum Value {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}

/// A statement and the row it stands on.
final class Statement {
    private let pointer: OpaquePointer?

    init(_ pointer: OpaquePointer?) {
        self.pointer = pointer
    }

    deinit {
        sqlite3_finalize(pointer)
    }

    func step() -> Int32 {
        sqlite3_step(pointer)
    }

    func bind(_ value: Value, at place: Int32) -> Int32 {
        // SQLite copies what it is given before the call returns.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: return sqlite3_bind_null(pointer, place)
        case .integer(let number): return sqlite3_bind_int64(pointer, place, number)
        case .text(let text):
            let bytes = Array(text.utf8)
            return bytes.withUnsafeBytes {
                sqlite3_bind_text64(
                    pointer, place, $0.bindMemory(to: CChar.self).baseAddress, UInt64(bytes.count), copied,
                    UInt8(SQLITE_UTF8))
            }
        case .blob(let bytes):
            if bytes.isEmpty { return sqlite3_bind_zeroblob(pointer, place, 0) }
            return bytes.withUnsafeBytes {
                sqlite3_bind_blob64(pointer, place, $0.baseAddress, UInt64(bytes.count), copied)
            }
        }
    }

    func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(pointer, column)
    }

    func blob(_ column: Int32) -> [UInt8] {
        let count = Int(sqlite3_column_bytes(pointer, column))
        guard let start = sqlite3_column_blob(pointer, column), count > 0 else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// A text; nil for null.
    func text(_ column: Int32) -> String? {
        if sqlite3_column_type(pointer, column) == SQLITE_NULL { return nil }
        return String(decoding: blob(column), as: UTF8.self)
    }
}

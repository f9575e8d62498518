import Foundation

/// An agency that is open, until it is closed.
///
/// Commands run one after the other on a queue of the agency's own, and questions on other threads beside them: no
/// call blocks the main thread, nor one of those that all tasks share. For answers that must agree, ask a
/// ``snapshot(_:)``.
///
/// ```swift
/// let agency = try await Agency.open(file: path, zone: TimeZone(identifier: "America/Chicago"))
/// for try await held in try await agency.caseload(staff: "maria", asOf: today) { show(held) }
/// ```
public actor Agency: Questions {
    /// The same calls without tasks: each blocks its thread until it is done.
    public nonisolated let blocking: NativeAgency
    nonisolated let today: (@Sendable () -> Day)?
    private nonisolated let executor = QueueExecutor(label: "caseload.agency")

    /// Where commands run.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ native: NativeAgency, zone: TimeZone?) {
        blocking = native
        today = if let zone { { Day.today(in: zone) } } else { nil }
    }

    // MARK: Commands

    /// The desk of an actor: a staff id, or `root`, the host application itself.
    public nonisolated func acting(as actor: ActorId) -> Desk {
        Desk(agency: self, actor: actor)
    }

    /// The desk of a staff member.
    @_disfavoredOverload
    public nonisolated func acting(as staff: StaffId) -> Desk {
        Desk(agency: self, actor: ActorId(staff))
    }

    /// Records a command; ``Desk`` says the same with names and defaults.
    ///
    /// - Throws: ``CaseloadError``.
    @discardableResult
    public func record(_ command: Command, context: Context) throws -> Receipt {
        try blocking.record(command: command, context: context)
    }

    /// What the rules say of a command; nothing is stored.
    ///
    /// - Throws: ``CaseloadError``, but never `refused`: that is a verdict here.
    public func review(_ command: Command, context: Context) throws -> Verdict {
        try blocking.review(command: command, context: context)
    }

    /// Records a command in the JSON-lines form, as an outbox on a device keeps it.
    ///
    /// - Throws: As the methods of ``Desk``.
    @discardableResult
    public func record(text: String) throws -> Receipt {
        try blocking.recordText(text: text)
    }

    /// What the rules say of a command in the JSON-lines form; nothing is stored.
    public func review(text: String) throws -> Verdict {
        try blocking.reviewText(text: text)
    }

    /// The receipt of a request, if it was stored: what to ask after ``StoreErrorKind/unknownOutcome``.
    public func outcome(of request: RequestId) throws -> Receipt? {
        try blocking.outcome(request: request)
    }

    // MARK: What is known

    /// Everything as known at one head: all answers of a snapshot agree.
    ///
    /// - Parameter freshness: What is stored now, a position at least (read your own writes), or what is folded
    ///   already.
    public nonisolated func snapshot(_ freshness: Freshness = .latest) async throws -> Snapshot {
        let native = blocking
        return Snapshot(native: try await away { try native.snapshot(freshness: freshness) })
    }

    /// What the questions of an agency are asked of: everything that is stored now.
    public nonisolated func known() async throws -> NativeSnapshot {
        try await snapshot().native
    }

    /// What happened after a position, event by event, so that a crash neither loses nor repeats one.
    ///
    /// - Parameters:
    ///   - position: That of the last event that was dealt with; 0 for all.
    ///   - poll: How often to look for more; without it the sequence ends with what is stored then.
    public nonisolated func events(after position: Int64 = 0, poll: Duration? = nil) -> Events {
        Events(agency: self, after: position, poll: poll)
    }

    /// Where the folded log ends, without asking the store.
    public nonisolated func head() throws -> Head {
        try blocking.head()
    }

    /// Walks the whole log: finds any damage, and against a head kept elsewhere also tampering and a tail cut off.
    ///
    /// - Throws: ``CaseloadError/Store(kind:code:text:known:position:detail:)`` of kind `corrupt` or `diverged`.
    public nonisolated func verify(expected: Head? = nil, progress: ProgressTold? = nil) async throws -> Verified {
        let native = blocking
        return try await telling(progress) { try native.verify(expected: expected, listener: $0) }
    }

    /// Asks one question in SQL of the read tables; nothing can be written. It comes as a whole: say `LIMIT`.
    ///
    /// - Parameters:
    ///   - text: The question.
    ///   - values: One for each `?1`, `?2`: never put one into the text.
    public nonisolated func sql(_ text: String, _ values: SqlValue...) async throws -> SqlTable {
        let native = blocking
        return try await away { try native.sql(text: text, values: values) }
    }

    /// Closes the log: from now on every call answers `store-closed`. Again is harmless.
    public func close() throws {
        try blocking.shutDown()
    }
}

// MARK: - Opening

extension Agency {
    /// Opens an agency in a file of SQLite; several processes may write one file.
    ///
    /// - Parameters:
    ///   - file: The path; on a phone in a folder that is backed up or not, as the agency decides.
    ///   - agency: The name of the agency in the file.
    ///   - options: Read only, how durable, and more.
    ///   - zone: The agency's own time zone, from which desks without a day take today's date. Without one, each
    ///     desk must be given a day: that of the device is never assumed.
    ///   - progress: Told how much of the log is read.
    /// - Throws: ``CaseloadError/Store(kind:code:text:known:position:detail:)`` when the file cannot be opened, is
    ///   no agency's or is damaged.
    public static func open(
        file: String, agency: String = "agency", options: FileOptions = FileOptions(), zone: TimeZone? = nil,
        progress: ProgressTold? = nil
    ) async throws -> Agency {
        let native = try await telling(progress) {
            try openFile(path: file, agency: agency, options: options, listener: $0)
        }
        return Agency(native, zone: zone)
    }

    /// Opens an agency in memory, gone when it is closed.
    public static func inMemory(agency: String = "agency", zone: TimeZone? = nil) async throws -> Agency {
        Agency(try await away { try openInMemory(agency: agency) }, zone: zone)
    }

    /// Opens an agency over a log of the host's own.
    ///
    /// - Throws: What the log throws, as ``CaseloadError/Store(kind:code:text:known:position:detail:)``.
    public static func open(
        log: any HostLog, zone: TimeZone? = nil, progress: ProgressTold? = nil
    ) async throws -> Agency {
        Agency(try await telling(progress) { try openLog(log: log, listener: $0) }, zone: zone)
    }

    /// Makes a file from a backup that ``export(to:)`` wrote; nothing may stand at the path yet.
    public static func restore(backup: String, to path: String) async throws {
        try await away { try Caseload.restore(backup: backup, path: path) }
    }
}

// MARK: - The file

extension Agency {
    /// Copies the file while others go on writing: the way to back it up.
    public nonisolated func export(to path: String) async throws {
        let native = blocking
        try await away { try native.exportTo(path: path) }
    }

    /// Writes the read tables anew from the log.
    public nonisolated func rebuildReadTables() async throws {
        let native = blocking
        try await away { try native.rebuildReadTables() }
    }

    /// Keeps the folded state beside the file, so that opening is fast next time.
    public nonisolated func keepCheckpoint() async throws {
        let native = blocking
        try await away { try native.keepCheckpoint() }
    }
}

// MARK: - Many rows at a time

extension Agency {
    /// Uploads a batch file, CSV or XLSX: every row is judged by the rules of a single command.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - desk: Who uploads, on which day and as which request; the same request again goes on where it stopped.
    ///   - mode: What becomes of the rows.
    ///   - result: Where the verdict on every row is written, CSV or XLSX by its name.
    ///   - sheet: Which sheet of a workbook; the first without it.
    ///   - progress: Told between two parts. Cancelling the task stops there, and what was stored stays.
    /// - Throws: ``CaseloadError/File(code:text:)`` when the file cannot be read as a whole. A refused row is no
    ///   error.
    public nonisolated func upload(
        _ path: String, at desk: Desk, mode: UploadMode = .dryRun, result: String? = nil, sheet: String? = nil,
        progress: ProgressTold? = nil
    ) async throws -> UploadReport {
        let (native, context) = (blocking, try desk.context())
        return try await telling(progress) {
            try native.upload(
                path: path, result: result, mode: mode, sheet: sheet, context: context, listener: $0)
        }
    }

    /// Writes the sheet that caseworkers fill in: a workbook where the path ends in `.xlsx`, else a CSV.
    public nonisolated func writeTemplate(
        to path: String, program: ProgramBy = .name, staff: StaffBy = .name, end: EndBy = .lastDay
    ) async throws {
        let native = blocking
        try await away { try native.writeTemplate(path: path, program: program, staff: staff, end: end) }
    }

    /// Takes in an HMIS CSV export that was unpacked to a folder, and counts what became of every row.
    ///
    /// - Throws: ``CaseloadError/File(code:text:)`` when a file is missing or cannot be read as a whole.
    public nonisolated func importHmis(
        _ folder: String, at desk: Desk,
        options: HmisOptions = HmisOptions(assignByUser: false, listing: .partial, onOutside: .clip),
        progress: ProgressTold? = nil
    ) async throws -> HmisReport {
        let (native, context) = (blocking, try desk.context())
        return try await telling(progress) {
            try native.importHmis(folder: folder, options: options, context: context, listener: $0)
        }
    }
}

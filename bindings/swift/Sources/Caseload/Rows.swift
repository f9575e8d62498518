/// A list that stays on the native side: its rows are made as they are looked at, a page at a time.
///
/// The whole list is of one moment, whatever is recorded while it is read.
///
/// ```swift
/// for try await held in try await agency.caseload(staff: "maria", asOf: today) { show(held.participant) }
/// ```
public struct Rows<Row: Sendable>: AsyncSequence, Sendable {
    /// A row.
    public typealias Element = Row

    /// How many rows there are.
    public let count: Int
    private let read: @Sendable (Int64, Int64) throws -> [Row]

    init(count: Int64, read: @escaping @Sendable (Int64, Int64) throws -> [Row]) {
        self.count = Int(count)
        self.read = read
    }

    /// The rows from a place on, counted from 0.
    ///
    /// - Parameters:
    ///   - from: The place of the first one.
    ///   - limit: How many at most, 1 to 1,000.
    /// - Throws: ``CaseloadError/Input(violations:text:)`` for a place or a limit out of range.
    public func page(from: Int = 0, limit: Int = 1_000) async throws -> [Row] {
        let read = read
        return try await away { try read(Int64(from), Int64(limit)) }
    }

    /// Every row at once: for lists that are known to be short.
    public func all() async throws -> [Row] {
        var rows: [Row] = []
        for try await row in self {
            rows.append(row)
        }
        return rows
    }

    /// Row after row, read a page at a time.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(rows: self)
    }

    /// Reads on from row to row.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let rows: Rows
        private var page: [Row] = []
        private var place = 0
        private var from = 0

        init(rows: Rows) {
            self.rows = rows
        }

        /// The next row, or nil after the last.
        public mutating func next() async throws -> Row? {
            if place == page.count {
                guard from < rows.count else { return nil }
                page = try await rows.page(from: from)
                from += page.count
                place = 0
            }
            guard place < page.count else { return nil }
            defer { place += 1 }
            return page[place]
        }
    }
}

/// A native list, such as those that reports hold: ``rows`` reads it.
public protocol PagedList: AnyObject, Sendable {
    /// What it is a list of.
    associatedtype Row: Sendable

    /// How many rows there are.
    func len() -> Int64

    /// The rows from a place on: at most `limit`, which is 1 to 1,000. It blocks its thread.
    func page(from: Int64, limit: Int64) throws -> [Row]
}

extension PagedList {
    /// The list, to be read off the main thread.
    public var rows: Rows<Row> {
        Rows(count: len()) { try self.page(from: $0, limit: $1) }
    }
}

extension HeldList: PagedList {}
extension CountList: PagedList {}
extension ParticipantList: PagedList {}
extension LineList: PagedList {}
extension ProgramList: PagedList {}
extension StaffList: PagedList {}
extension LengthsList: PagedList {}
extension CaseList: PagedList {}
extension LoadList: PagedList {}
extension CaseCountList: PagedList {}
extension DailyCountList: PagedList {}
extension AverageCaseloadList: PagedList {}
extension MonthFlowList: PagedList {}
extension WaitingList: PagedList {}
extension WaitingCountList: PagedList {}
extension UncoveredList: PagedList {}
extension HandOverList: PagedList {}
extension RouteCountList: PagedList {}
extension AssignmentHistoryList: PagedList {}
extension EnrollmentHistoryList: PagedList {}
extension ContinuityList: PagedList {}
extension ContinuitySumList: PagedList {}
extension CorrectionList: PagedList {}
extension MisplacedCaseList: PagedList {}
extension FileRowList: PagedList {}
extension RefusedRowList: PagedList {}

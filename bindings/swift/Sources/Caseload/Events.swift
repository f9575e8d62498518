/// What happened, in order, read a page at a time: made by ``Agency/events(after:poll:)``.
///
/// Several events may have one position: they are of one entry. Keep the position of an event once all of its entry
/// are dealt with, and go on after it.
public struct Events: AsyncSequence, Sendable {
    /// An event with its entry.
    public typealias Element = Happened

    let agency: Agency
    let after: Int64
    let poll: Duration?

    /// Reads on from event to event.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(agency: agency, poll: poll, from: after)
    }

    /// Reads on from event to event.
    public struct AsyncIterator: AsyncIteratorProtocol {
        /// How many entries are read at once. An entry may hold thousands of events.
        private static let entriesAtOnce: Int64 = 100

        let agency: Agency
        let poll: Duration?
        var from: Int64
        private var head: Int64 = 0
        private var page: [Happened] = []
        private var place = 0

        init(agency: Agency, poll: Duration?, from: Int64) {
            self.agency = agency
            self.poll = poll
            self.from = from
        }

        /// The next event; nil after the last, unless it polls.
        ///
        /// - Throws: ``CaseloadError``, or `CancellationError` when the task is cancelled between two looks.
        public mutating func next() async throws -> Happened? {
            while place == page.count {
                if from >= head {
                    head = try await agency.snapshot().head.position
                }
                if from < head {
                    try await readOn()
                } else if let poll {
                    try await Task.sleep(for: poll)
                } else {
                    return nil
                }
            }
            defer { place += 1 }
            return page[place]
        }

        private mutating func readOn() async throws {
            let (native, after) = (agency.blocking, from)
            let entries = Swift.min(Self.entriesAtOnce, after < 0 ? 1 : head - after)
            page = try await away { try native.events(after: after, limit: entries) }
            place = 0
            from += entries
        }
    }
}

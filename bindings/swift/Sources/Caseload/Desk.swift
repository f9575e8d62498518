/// An actor at work on a day: a plain value, with every command of ``Commands`` as a method.
///
/// ```swift
/// let desk = agency.acting(as: "manager-7").on(today)
/// try await desk.transfer(id: "a1", toStaff: "sam", date: today)
/// ```
public struct Desk: Commands {
    let agency: Agency
    /// Who gives the commands.
    public let actor: ActorId
    /// Today; without it each command asks the agency's clock.
    public private(set) var day: Day?
    /// The idempotency key of the next command.
    public private(set) var request: RequestId?
    /// When a device or an older system took the command.
    public private(set) var entered: Recorded?

    init(agency: Agency, actor: ActorId) {
        self.agency = agency
        self.actor = actor
    }

    /// The same desk on a day. It need not increase: yesterday's paper list is entered today.
    public func on(_ day: Day) -> Desk {
        var desk = self
        desk.day = day
        return desk
    }

    /// The same desk for one request: the same command again under this id is answered as the first time, and
    /// stored once. The key of a form that may be sent twice.
    public func request(_ id: RequestId) -> Desk {
        var desk = self
        desk.request = id
        return desk
    }

    /// The same desk for commands that a device took at an instant; kept as information only.
    public func entered(at instant: Recorded) -> Desk {
        var desk = self
        desk.entered = instant
        return desk
    }

    /// The same commands, reviewed instead of recorded: the same rules and the same answer, nothing stored.
    public var review: ReviewDesk { ReviewDesk(desk: self) }

    /// Records a command.
    @discardableResult
    public func give(_ command: Command) async throws -> Receipt {
        try await agency.record(command, context: try context())
    }

    /// Who, when and as what: what goes with every command, uploads and imports included.
    ///
    /// - Throws: ``CaseloadError/Input(violations:text:)`` without a day and without a clock in the agency's zone.
    public func context() throws -> Context {
        guard let today = day ?? agency.today?() else {
            let what = "missing: say `.on(day)`, or open the agency with its time zone"
            throw CaseloadError.Input(violations: [.unreadable(field: "on", what: what)], text: "on: \(what)")
        }
        return Context(actor: actor, on: today, request: request, entered: entered)
    }
}

/// As ``Desk``, but nothing is stored: every command answers with a ``Verdict``, and a refusal is one.
public struct ReviewDesk: Commands {
    let desk: Desk

    /// What the rules say of a command.
    @discardableResult
    public func give(_ command: Command) async throws -> Verdict {
        try await desk.agency.review(command, context: try desk.context())
    }
}

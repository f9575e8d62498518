import Dispatch
import Foundation

/// Where calls wait for the disk: neither on the thread that draws nor on one of the few that all tasks share.
private let waiting = DispatchQueue(label: "caseload.waiting", attributes: .concurrent)

/// A call that waits for the disk.
func away<Answer: Sendable>(_ call: @escaping @Sendable () throws -> Answer) async throws -> Answer {
    try await withCheckedThrowingContinuation { continuation in
        waiting.async { continuation.resume(with: Result(catching: call)) }
    }
}

/// Told how far long work has come; what it throws stops the work, and comes out of the call.
public typealias ProgressTold = @Sendable (Progress) throws -> Void

/// A call that tells how far it has come, and stops when its task is cancelled.
func telling<Answer: Sendable>(
    _ progress: ProgressTold?, _ call: @escaping @Sendable (any ProgressListener) throws -> Answer
) async throws -> Answer {
    let listener = Listener(progress)
    do {
        return try await withTaskCancellationHandler {
            try await away { try call(listener) }
        } onCancel: {
            listener.stop()
        }
    } catch CaseloadError.Cancelled {
        throw listener.thrown ?? CaseloadError.Cancelled
    }
}

private final class Listener: ProgressListener, @unchecked Sendable {
    private let progress: ProgressTold?
    private let lock = NSLock()
    private var isStopped = false
    private var thrownInside: (any Error)?

    init(_ progress: ProgressTold?) {
        self.progress = progress
    }

    /// What the host's function threw, to be thrown where the host waits.
    var thrown: (any Error)? { lock.withLock { thrownInside } }

    func stop() {
        lock.withLock { isStopped = true }
    }

    func told(progress: Progress) throws -> Next {
        do {
            try self.progress?(progress)
        } catch {
            lock.withLock { thrownInside = error }
            return .stop
        }
        return lock.withLock { isStopped } ? .stop : .goOn
    }
}

/// Runs an actor's work on a queue of its own, one piece after the other.
final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }
}

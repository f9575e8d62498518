package io.github.caseload

import java.time.Instant

/**
 * A log that the host keeps, in a database of its own for example: five methods, and the agency does the rest.
 *
 * The contract is `storage.md` of the Rust crate, and [Conformance] tests it. Calls come from any thread. What is
 * thrown comes back from the call of the agency that needed the log, as [CaseloadException.Store], and nothing is
 * stored: a [StoreException] keeps its kind, anything else (an `Error` too) is `BACKEND` with its words in
 * `detail`.
 */
interface Log {
    /** Where the log ends. */
    fun head(): Head

    /**
     * The entries after a head, in order.
     *
     * @throws StoreException.Diverged where the log does not hold that head.
     */
    fun read(after: Head, limit: PageLimit): Page

    /** The entry with this request id, if there is one. */
    fun find(request: RequestId): Entry?

    /**
     * Takes the writers' lock, and waits for it; the turn gives it back.
     *
     * @throws StoreException.Locked when another writer held it for too long.
     */
    fun turn(): Turn

    /** Erases private items, and the request ids of entries where that is said; again is harmless. */
    fun erase(items: List<Erasure>)
}

/** The writers' lock. It ends with [append], whatever comes of it, or with [release]. */
interface Turn {
    /** Where the log ends, under the lock. */
    fun head(): Head

    /** As [Log.read], under the lock. */
    fun tail(after: Head, limit: PageLimit): Page

    /** The store's clock. */
    fun clock(): Instant

    /**
     * Appends all entries, durable, or none; then gives the lock back.
     *
     * @throws StoreException.Conflict where the log does not end at that head.
     * @throws StoreException.RequestIdReused where a stored entry has one of the request ids.
     */
    fun append(after: Head, entries: List<Entry>)

    /** Gives the lock back; nothing was stored. */
    fun release()
}

/** A log as the native side calls it: nothing that the host throws gets past it but a [StoreException]. */
internal class GuardedLog(private val log: Log) : HostLog {
    override fun head(): Head = guarded { log.head().also(::mustBeWellFormed) }

    override fun read(after: Head, limit: PageLimit): Page =
        guarded { log.read(after, limit).also(::mustBeWellFormed) }

    override fun find(request: RequestId): Entry? = guarded { log.find(request)?.also(::mustBeWellFormed) }

    override fun turn(): HostTurn = guarded { GuardedTurn(log.turn()) }

    override fun erase(items: List<Erasure>) = guarded { log.erase(items) }
}

private class GuardedTurn(private val turn: Turn) : HostTurn {
    override fun head(): Head = guarded { turn.head().also(::mustBeWellFormed) }

    override fun tail(after: Head, limit: PageLimit): Page =
        guarded { turn.tail(after, limit).also(::mustBeWellFormed) }

    override fun clock(): Instant = guarded { turn.clock() }

    override fun append(after: Head, entries: List<Entry>) = guarded { turn.append(after, entries) }

    override fun release() = guarded { turn.release() }
}

private fun mustBeWellFormed(head: Head) = require(isWellFormed(head.hash)) { "a hash that is no text" }

private fun mustBeWellFormed(page: Page) = page.entries.forEach(::mustBeWellFormed)

private fun mustBeWellFormed(entry: Entry) = require(isWellFormed(entry.hash)) { "a hash that is no text" }

/** What uniffi would let pass unseen (an `Error` ends its callback without an answer) is told as an exception. */
@Suppress("TooGenericExceptionCaught")
internal fun <T> guarded(call: () -> T): T = try {
    call()
} catch (known: StoreException) {
    throw known.wellFormed()
} catch (any: Throwable) {
    // An interrupt is not set again: the thread belongs to a pool, and the caller is told as it is.
    throw unexpected(any)
}

private fun unexpected(thrown: Throwable): StoreException {
    // Its own `toString` may throw, too.
    val said = runCatching { thrown.toString() }.getOrElse { thrown.javaClass.name }
    return StoreException.Unexpected(wellFormed(said.take(MOST_WORDS)))
}

/** The same with texts that can be handed over: half a surrogate has no bytes. */
private fun StoreException.wellFormed(): StoreException = when (this) {
    is StoreException.Unavailable -> StoreException.Unavailable(wellFormed(what))
    is StoreException.ReadOnly -> StoreException.ReadOnly(wellFormed(what))
    is StoreException.Full -> StoreException.Full(wellFormed(what))
    is StoreException.Locked -> StoreException.Locked(wellFormed(what))
    is StoreException.Corrupt -> StoreException.Corrupt(wellFormed(what), position)
    is StoreException.Incompatible -> StoreException.Incompatible(wellFormed(what))
    is StoreException.Closed -> StoreException.Closed(wellFormed(what))
    is StoreException.Backend -> StoreException.Backend(wellFormed(what))
    is StoreException.Diverged -> StoreException.Diverged(known.copy(hash = wellFormed(known.hash)))
    is StoreException.Unexpected -> StoreException.Unexpected(wellFormed(said))
    is StoreException.Conflict, is StoreException.RequestIdReused, is StoreException.UnknownOutcome -> this
}

private fun wellFormed(text: String): String =
    if (isWellFormed(text)) text else text.toByteArray().decodeToString()

/** Longer words help nobody. */
private const val MOST_WORDS = 2_000

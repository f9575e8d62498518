package io.github.caseload

import java.time.Instant
import java.time.temporal.ChronoUnit
import java.util.concurrent.Semaphore
import java.util.concurrent.TimeUnit

/** What handles on one log share. */
internal class Shelf {
    var entries: List<Entry> = emptyList()
    val lock = Semaphore(1)

    fun head(): Head = entries.lastOrNull()?.let { Head(it.position, it.hash) } ?: START

    fun page(after: Head, limit: PageLimit): Page {
        val held = if (after.position == 0L) START else entries.find { it.position == after.position }
            ?.let { Head(it.position, it.hash) }
        if (held != after) throw StoreException.Diverged(after)
        val later = entries.drop(after.position.toInt())
        val page = later.take(maxOf(1, limit.entries).toInt())
        return Page(page, more = page.size < later.size)
    }

    companion object {
        val START = Head(0, "0".repeat(64))
    }
}

/** The shortest whole log, for tests. */
internal class MemoryLog(val shelf: Shelf = Shelf()) : Log {
    override fun head(): Head = shelf.head()

    override fun read(after: Head, limit: PageLimit): Page = shelf.page(after, limit)

    override fun find(request: RequestId): Entry? = shelf.entries.find { it.request == request }

    override fun turn(): Turn {
        if (!shelf.lock.tryAcquire(5, TimeUnit.SECONDS)) throw StoreException.Locked("another writes")
        return MemoryTurn(shelf)
    }

    override fun erase(items: List<Erasure>) {
        val changed = shelf.entries.toMutableList()
        for (item in items) {
            val place = changed.indexOfFirst { it.position == item.entry.position && it.hash == item.entry.hash }
            if (place < 0) throw StoreException.Diverged(item.entry)
            val entry = changed[place]
            val request = if (item.request) null else entry.request
            changed[place] = entry.copy(privateItems = withoutItems(entry.privateItems, item.items), request = request)
        }
        shelf.entries = changed
    }
}

private class MemoryTurn(private val shelf: Shelf) : Turn {
    override fun head(): Head = shelf.head()

    override fun tail(after: Head, limit: PageLimit): Page = shelf.page(after, limit)

    override fun clock(): Instant = Instant.now().truncatedTo(ChronoUnit.MICROS)

    override fun append(after: Head, entries: List<Entry>) {
        try {
            if (after != shelf.head()) throw StoreException.Conflict()
            val known = shelf.entries.mapNotNull { it.request }.toSet()
            val requests = entries.mapNotNull { it.request }
            if (requests.any { it in known } || requests.toSet().size < requests.size) {
                throw StoreException.RequestIdReused()
            }
            shelf.entries += entries
        } finally {
            shelf.lock.release()
        }
    }

    override fun release() = shelf.lock.release()
}

package io.github.caseload

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * A list that stays on the native side: its rows are made as they are looked at, at most [MOST] at once.
 *
 * The whole list is of one moment, whatever is recorded while it is read.
 */
class Rows<T> internal constructor(
    /** How many rows there are. */
    val size: Long,
    private val read: (from: Long, limit: Long) -> List<T>,
) {
    /**
     * The rows from a place on, counted from 0.
     *
     * @throws CaseloadException.Input for a place below 0 or a limit that is not between 1 and [MOST].
     */
    suspend fun page(from: Long = 0, limit: Int = MOST): List<T> = away { read(from, limit.toLong()) }

    /** Row after row, read a page at a time. */
    fun asFlow(): Flow<T> = flow {
        var from = 0L
        while (from < size) {
            val page = page(from)
            page.forEach { emit(it) }
            from += page.size
        }
    }

    /** Every row at once: for lists that are known to be short. */
    suspend fun toList(): List<T> = buildList { asFlow().collect { add(it) } }

    companion object {
        /** The most rows of one page. */
        const val MOST: Int = 1_000
    }
}

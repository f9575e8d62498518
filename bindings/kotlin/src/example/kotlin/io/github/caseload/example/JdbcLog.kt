package io.github.caseload.example

import io.github.caseload.Entry
import io.github.caseload.Erasure
import io.github.caseload.Head
import io.github.caseload.Log
import io.github.caseload.Page
import io.github.caseload.PageLimit
import io.github.caseload.RequestId
import io.github.caseload.StoreException
import io.github.caseload.Turn
import io.github.caseload.continues
import io.github.caseload.sizeOf
import io.github.caseload.withoutItems
import java.nio.file.Path
import java.sql.Connection
import java.sql.DriverManager
import java.sql.ResultSet
import java.sql.SQLException
import java.time.Instant
import java.time.temporal.ChronoUnit
import org.sqlite.SQLiteErrorCode
import org.sqlite.SQLiteException

/**
 * A log in a table of the app's own SQLite database, over JDBC; with Room the statements are the same.
 *
 * Each turn has a connection of its own, so that others read while one writes. A host that keeps rows beside the
 * log writes them in [Turn.append], before the commit.
 */
class JdbcLog(private val file: Path, private val timeoutMillis: Int = 5_000) : Log, AutoCloseable {
    private val reader: Connection = connect()

    init {
        naming { reader.createStatement().use { it.executeUpdate(TABLE) } }
    }

    private fun connect(): Connection = naming {
        DriverManager.getConnection("jdbc:sqlite:$file").also { connection ->
            connection.createStatement().use {
                it.execute("pragma busy_timeout = $timeoutMillis")
                it.execute("pragma journal_mode = wal")
                it.execute("pragma synchronous = full")
                // What is erased must not stay in free pages.
                it.execute("pragma secure_delete = on")
            }
        }
    }

    override fun head(): Head = naming { synchronized(reader) { headOf(reader) } }

    override fun read(after: Head, limit: PageLimit): Page =
        naming { synchronized(reader) { pageOf(reader, after, limit) } }

    override fun find(request: RequestId): Entry? = naming {
        synchronized(reader) {
            reader.prepareStatement("select * from entry where request = ?").use { select ->
                select.setString(1, request.text)
                select.executeQuery().use { if (it.next()) it.entry() else null }
            }
        }
    }

    override fun turn(): Turn {
        val writer = connect()
        try {
            naming { writer.run("begin immediate") }
        } catch (waited: StoreException) {
            writer.close()
            throw waited
        }
        return JdbcTurn(writer)
    }

    override fun erase(items: List<Erasure>) {
        connect().use { writer ->
            naming {
                writer.run("begin immediate")
                try {
                    items.forEach { eraseFrom(writer, it) }
                    writer.run("commit")
                } catch (@Suppress("TooGenericExceptionCaught") failed: Exception) {
                    writer.run("rollback")
                    throw failed
                }
                // The old bytes are in the write-ahead log until it is emptied; a reader may keep it busy.
                writer.run("pragma wal_checkpoint(truncate)")
            }
        }
    }

    override fun close() = reader.close()

    private class JdbcTurn(private val writer: Connection) : Turn {
        override fun head(): Head = naming { headOf(writer) }

        override fun tail(after: Head, limit: PageLimit): Page = naming { pageOf(writer, after, limit) }

        override fun clock(): Instant = Instant.now().truncatedTo(ChronoUnit.MICROS)

        override fun append(after: Head, entries: List<Entry>) {
            writer.use {
                naming { store(after, entries) }
            }
        }

        private fun store(after: Head, entries: List<Entry>) {
            if (headOf(writer) != after) throw StoreException.Conflict()
            var head = after
            for (entry in entries) {
                if (!continues(head, entry)) throw StoreException.Conflict()
                head = Head(entry.position, entry.hash)
            }
            entries.forEach { insert(writer, it) }
            try {
                writer.run("commit")
            } catch (_: SQLException) {
                throw StoreException.UnknownOutcome()
            }
        }

        // Closing rolls back.
        override fun release() = writer.close()
    }

    private companion object {
        const val TABLE = """
            create table if not exists entry (
              position integer primary key, recorded integer not null, level integer not null,
              request text, body blob not null, private_items blob not null, hash text not null
            ) strict;
            create unique index if not exists entry_by_request on entry (request);
        """

        fun Connection.run(sql: String) = createStatement().use { it.execute(sql) }

        fun headOf(connection: Connection): Head =
            connection.createStatement().use { statement ->
                statement.executeQuery("select position, hash from entry order by position desc limit 1").use {
                    if (it.next()) Head(it.getLong(1), it.getString(2)) else START
                }
            }

        /** One statement: the row of the head itself comes first, and says whether this is the log that was meant. */
        fun pageOf(connection: Connection, after: Head, limit: PageLimit): Page {
            val sql = "select * from entry where position >= ? order by position limit ?"
            connection.prepareStatement(sql).use { select ->
                select.setLong(1, after.position)
                select.setLong(2, maxOf(limit.entries, 1) + 2)
                select.executeQuery().use { rows ->
                    if (after.position == 0L) {
                        if (after != START) throw StoreException.Diverged(after)
                    } else if (!rows.next() || rows.getLong("position") != after.position ||
                        rows.getString("hash") != after.hash
                    ) {
                        throw StoreException.Diverged(after)
                    }
                    return fill(rows, limit)
                }
            }
        }

        fun fill(rows: ResultSet, limit: PageLimit): Page {
            val entries = mutableListOf<Entry>()
            var bytes = 0L
            while (rows.next()) {
                val entry = rows.entry()
                bytes += sizeOf(entry)
                val isFull = entries.size >= limit.entries || bytes > limit.bytes
                if (entries.isNotEmpty() && isFull) return Page(entries, more = true)
                entries += entry
            }
            return Page(entries, more = false)
        }

        fun ResultSet.entry() = Entry(
            position = getLong("position"),
            recorded = Instant.EPOCH.plus(getLong("recorded"), ChronoUnit.MICROS),
            level = getLong("level"),
            request = getString("request")?.let(::RequestId),
            body = getBytes("body"),
            privateItems = getBytes("private_items"),
            hash = getString("hash"),
        )

        fun insert(connection: Connection, entry: Entry) {
            connection.prepareStatement("insert into entry values (?, ?, ?, ?, ?, ?, ?)").use { insert ->
                insert.setLong(1, entry.position)
                insert.setLong(2, ChronoUnit.MICROS.between(Instant.EPOCH, entry.recorded))
                insert.setLong(3, entry.level)
                insert.setString(4, entry.request?.text)
                insert.setBytes(5, entry.body)
                insert.setBytes(6, entry.privateItems)
                insert.setString(7, entry.hash)
                try {
                    insert.executeUpdate()
                } catch (taken: SQLiteException) {
                    val isTaken = taken.resultCode == SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE
                    throw if (isTaken) StoreException.RequestIdReused() else taken
                }
            }
        }

        fun eraseFrom(connection: Connection, erasure: Erasure) {
            val kept = connection.prepareStatement("select private_items from entry where position = ? and hash = ?")
                .use { select ->
                    select.setLong(1, erasure.entry.position)
                    select.setString(2, erasure.entry.hash)
                    select.executeQuery().use { if (it.next()) it.getBytes(1) else null }
                } ?: throw StoreException.Diverged(erasure.entry)
            val request = if (erasure.request) ", request = null" else ""
            connection.prepareStatement("update entry set private_items = ?$request where position = ?").use {
                it.setBytes(1, withoutItems(kept, erasure.items))
                it.setLong(2, erasure.entry.position)
                it.executeUpdate()
            }
        }

        /** What SQLite says, as the agency knows it. Its words hold no values, so they may be told. */
        fun <T> naming(call: () -> T): T = try {
            call()
        } catch (failed: SQLException) {
            val what = "the app's database: ${failed.message}"
            throw when ((failed as? SQLiteException)?.resultCode) {
                SQLiteErrorCode.SQLITE_BUSY, SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT -> StoreException.Locked(what)
                SQLiteErrorCode.SQLITE_FULL -> StoreException.Full(what)
                SQLiteErrorCode.SQLITE_READONLY -> StoreException.ReadOnly(what)
                SQLiteErrorCode.SQLITE_CORRUPT, SQLiteErrorCode.SQLITE_NOTADB -> StoreException.Corrupt(what, null)
                SQLiteErrorCode.SQLITE_CANTOPEN -> StoreException.Unavailable(what)
                else -> StoreException.Backend(what)
            }
        }

        val START = Head(0, "0".repeat(64))
    }
}

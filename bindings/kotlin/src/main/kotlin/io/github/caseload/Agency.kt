package io.github.caseload

import java.nio.file.Path
import java.time.Clock
import kotlin.time.Duration
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * An agency that is open, until it is closed. Every call suspends and waits on `Dispatchers.IO`.
 *
 * Questions asked of an agency are asked of what is stored now; for several that must agree, take a [snapshot].
 *
 * ```
 * Agency.openFile(path).use { agency ->
 *     val maria = agency.caseload(StaffId("maria"), asOf = LocalDate.of(2024, 6, 15))
 * }
 * ```
 */
class Agency private constructor(
    /** The same calls without coroutines: each blocks its thread until it is done. */
    val blocking: NativeAgency,
    internal val clock: Clock?,
) : Questions(), AutoCloseable {
    /** The desk of an actor, a staff id or `root`. */
    fun actingAs(actor: ActorId): Desk = Desk(this, actor, At())

    /** The desk of a staff member. */
    fun actingAs(staff: StaffId): Desk = actingAs(ActorId(staff.text))

    /** The desk of a staff member, or of `root`, the host application itself. */
    fun actingAs(actor: String): Desk = actingAs(ActorId(actor))

    /**
     * The receipt of a request, if it was stored: what to ask after [StoreErrorKind.UNKNOWN_OUTCOME].
     *
     * @throws CaseloadException.Store when the store fails.
     */
    suspend fun outcome(request: RequestId): Receipt? = away { blocking.outcome(request) }

    /**
     * Records a command in the JSON-lines form, as an outbox on a device keeps it.
     *
     * @throws CaseloadException as the methods of [Desk].
     */
    suspend fun recordText(text: String): Receipt = away { blocking.recordText(text) }

    /** What the rules say of a command in the JSON-lines form; nothing is stored. */
    suspend fun reviewText(text: String): Verdict = away { blocking.reviewText(text) }

    /**
     * What happened after a position, event by event, so that a crash neither loses nor repeats one.
     *
     * @param after the position of the last event that was dealt with; 0 for all.
     * @param poll how often to look for more; without it the flow ends with what is stored now.
     */
    fun events(after: Long = 0, poll: Duration? = null): Flow<Happened> = flow {
        var from = after
        while (true) {
            val head = snapshot().head.position
            while (from < head) {
                val upTo = minOf(from + ENTRIES_AT_ONCE, head)
                away { blocking.events(from, upTo - from) }.forEach { emit(it) }
                from = upTo
            }
            delay(poll ?: return@flow)
        }
    }

    /**
     * Everything as known at one head: all answers of a snapshot agree.
     *
     * @param freshness what is stored now, a position at least (read your own writes), or what is folded already.
     */
    suspend fun snapshot(freshness: Freshness = Freshness.Latest): Snapshot =
        Snapshot(away { blocking.snapshot(freshness) })

    override fun known(): NativeSnapshot = blocking.snapshot(Freshness.Latest)

    /** Where the log ends, as far as it was folded. */
    suspend fun head(): Head = away { blocking.head() }

    /**
     * Walks the whole log: finds any damage, and against a head kept elsewhere also tampering.
     *
     * @throws CaseloadException.Store of kind `CORRUPT` or `DIVERGED`.
     */
    suspend fun verify(expected: Head? = null, progress: ((Progress) -> Unit)? = null): Verified =
        telling(progress) { blocking.verify(expected, it) }

    /**
     * Asks one question in SQL of the read tables; nothing can be written. It comes as a whole: say `LIMIT`.
     *
     * @param values one for each `?1`, `?2`: never put one into the text.
     */
    suspend fun sql(text: String, vararg values: SqlValue): SqlTable =
        away { blocking.sql(text, values.toList()) }

    /** Copies the file while others go on writing: the way to back it up. */
    suspend fun exportTo(path: Path): Unit = away { blocking.exportTo(path.toString()) }

    /** Writes the read tables anew from the log. */
    suspend fun rebuildReadTables(): Unit = away { blocking.rebuildReadTables() }

    /** Keeps the folded state beside the file, so that opening is fast next time. */
    suspend fun keepCheckpoint(): Unit = away { blocking.keepCheckpoint() }

    /**
     * Uploads a batch file, CSV or XLSX: every row is judged by the rules of a single command.
     *
     * @param desk whose rights and whose day count; a request said there makes it safe to upload the file again.
     * @param result where the verdict on every row is written, CSV or XLSX by its name.
     * @param progress told between two parts; cancelling the coroutine stops there, and what was stored stays.
     * @throws CaseloadException.File when the file cannot be read as a whole. A refused row is no error.
     */
    suspend fun upload(
        path: Path,
        desk: Desk,
        mode: UploadMode = UploadMode.DRY_RUN,
        result: Path? = null,
        sheet: String? = null,
        progress: ((Progress) -> Unit)? = null,
    ): UploadReport = telling(progress) {
        blocking.upload(path.toString(), result?.toString(), mode, sheet, desk.context(), it)
    }

    /** Writes the sheet that caseworkers fill in: a workbook where the path ends in `.xlsx`, else a CSV. */
    suspend fun writeTemplate(
        path: Path,
        program: ProgramBy = ProgramBy.NAME,
        staff: StaffBy = StaffBy.NAME,
        end: EndBy = EndBy.LAST_DAY,
    ): Unit = away { blocking.writeTemplate(path.toString(), program, staff, end) }

    /**
     * Takes in an HMIS CSV export that was unpacked to a folder, and counts what became of every row.
     *
     * @param desk whose rights and whose day count.
     * @throws CaseloadException.File when a file is missing or cannot be read as a whole.
     */
    suspend fun importHmis(
        folder: Path,
        desk: Desk,
        options: HmisOptions = HmisOptions(false, Listing.PARTIAL, OnOutside.CLIP),
        progress: ((Progress) -> Unit)? = null,
    ): HmisReport = telling(progress) { blocking.importHmis(folder.toString(), options, desk.context(), it) }

    /** Closes the log: from now on every call answers `store-closed`. Again is harmless. */
    override fun close() {
        blocking.shutDown()
    }

    companion object {
        private const val ENTRIES_AT_ONCE = 100L

        /**
         * Opens an agency in a file of SQLite; several processes may write one file.
         *
         * @param agency the name of the agency in the file.
         * @param clock tells today's date in the agency's own zone, `Clock.system(ZoneId.of("America/Chicago"))`;
         *   without one each desk must be given a day.
         * @throws CaseloadException.Store when the file cannot be opened, is no agency's or is damaged.
         */
        suspend fun openFile(
            path: Path,
            agency: String = "agency",
            options: FileOptions = FileOptions(),
            clock: Clock? = null,
            progress: ((Progress) -> Unit)? = null,
        ): Agency = telling(progress) { Agency(openFile(path.toString(), agency, options, it), clock) }

        /** Opens an agency in memory, gone when it is closed. */
        suspend fun openInMemory(agency: String = "agency", clock: Clock? = null): Agency =
            away { Agency(io.github.caseload.openInMemory(agency), clock) }

        /**
         * Opens an agency over a log of the host's own.
         *
         * @throws CaseloadException.Store as the log throws.
         */
        suspend fun openLog(
            log: Log,
            clock: Clock? = null,
            progress: ((Progress) -> Unit)? = null,
        ): Agency = telling(progress) { Agency(openLog(GuardedLog(log), it), clock) }

        /** Makes a file from a backup that [exportTo] wrote. */
        suspend fun restore(backup: Path, path: Path): Unit =
            away { io.github.caseload.restore(backup.toString(), path.toString()) }
    }
}

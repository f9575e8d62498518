package io.github.caseload

import java.nio.file.Path
import java.time.LocalDate
import java.util.concurrent.CountDownLatch
import kotlin.io.path.appendText
import kotlin.io.path.readBytes
import kotlin.io.path.readLines
import kotlin.io.path.writeText
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Files of many rows: sheets, the templates of sheets, exports of HMIS. The Swift package has the same tests. */
class FilesTest {
    private val today = LocalDate.of(2024, 6, 15)
    private val housing = ProgramId("housing")
    private val maria = StaffId("maria")
    private fun Agency.root(): Desk = actingAs("root").on(today)
    private val scenarios = Path.of(System.getProperty("scenarios"))

    @TempDir
    lateinit var folder: Path

    private suspend fun office(enrolled: Iterable<Int>): Agency = Agency.openInMemory().also { agency ->
        val desk = agency.actingAs("root").on(today)
        desk.defineProgram(housing, name = "Housing")
        desk.registerStaff(maria, name = "Maria Reed")
        val rows = enrolled.map { EnrollmentRow(EnrollmentId("e$it"), ParticipantId("P-$it"), today) }
        desk.mirrorEnrollments(housing, rows)
    }

    /** A sheet that gives participants to Maria, in this order. */
    private fun sheet(participants: Iterable<Int>): Path = folder.resolve("june.csv").apply {
        val rows = participants.joinToString("\n") { "P-$it,Housing,Maria Reed,2024-06-15" }
        writeText("Participant ID,Program name,Staff name,Start date\n$rows\n")
    }

    private suspend fun held(agency: Agency): Long = agency.caseload(maria, asOf = today).size

    private fun counts(report: UploadReport): List<Long> =
        listOf(report.rows, report.stored, report.wouldPass, report.refused, report.skipped)

    @Test
    fun aDryRunStoresNothing(): Unit = runBlocking {
        office(1..2).use { agency ->
            val before = agency.head()
            val report = agency.upload(sheet(3 downTo 1), agency.root())
            assertEquals(listOf<Long>(3, 0, 2, 1, 0), counts(report))
            assertEquals(before, agency.head())
        }
    }

    @Test
    fun aPartialUploadStoresWhatPasses(): Unit = runBlocking {
        office(1..2).use { agency ->
            val result = folder.resolve("result.csv")
            val told = mutableListOf<Progress>()
            val report = agency.upload(sheet(3 downTo 1), agency.root(), UploadMode.PARTIAL, result) { told += it }
            assertEquals(listOf<Long>(3, 2, 0, 1, 0), counts(report))
            assertEquals(listOf(CodeCount("not-enrolled", 1)), report.problems)
            val refused = report.refusedRows.rows().toList().single()
            assertEquals(2, refused.row)
            assertEquals(listOf("not-enrolled"), refused.problems.map { it.code })
            val verdicts = result.readLines().map { it.split(",") }.map { listOf(it[0], it[2], it[3]) }
            val expected = listOf(
                listOf("Row", "Verdict", "Code"),
                listOf("2", "refused", "not-enrolled"),
                listOf("3", "stored", ""),
                listOf("4", "stored", ""),
            )
            assertEquals(expected, verdicts)
            assertTrue(told.isNotEmpty() && told.all { it.stage == "batch rows" && it.done <= it.total }, "$told")
            assertEquals(2, held(agency))
        }
    }

    @Test
    fun allOrNothingStoresAllOrNothing(): Unit = runBlocking {
        office(1..2).use { agency ->
            val before = agency.head()
            val report = agency.upload(sheet(1..3), agency.root(), UploadMode.ALL_OR_NOTHING)
            assertEquals(listOf<Long>(3, 0, 2, 1, 0), counts(report))
            assertEquals(before, agency.head())
            val all = agency.upload(sheet(1..2), agency.root(), UploadMode.ALL_OR_NOTHING)
            assertEquals(listOf<Long>(2, 2, 0, 0, 0), counts(all))
            assertEquals(before.position + 1, agency.head().position)
            assertEquals(2, held(agency))
        }
    }

    @Test
    fun aTemplateIsFilledInAndUploaded(): Unit = runBlocking {
        office(1..2).use { agency ->
            val template = folder.resolve("template.csv")
            agency.writeTemplate(template, staff = StaffBy.ID, end = EndBy.FIRST_DAY_NOT_COVERED)
            // Instructions and a sample ask for nothing.
            assertEquals(listOf<Long>(2, 0, 0, 0, 2), counts(agency.upload(template, agency.root(), UploadMode.PARTIAL)))
            template.appendText("P-1,Housing,maria,begin,2024-06-15,2024-06-20,primary,\r\n")
            val report = agency.upload(template, agency.root(), UploadMode.PARTIAL)
            assertEquals(listOf<Long>(3, 1, 0, 0, 2), counts(report))
            assertEquals(0, agency.caseload(maria, asOf = LocalDate.of(2024, 6, 20)).size)
            assertEquals(1, held(agency))
        }
    }

    @Test
    fun aWorkbookIsFilledInAndUploaded(): Unit = runBlocking {
        office(1..2).use { agency ->
            val (template, result) = folder.resolve("template.xlsx") to folder.resolve("result.xlsx")
            agency.writeTemplate(template)
            val blank = agency.upload(template, agency.root(), UploadMode.PARTIAL)
            assertEquals(0, blank.stored + blank.refused)
            // Such a template, with three rows under its sample.
            val filledIn = scenarios.resolve("../../bindings/fixtures/filled-in.xlsx")
            val report = agency.upload(filledIn, agency.root(), UploadMode.PARTIAL, result, sheet = "Caseload")
            assertEquals(listOf<Long>(2, 1), listOf(report.stored, report.refused))
            assertEquals(listOf(CodeCount("not-enrolled", 1)), report.problems)
            assertEquals("PK", result.readBytes().take(2).joinToString("") { "${it.toInt().toChar()}" })
            assertEquals(2, held(agency))
            val error = assertFailsWith<CaseloadException.File> { agency.upload(filledIn, agency.root(), sheet = "July") }
            assertEquals("batch-no-sheet", error.code)
        }
    }

    @Test
    fun aFileThatIsNoneSaysSo(): Unit = runBlocking {
        office(1..1).use { agency ->
            val empty = folder.resolve("empty.csv").apply { writeText("") }
            val error = assertFailsWith<CaseloadException.File> { agency.upload(empty, agency.root()) }
            assertEquals("batch-file-empty", error.code)
            val none = assertFailsWith<CaseloadException.File> { agency.importHmis(folder.resolve("none"), agency.root()) }
            assertEquals("hmis-no-folder", none.code)
        }
    }

    @Test
    fun cancellingLeavesWhatWasStored(): Unit = runBlocking {
        // A part has 10,000 rows: ten of those enrolled stand in the first, ten in the second.
        office((1..10) + (11_991..12_000)).use { agency ->
            val (file, before) = sheet(1..12_000) to agency.head()
            val form = agency.root().request(RequestId("june"))
            val (stored, cancelled) = CountDownLatch(1) to CountDownLatch(1)
            val upload = launch(Dispatchers.Default) {
                agency.upload(file, form, UploadMode.PARTIAL) {
                    if (agency.blocking.head() != before) {
                        stored.countDown()
                        cancelled.await()
                    }
                }
            }
            stored.await()
            upload.cancel()
            cancelled.countDown()
            upload.join()
            assertEquals(10, held(agency))
            // The same upload goes on where it was stopped.
            assertEquals(20, agency.upload(file, form, UploadMode.PARTIAL).stored)
            assertEquals(20, held(agency))
        }
    }

    @Test
    fun anExportIsTakenIn(): Unit = runBlocking {
        Agency.openInMemory().use { agency ->
            val first = import(agency)
            assertEquals(ACCOUNT, account(first))
            assertEquals(listOf("XP1", "2024-09-30"), listOf(first.exportId, first.exportEnd.toString()))
            assertEquals(listOf(1L, 0L, null), listOf(first.stubs, first.voided, first.proxiesStored))
            val refused = first.refusedRows.rows().toList()
            assertEquals(first.files.sumOf { it.refused }, refused.size.toLong())
            val overlapping = refused.first()
            assertEquals("Enrollment.csv", overlapping.file)
            assertEquals(61, overlapping.line)
            assertEquals("enrollment-overlaps", overlapping.code)
            // Once more it brings nothing, and who entered a row can be taken for its caseworker.
            val again = import(agency, assignByUser = true)
            assertEquals(ACCOUNT.mapValues { (_, row) -> listOf(0L, row[0], row[2], row[3]) }, account(again))
            assertEquals(again.proxiesStored, agency.everything(asOf = today).toList().count { it is Line.AssignmentLine }.toLong())
        }
    }

    @Test
    fun anImportThatIsStoppedGoesOn(): Unit = runBlocking {
        Agency.openInMemory().use { agency ->
            assertFailsWith<NoSuchElementException> {
                import(agency) { if (agency.blocking.head().position > 0) throw NoSuchElementException("enough") }
            }
            val stored = agency.head().position
            assertTrue(stored > 0)
            val rest = import(agency)
            assertTrue(rest.files.sumOf { it.unchanged } > 0)
            assertEquals(ACCOUNT.mapValues { (_, row) -> row[0] }, rest.files.associate { it.file to it.stored + it.unchanged })
        }
    }

    private suspend fun import(
        agency: Agency,
        assignByUser: Boolean = false,
        progress: ((Progress) -> Unit)? = null,
    ): HmisReport {
        val export = scenarios.resolve("../../crates/caseload-io/fixtures/hmis/2024")
        val options = HmisOptions(assignByUser, Listing.PARTIAL, OnOutside.CLIP)
        return agency.importHmis(export, agency.actingAs("root").on(LocalDate.of(2025, 1, 15)), options, progress)
    }

    private fun account(report: HmisReport): Map<String, List<Long>> =
        report.files.associate { it.file to listOf(it.stored, it.unchanged, it.leftOut, it.refused) }

    private companion object {
        /** What becomes of the rows of each file of the export: stored, unchanged, left out, refused. */
        val ACCOUNT = mapOf<String, List<Long>>(
            "Export.csv" to listOf(0, 0, 1, 0),
            "Project.csv" to listOf(4, 0, 1, 0),
            "User.csv" to listOf(6, 0, 1, 0),
            "Enrollment.csv" to listOf(58, 0, 2, 9),
            "Exit.csv" to listOf(18, 0, 3, 5),
        )
    }
}

package io.github.caseload

import io.github.caseload.example.JdbcLog
import java.nio.file.Path
import java.sql.DriverManager
import java.time.LocalDate
import java.util.concurrent.atomic.AtomicInteger
import kotlin.io.path.createDirectories
import kotlin.io.path.readBytes
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.io.TempDir

/** The log over JDBC under the suite that every log must pass. */
class JdbcLogTest {
    @TempDir
    lateinit var folder: Path

    private val stores = AtomicInteger()

    private inner class Store : TestStore {
        private val file = folder.resolve("store-${stores.incrementAndGet()}").createDirectories().resolve("app.db")

        override fun open(): Log = JdbcLog(file, timeoutMillis = 60_000)

        override fun backup(): () -> Unit {
            val copy = file.resolveSibling("copy.db")
            sqlite("backup to '$copy'")
            return { sqlite("restore from '$copy'") }
        }

        private fun sqlite(sql: String) {
            DriverManager.getConnection("jdbc:sqlite:$file").use { connection ->
                connection.createStatement().use { it.executeUpdate(sql) }
            }
        }
    }

    @TestFactory
    fun conformance(): List<DynamicTest> =
        Conformance.names().map { name -> dynamicTest(name) { Conformance.run(name) { Store() } } }

    @Test
    fun theSuiteIsThere() = assertTrue(Conformance.names().size >= 40, "${Conformance.names().size} cases")

    @Test
    fun aLogThatBreaksARuleIsCaught() {
        val forgetful = object : TestStore {
            private val store = Store()

            override fun open(): Log = object : Log by store.open() {
                override fun head() = Shelf.START
            }

            override fun backup() = store.backup()
        }
        val seen = assertFailsWith<AssertionError> { Conformance.run("s01_the_head_is_the_last_entry") { forgetful } }
        assertTrue("S1" in seen.message.orEmpty(), seen.message)
        assertFailsWith<CaseloadException.Input> { Conformance.run("s99_no_such_rule") { Store() } }
    }

    @Test
    fun whoeverIsForgottenIsInNoFile(): Unit = runBlocking {
        val file = folder.resolve("forget.db")
        val (day, housing) = LocalDate.of(2024, 6, 15) to ProgramId("housing")
        JdbcLog(file).use { log ->
            Agency.openLog(log).use { agency ->
                val desk = agency.actingAs("root").on(day)
                desk.defineProgram(housing)
                desk.enroll(ParticipantId("very-private-person"), housing, day)
                assertTrue(holds("very-private-person"))
                desk.forget(ParticipantId("very-private-person"), reason = "asked for")
                assertEquals(1, agency.everything(day).size)
            }
        }
        assertFalse(holds("very-private-person"))
    }

    private fun holds(words: String): Boolean = folder.toFile().walk().filter { it.isFile }
        .any { words in it.toPath().readBytes().toString(Charsets.ISO_8859_1) }
}

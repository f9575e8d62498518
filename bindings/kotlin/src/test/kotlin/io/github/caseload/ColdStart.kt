package io.github.caseload

import java.nio.file.Files
import java.time.LocalDate
import kotlin.io.path.deleteRecursively
import kotlinx.coroutines.runBlocking

/** From the first line of a program to a file opened, a command stored and a question answered, in a fresh JVM. */
@OptIn(kotlin.io.path.ExperimentalPathApi::class)
fun main(arguments: Array<String>) = runBlocking {
    val start = System.nanoTime()
    fun passed() = (System.nanoTime() - start) / 1_000_000
    val folder = Files.createTempDirectory("caseload")
    Agency.openFile(folder.resolve("agency.db")).use { agency ->
        val opened = passed()
        agency.actingAs("root").on(LocalDate.of(2024, 6, 15)).defineProgram(ProgramId("housing"))
        val stored = passed()
        agency.programs().toList()
        val answered = passed()
        // On a busy machine the time on the wall says little.
        val cpu = ProcessHandle.current().info().totalCpuDuration().map { "${it.toMillis()} ms of CPU" }.orElse("?")
        val run = arguments.joinToString("")
        println("cold start $run: opened $opened ms, stored $stored ms, answered $answered ms; the JVM took $cpu")
    }
    folder.deleteRecursively()
}

package io.github.caseload.example

import io.github.caseload.*
import java.nio.file.Path
import java.time.Clock
import java.time.LocalDate
import java.time.ZoneId
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList

/** What the README shows first. */
suspend fun main() {
    val today = LocalDate.of(2024, 6, 15)
    val housing = ProgramId("housing")
    val maria = StaffId("maria")
    val client = ParticipantId("P-1023")
    val agency = Agency.openInMemory()

    val office = agency.actingAs("root").on(today)
    office.defineProgram(housing, name = "Housing First", policy = Policy(maxStaff = 2))
    office.registerStaff(maria, rights = listOf(Right.OWN))
    office.enroll(client, housing, start = LocalDate.of(2024, 3, 1))

    val desk = agency.actingAs(maria).on(today)
    val receipt = desk.assign(maria, client, housing, start = today)
    println("stored as entry ${receipt.head.position}")

    val held = agency.caseload(maria, asOf = today)
    held.page(limit = 50).forEach { println("${it.participant} in ${it.program}") }

    agency.close()
}

/** What the README shows of files. */
suspend fun onTheDevice(file: Path): Agency {
    val zone = ZoneId.of("America/Chicago")
    val agency = Agency.openFile(file, clock = Clock.system(zone))
    return agency
}

private val housing = ProgramId("housing")
private val maria = StaffId("maria")
private val client = ParticipantId("P-1023")

/** What the README shows of refusals; what was said, field by field. */
suspend fun refusals(agency: Agency): List<String> {
    val desk = agency.actingAs(maria).on(LocalDate.of(2024, 6, 15))
    val said = mutableListOf<String>()

    try {
        desk.assign(maria, client, housing, start = LocalDate.of(2024, 1, 1))
    } catch (refused: CaseloadException.Refused) {
        for ((field, violations) in refused.byField) {
            violations.forEach { said += "$field: ${it.text}" }
        }
        when (val problem = refused.violations.first().problem) {
            is Problem.OutsideEnrollment -> said += "try ${problem.earliestStart}"
            is Problem.AlreadyAssigned -> said += "see ${problem.assignment}"
            else -> said += refused.text
        }
    }

    val verdict = desk.review.assign(maria, client, housing, start = LocalDate.of(2024, 1, 1))
    if (!verdict.ok) said += verdict.violations.map { it.code }
    return said
}

/** What the README shows of forms, lists and events. */
suspend fun more(agency: Agency): List<Happened> {
    val desk = agency.actingAs(maria).on(LocalDate.of(2024, 6, 15))

    val form = desk.request(RequestId("form-7f3a"))
    form.assign(maria, client, housing, start = LocalDate.of(2024, 3, 1))
    form.assign(maria, client, housing, start = LocalDate.of(2024, 3, 1))

    val snapshot = agency.snapshot()
    val report = snapshot.currentCaseload(asOf = LocalDate.of(2024, 6, 15))
    report.cases.rows().asFlow().collect { println("${it.staff}: ${it.participant} since ${it.start}") }

    val news = agency.events(after = 2).take(2)
    news.collect { println("${it.position} ${it.word} ${it.ids}") }

    return news.toList()
}

package io.github.caseload.example

import io.github.caseload.Agency
import io.github.caseload.AssignmentId
import io.github.caseload.CaseloadException
import io.github.caseload.EnrollmentId
import io.github.caseload.ParticipantId
import io.github.caseload.ProgramId
import io.github.caseload.Right
import io.github.caseload.StaffId
import io.github.caseload.byField
import java.nio.file.Path
import java.time.LocalDate
import kotlin.io.path.exists
import kotlinx.coroutines.runBlocking

/**
 * A caseworker in the field, offline: opens the agency's file, looks at today's caseload, hands a participant over.
 *
 * The first transfer is refused, because the receiver holds the participant already; the program shows why, field by
 * field, and the caseworker gives the case to somebody else.
 */
class FieldVisit(private val agency: Agency, private val today: LocalDate, private val print: (String) -> Unit) {
    private val maria = StaffId("maria")

    suspend fun run() {
        caseload("My caseload on $today")
        transfer(AssignmentId("a1"), StaffId("sam"))
        transfer(AssignmentId("a1"), StaffId("ada"))
        caseload("My caseload now")
    }

    private suspend fun caseload(title: String) {
        val held = agency.caseload(maria, asOf = today)
        print("$title: ${held.size}")
        // A page at a time: the list may be long, the screen is short.
        held.page(limit = 20).forEach { print("  ${it.participant} in ${it.program}") }
    }

    private suspend fun transfer(id: AssignmentId, receiver: StaffId) {
        print("Transfer $id to $receiver today")
        val desk = agency.actingAs(maria).on(today)
        try {
            val receipt = desk.transfer(id, toStaff = receiver, date = today, newId = AssignmentId("$id-$receiver"))
            print("  stored as entry ${receipt.head.position}: $receiver has it from $today on")
        } catch (refused: CaseloadException.Refused) {
            print("  refused, nothing was stored")
            refused.byField.forEach { (field, violations) ->
                violations.forEach { print("  $field: ${it.text} (${it.code})") }
            }
        }
    }
}

/** What the agency's office sent with the device. */
private suspend fun prepare(agency: Agency, today: LocalDate) {
    val office = agency.actingAs("root").on(today)
    val (housing, start) = ProgramId("housing") to LocalDate.of(2024, 3, 1)
    office.defineProgram(housing, name = "Housing First")
    for (name in listOf("maria", "sam", "ada")) {
        office.registerStaff(StaffId(name), rights = listOf(Right.OWN, Right.OTHERS))
    }
    for (number in 1..3) {
        val participant = ParticipantId("P-102$number")
        office.enroll(participant, housing, start, id = EnrollmentId("e$number"))
        office.assign(StaffId("maria"), participant, housing, start, id = AssignmentId("a$number"))
    }
    office.assign(StaffId("sam"), ParticipantId("P-1021"), housing, start, role = "relief", id = AssignmentId("a4"))
}

/** `FieldVisit agency.db`: what it prints stands in the README. */
fun main(arguments: Array<String>) = runBlocking {
    val file = Path.of(arguments.firstOrNull() ?: "agency.db")
    val isNew = !file.exists()
    val today = LocalDate.of(2024, 6, 15)
    Agency.openFile(file).use { agency ->
        if (isNew) prepare(agency, today)
        FieldVisit(agency, today, ::println).run()
    }
}

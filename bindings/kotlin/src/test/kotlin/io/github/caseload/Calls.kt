package io.github.caseload

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import java.time.DateTimeException
import java.time.Instant
import java.time.LocalDate

/** A line that no call could be. */
internal class Unlike : Exception()

/** The call of the desk that a line stands for. */
internal fun callOf(agency: Agency, given: ObjectNode): suspend () -> Any {
    val fields = Fields(given)
    var desk = agency.actingAs(fields.text("actor")).on(fields.day("on"))
    fields.textIf("request")?.let { desk = desk.request(RequestId(it)) }
    fields.instantIf("entered")?.let { desk = desk.enteredAt(it) }
    val review = fields.flagIf("review") ?: false
    val command = commandOf(fields.text("op"), fields)
    fields.mustBeUsedUp()
    return if (review) ({ desk.review.give(command) }) else ({ desk.give(command) })
}

@Suppress("CyclomaticComplexMethod") // one line a command
private fun commandOf(op: String, it: Fields): Command = when (op) {
    "define_program" -> Command.DefineProgram(it.program("id"), it.textIf("name"), it.policyIf("policy"))
    "revise_program" -> Command.ReviseProgram(it.program("id"), it.policyIf("policy") ?: throw Unlike())
    "rename_program" -> Command.RenameProgram(it.program("id"), it.text("name"))
    "rename_staff" -> Command.RenameStaff(it.staff("id"), it.text("name"))
    "close_program" -> Command.CloseProgram(it.program("id"))
    "reopen_program" -> Command.ReopenProgram(it.program("id"))
    "register_staff" -> Command.RegisterStaff(it.staff("id"), it.textIf("name"), it.rightsIf("rights"))
    "grant" -> Command.Grant(it.staff("staff"), it.rights(), it.programIf("program"))
    "revoke" -> Command.Revoke(it.staff("staff"), it.rights(), it.programIf("program"))
    "deactivate_staff" -> Command.DeactivateStaff(it.staff("id"), it.dayIf("end_open"))
    "reactivate_staff" -> Command.ReactivateStaff(it.staff("id"))
    "enroll" -> Command.Enroll(
        it.enrollmentIf("id"), it.participant(), it.program("program"), it.day("start"), it.dayIf("end"),
    )
    "end_enrollment" -> Command.EndEnrollment(it.enrollment("id"), it.day("end"), it.reason())
    "reinstate_enrollment" -> Command.ReinstateEnrollment(it.enrollment("id"), it.reason())
    "correct_enrollment" -> Command.CorrectEnrollment(
        it.enrollment("id"), it.enrollmentIf("new_id"), it.day("start"), it.dayIf("end"), it.reason(),
    )
    "void_enrollment" -> Command.VoidEnrollment(it.enrollment("id"), it.reason())
    "mirror_enrollments" -> Command.MirrorEnrollments(
        it.program("program"),
        it.objects("rows").map(::enrollmentRow),
        it.flagIf("complete")?.let { all -> if (all) Listing.COMPLETE else Listing.PARTIAL },
        it.wordIf<OnOutside>("on_outside"),
    )
    "assign" -> Command.Assign(it.assign())
    "end_assignment" -> Command.EndAssignment(it.end())
    "transfer" -> Command.Transfer(
        it.assignment("id"), it.assignmentIf("new_id"), it.staff("to_staff"), it.day("date"), it.textIf("role"),
        it.reason(),
    )
    "transfer_all" -> transferAll(it)
    "correct" -> Command.Correct(
        it.assignment("id"), it.assignmentIf("new_id"), it.textIf("staff")?.let(::StaffId), it.textIf("role"),
        it.day("start"), it.dayIf("end"), it.reason(),
    )
    "void" -> Command.Void(it.assignment("id"), it.reason())
    "batch" -> Command.Batch(it.word<BatchMode>("mode"), it.objects("rows").map(::batchRow))
    "replace_id" -> Command.ReplaceId(it.word<Kind>("kind"), it.text("id"), it.text("new_id"), it.reason())
    "forget" -> Command.Forget(it.participant(), it.reason())
    else -> throw Unlike()
}

private fun transferAll(it: Fields): Command {
    if (!it.has("program")) throw Unlike()
    val program = it.programIf("program")
    return Command.TransferAll(
        it.staff("staff"),
        it.staff("to_staff"),
        if (program == null) Scope.EveryProgram else Scope.OneProgram(program),
        it.day("date"),
        it.assignmentIf("prefix"),
        it.textsIf("only")?.map(::ParticipantId),
        it.wordIf<OnHeld>("on_held"),
        it.flagIf("skip_ineligible")?.let { skip -> if (skip) Ineligible.SKIP else Ineligible.REFUSE },
        it.reason(),
    )
}

private fun Fields.assign() = Assign(
    assignmentIf("id"), staff("staff"), participant(), program("program"), day("start"), dayIf("end"), textIf("role"),
)

private fun Fields.end() = EndAssignment(assignment("id"), day("end"), reason())

private fun batchRow(row: ObjectNode): BatchRow {
    val fields = Fields(row)
    val read = when (fields.text("op")) {
        "assign" -> BatchRow.Begin(fields.assign())
        "end_assignment" -> BatchRow.End(fields.end())
        else -> throw Unlike()
    }
    fields.mustBeUsedUp()
    return read
}

private fun enrollmentRow(row: ObjectNode): EnrollmentRow {
    val fields = Fields(row)
    val read = EnrollmentRow(fields.enrollment("id"), fields.participant(), fields.day("start"), fields.dayIf("end"))
    fields.mustBeUsedUp()
    return read
}

/** The fields of a line, each taken out once. Absent and null are the same. */
internal class Fields(given: ObjectNode) {
    private val left: MutableMap<String, JsonNode> =
        given.properties().associateTo(mutableMapOf()) { (name, value) -> name to value }

    fun has(name: String) = name in left

    fun mustBeUsedUp() {
        if (left.isNotEmpty()) throw Unlike()
    }

    private fun take(name: String): JsonNode? = left.remove(name)?.takeUnless { it.isNull }

    private fun <T> need(value: T?): T = value ?: throw Unlike()

    private fun JsonNode.text(): String = textValue() ?: throw Unlike()

    fun textIf(name: String): String? = take(name)?.text()

    fun text(name: String): String = need(textIf(name))

    fun reason(): String? = textIf("reason")

    fun dayIf(name: String): LocalDate? = textIf(name)?.let(::dayOf)

    fun day(name: String): LocalDate = need(dayIf(name))

    fun instantIf(name: String): Instant? = textIf(name)?.let(::instantOf)

    fun flagIf(name: String): Boolean? = take(name)?.let { if (it.isBoolean) it.booleanValue() else throw Unlike() }

    fun textsIf(name: String): List<String>? =
        take(name)?.let { list -> if (list.isArray) list.map { it.text() } else throw Unlike() }

    fun objects(name: String): List<ObjectNode> {
        val list = need(take(name))
        return if (list.isArray) list.map { it as? ObjectNode ?: throw Unlike() } else throw Unlike()
    }

    fun wholeIf(name: String): Long? =
        take(name)?.let { if (it.isIntegralNumber && it.canConvertToLong()) it.longValue() else throw Unlike() }

    inline fun <reified T : Enum<T>> wordIf(name: String): T? = textIf(name)?.let { word ->
        enumValues<T>().find { it.name.lowercase() == word } ?: throw Unlike()
    }

    inline fun <reified T : Enum<T>> word(name: String): T = wordIf<T>(name) ?: throw Unlike()

    fun rightsIf(name: String): List<Right>? = textsIf(name)?.map { word ->
        Right.entries.find { it.name.lowercase() == word } ?: throw Unlike()
    }

    fun rights(): List<Right> = need(rightsIf("rights"))

    fun program(name: String) = ProgramId(text(name))

    fun programIf(name: String) = textIf(name)?.let(::ProgramId)

    fun staff(name: String) = StaffId(text(name))

    fun participant() = ParticipantId(text("participant"))

    fun enrollment(name: String) = EnrollmentId(text(name))

    fun enrollmentIf(name: String) = textIf(name)?.let(::EnrollmentId)

    fun assignment(name: String) = AssignmentId(text(name))

    fun assignmentIf(name: String) = textIf(name)?.let(::AssignmentId)

    fun policyIf(name: String): Policy? = take(name)?.let { given ->
        val keys = Fields(given as? ObjectNode ?: throw Unlike())
        val policy = Policy(
            batchHistory = keys.wordIf<BatchHistory>("batch_history"),
            caseloadLimit = keys.limitIf(),
            entryOrder = keys.wordIf<EntryOrder>("entry_order"),
            formerAccessDays = keys.wholeIf("former_access_days"),
            handOff = keys.wordIf<HandOff>("hand_off"),
            maxStaff = keys.wholeIf("max_staff"),
            onEnrollmentEnd = keys.wordIf<OnEnrollmentEnd>("on_enrollment_end"),
            onePrimary = keys.flagIf("one_primary")?.let { if (it) Primaries.ONE else Primaries.ANY },
            plannedStarts = keys.wordIf<PlannedStarts>("planned_starts"),
            roles = keys.textsIf("roles"),
            visibility = keys.wordIf<Visibility>("visibility"),
            zeroDay = keys.wordIf<ZeroDay>("zero_day"),
        )
        keys.mustBeUsedUp()
        policy
    }

    private fun limitIf(): CaseloadLimit? = take("caseload_limit")?.let { given ->
        val keys = Fields(given as? ObjectNode ?: throw Unlike())
        val limit = CaseloadLimit(need(keys.wholeIf("max")), keys.wordIf<Enforcement>("enforcement"))
        keys.mustBeUsedUp()
        limit
    }
}

/** Java reads more than the library does: `+12024-01-01`, the year 0. */
internal fun dayOf(text: String): LocalDate = try {
    LocalDate.parse(text).takeIf { it.toString() == text && it.year in 1..9999 } ?: throw Unlike()
} catch (_: DateTimeException) {
    throw Unlike()
}

internal fun instantOf(text: String): Instant = try {
    // The library takes seconds always, and no minute of 61 of them.
    if (!INSTANT.matches(text)) throw Unlike()
    Instant.parse(text.uppercase())
} catch (_: DateTimeException) {
    throw Unlike()
}

private val INSTANT = Regex("""\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?[Zz]""")

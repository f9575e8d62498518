package io.github.caseload

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import java.time.LocalDate
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.toList

/** Answers the questions of JSON lines; `positions` tells where the log ended after each line before. */
internal class Questioning(private val agency: Agency, private val positions: List<Long>) {
    private val wrong = mutableListOf<Violation>()

    suspend fun answer(given: ObjectNode): JsonNode {
        val ask = given["ask"].textValue()?.takeIf { it in FIELDS }
            ?: throw input(listOf(unreadable("ask", "is no question")))
        val fields = given.properties().associate { it.key to it.value }.filterValues { !it.isNull }
        val knownAt = fields["known_at"]?.let(::knownAt)
        val missing = needed(ask, given.hasNonNull("actor")).filter { it !in fields }
        val known = FIELDS.getValue(ask) + setOf("ask", "known_at") + if (ask == "events") emptySet() else setOf("actor")
        val unknown = (fields.keys - known).sorted()
        val asOf = fields["as_of"]?.takeIf { "as_of" in known }?.let(::asOf) ?: LocalDate.of(1, 1, 1)
        missing.forEach { wrong += unreadable(it, "missing field") }
        unknown.forEach { wrong += unreadable(it, "unknown field") }
        if (missing.isNotEmpty() || unknown.isNotEmpty()) {
            // Nothing is asked then, so nobody else looks at the actor.
            fields["actor"]?.takeIf { "actor" in known }?.let { mustBeAnId("actor", it.textValue().orEmpty()) }
            throw input(wrong)
        }
        val answer = try {
            answer(ask, Asking(fields), asOf, knownAt, fields["actor"]?.let { ActorId(it.textValue().orEmpty()) })
        } catch (more: CaseloadException.Input) {
            wrong += more.violations
            null
        }
        return answer.takeIf { wrong.isEmpty() } ?: throw input(wrong)
    }

    private suspend fun mustBeAnId(field: String, text: String) = try {
        agency.rights(StaffId(text))
    } catch (none: CaseloadException.Input) {
        wrong += none.violations.map { it.copy(fields = listOf(field)) }
    }

    private class Asking(private val fields: Map<String, JsonNode>) {
        fun text(name: String): String = fields.getValue(name).textValue().orEmpty()

        val program get() = fields["program"]?.let { ProgramId(it.textValue().orEmpty()) }

        fun texts(name: String) = fields.getValue(name).map { it.textValue().orEmpty() }

        fun node(name: String): JsonNode = fields.getValue(name)
    }

    private suspend fun answer(ask: String, it: Asking, day: LocalDate, at: KnownAt?, actor: ActorId?): JsonNode =
        when (ask) {
            "caseload" -> agency.caseload(StaffId(it.text("staff")), day, it.program, at, actor).toList()
                .map { row -> listOf(row.program, row.participant) }.toJson()
            "caseworkers" -> agency
                .caseworkers(ParticipantId(it.text("participant")), ProgramId(it.text("program")), day, at, actor)
                .toJson()
            "snapshot" -> agency.held(day, it.program, at, actor).toList()
                .map { row -> listOf(row.program, row.participant, row.staff) }.toJson()
            "counts" -> agency.counts(day, it.program, at, actor).toList()
                .map { row -> listOf(row.staff, row.assignments) }.toJson()
            "unassigned" -> agency.unassigned(ProgramId(it.text("program")), day, at, actor).toList().toJson()
            "visible" -> agency
                .visible(ActorId(it.text("actor")), it.texts("participants").map(::ParticipantId), day, at).toJson()
            "state" -> lines(agency.everything(day, at, actor).toList())
            "history" -> lines(
                agency.history(ParticipantId(it.text("participant")), ProgramId(it.text("program")), day, at, actor)
                    .toList(),
            )
            else -> events(it.node("after"), at)
        }

    private suspend fun events(after: JsonNode, knownAt: KnownAt?): JsonNode {
        if (!after.isIntegralNumber || !after.canConvertToLong() || after.longValue() !in 0 until (1L shl 32)) {
            throw input(listOf(unreadable("after", "is not a whole number of the allowed size")))
        }
        val last = agency.positionOf(knownAt)
        return agency.events(after.longValue()).filter { it.position <= last }
            .map { listOf(it.position, it.word, it.ids) }.toList().toJson()
    }

    private fun lines(lines: List<Line>): JsonNode {
        val enrollments = lines.filterIsInstance<Line.EnrollmentLine>().map { (line) ->
            listOf(line.id, line.participant, line.program) + days(line.period) + listOf(line.status, line.supersedes)
        }
        val assignments = lines.filterIsInstance<Line.AssignmentLine>().map { (line) ->
            listOf(line.id, line.staff, line.participant, line.program) + days(line.period) +
                listOf(line.status, line.supersedes)
        }
        val told = nodes.objectNode()
        told.set<ObjectNode>("assignments", assignments.toJson())
        return told.set("enrollments", enrollments.toJson())
    }

    private fun days(period: Period) = listOf(period.start, period.end)

    private fun asOf(given: JsonNode): LocalDate? = try {
        dayOf(given.textValue() ?: throw Unlike())
    } catch (_: Unlike) {
        val isText = given.isTextual
        wrong += if (isText) {
            unreadable("as_of", "is not a day; write it as YYYY-MM-DD", Problem.InputDate, "input-date")
        } else {
            unreadable("as_of", "is not a text")
        }
        null
    }

    private fun knownAt(given: JsonNode): KnownAt? {
        val text = when {
            given.isTextual -> try {
                return KnownAt.Instant(instantOf(given.textValue()))
            } catch (_: Unlike) {
                "is not an RFC 3339 instant in UTC"
            }
            given.isObject && given.size() == 1 -> {
                val line = given["line"]?.takeIf { it.isInt && it.intValue() in positions.indices }
                if (line != null) return KnownAt.Position(positions[line.intValue()])
                "names no line before this one"
            }
            else -> "is neither an instant nor a line"
        }
        wrong += unreadable("known_at", text)
        return null
    }

    private companion object {
        val FIELDS = mapOf(
            "caseload" to setOf("staff", "as_of", "program"),
            "caseworkers" to setOf("participant", "program", "as_of"),
            "snapshot" to setOf("as_of", "program"),
            "counts" to setOf("as_of", "program"),
            "unassigned" to setOf("program", "as_of"),
            "visible" to setOf("actor", "participants", "as_of"),
            "state" to setOf("as_of"),
            "history" to setOf("participant", "program", "as_of"),
            "events" to setOf("after"),
        )

        fun needed(ask: String, byAnActor: Boolean): Set<String> = FIELDS.getValue(ask) - buildSet {
            if (ask in setOf("caseload", "snapshot", "counts")) add("program")
            // Without an actor the day makes no difference to these.
            if (ask in setOf("state", "history") && !byAnActor) add("as_of")
        }

        fun unreadable(
            field: String,
            text: String,
            problem: Problem = Problem.InputCommand(text),
            code: String = "input-command",
        ) = Violation(code, problem, listOf(field), null, null, text)

        /** The order in which the core looks at fields; what it does not know comes last. */
        val ORDER = listOf("known_at", "actor", "as_of", "staff", "participant", "participants", "program", "after")

        fun input(wrong: List<Violation>): CaseloadException.Input {
            val inOrder = wrong.sortedBy { broken ->
                if (broken.text == "unknown field") ORDER.size else ORDER.indexOf(broken.fields.firstOrNull())
            }
            return CaseloadException.Input(inOrder, "unreadable input")
        }
    }
}

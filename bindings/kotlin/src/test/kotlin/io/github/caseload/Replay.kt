package io.github.caseload

import com.fasterxml.jackson.databind.DeserializationFeature
import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.json.JsonMapper
import com.fasterxml.jackson.databind.node.ArrayNode
import com.fasterxml.jackson.databind.node.JsonNodeFactory
import com.fasterxml.jackson.databind.node.ObjectNode
import java.nio.file.Path
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

internal val json: JsonMapper =
    JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build()

internal val nodes: JsonNodeFactory = JsonNodeFactory.instance

/**
 * Answers JSON lines over an agency, in order.
 *
 * It goes through the same methods as any app: a line becomes a call of the desk or a question, and what comes back is
 * written down again. Only a line that no call could be (an unknown field, a text that is no day) is handed over as
 * it is, so that what is wrong with it is told in the library's own words.
 */
class Replay(private val agency: Agency) {
    /** The head's position after each line; the first element is before every line. */
    private val positions = mutableListOf(agency.blocking.head().position)

    /** The answer to the next line; none to an empty one, which counts all the same. */
    suspend fun line(text: String): String? {
        val answer = if (text.isBlank()) null else nodes.objectNode().put("line", positions.size)
            .setAll<ObjectNode>(answer(text))
        positions += agency.blocking.head().position
        return answer?.let(json::writeValueAsString)
    }

    private suspend fun answer(text: String): ObjectNode = try {
        val given = runCatching { json.readTree(text) }.getOrNull() as? ObjectNode
        when {
            given == null -> accepted(agency.recordText(text), isBatch = false)
            given.has("ask") -> nodes.objectNode().set("answer", Questioning(agency, positions).answer(given))
            else -> command(given, text)
        }
    } catch (refused: CaseloadException.Refused) {
        refused(refused.violations, refused.rows)
    } catch (wrong: CaseloadException.Input) {
        refused(wrong.violations, emptyList())
    } catch (error: CaseloadException) {
        val told = nodes.objectNode().put("code", error.code).put("text", error.text)
        nodes.objectNode().put("ok", false).set("error", told)
    }

    private suspend fun command(given: ObjectNode, text: String): ObjectNode {
        val isBatch = given.path("op").textValue() == "batch"
        val review = given.path("review").booleanValue()
        val call = try {
            callOf(agency, given)
        } catch (_: Unlike) {
            return if (review) verdict(agency.reviewText(text), isBatch) else accepted(agency.recordText(text), isBatch)
        }
        return when (val done = call()) {
            is Receipt -> accepted(done, isBatch)
            is Verdict -> verdict(done, isBatch)
            else -> error("neither a receipt nor a verdict")
        }
    }
}

internal fun accepted(receipt: Receipt, isBatch: Boolean): ObjectNode =
    accepted(receipt.outcome, receipt.head.position, isBatch)

private fun accepted(outcome: Outcome, position: Long, isBatch: Boolean): ObjectNode {
    val receipt = nodes.objectNode().put("position", position)
    receipt.set<ObjectNode>("ids", outcome.ids.map { it.text }.toJson())
    receipt.set<ObjectNode>("ended", outcome.ended.map { it.text }.toJson())
    receipt.set<ObjectNode>("left", outcome.left.map { listOf(it.assignment.text, it.code) }.toJson())
    val notices = outcome.notices.map { nodes.objectNode().put("code", it.code).apply { parameters(it.problem) } }
    receipt.set<ObjectNode>("notices", notices.toJson())
    val answer = nodes.objectNode().put("ok", true)
    answer.set<ObjectNode>("receipt", receipt)
    if (isBatch || outcome.rows.isNotEmpty()) answer.set<ObjectNode>("rows", rows(outcome.rows))
    return answer
}

private fun verdict(verdict: Verdict, isBatch: Boolean): ObjectNode = when (verdict) {
    is Verdict.Accepted -> accepted(verdict.outcome, verdict.position, isBatch)
    is Verdict.Known -> accepted(verdict.receipt, isBatch)
    is Verdict.Refused -> refused(verdict.violations, verdict.rows)
}

private fun refused(violations: List<Violation>, rows: List<RowVerdict>): ObjectNode {
    val answer = nodes.objectNode().put("ok", false)
    answer.set<ObjectNode>("violations", violations.map(::told).toJson())
    if (rows.isNotEmpty()) answer.set<ObjectNode>("rows", rows(rows))
    return answer
}

private fun rows(rows: List<RowVerdict>): ArrayNode = rows.map { row ->
    val told = nodes.objectNode().put("row", row.row).put("ok", row.violations.isEmpty())
    if (row.violations.isNotEmpty()) told.set<ObjectNode>("violations", row.violations.map(::told).toJson())
    told
}.toJson()

private fun told(violation: Violation): ObjectNode {
    val told = nodes.objectNode().put("code", violation.code)
    told.parameters(violation.problem)
    told.set<ObjectNode>("fields", violation.fields.toJson())
    violation.nearest?.let {
        told.set<ObjectNode>("nearest", nodes.objectNode().put("field", it.field).put("day", it.day.toString()))
    }
    violation.row?.let { told.put("row", it) }
    return told.put("text", violation.text)
}

/** The typed parameters of a problem, each under its name in the contract. */
private fun ObjectNode.parameters(problem: Problem) {
    for (field in problem.javaClass.declaredFields) {
        if (java.lang.reflect.Modifier.isStatic(field.modifiers)) continue
        field.isAccessible = true
        val value = field.get(problem) ?: continue
        set<ObjectNode>(field.name.replace(Regex("[A-Z]")) { "_" + it.value.lowercase() }, value.toJson())
    }
}

/** Ids and days as their text, enums by their word. */
internal fun Any?.toJson(): JsonNode = when (this) {
    null -> nodes.nullNode()
    is JsonNode -> this
    is Long -> nodes.numberNode(this)
    is Iterable<*> -> toJson()
    is Enum<*> -> nodes.textNode(name.lowercase())
    else -> nodes.textNode(toString())
}

internal fun Iterable<*>.toJson(): ArrayNode =
    nodes.arrayNode().also { array -> forEach { array.add(it.toJson()) } }

/** `replay [--store memory|sqlite:FILE]`: answers the lines of standard input. */
fun main(arguments: Array<String>): Unit = runBlocking {
    val store = if (arguments.firstOrNull() == "--store") arguments.getOrNull(1).orEmpty() else "memory"
    val agency = when {
        store == "memory" -> Agency.openInMemory("replay")
        store.startsWith("sqlite:") -> Agency.openFile(Path.of(store.removePrefix("sqlite:")), "replay")
        else -> {
            System.err.println("no store is called `$store`: memory, or sqlite:FILE")
            exitProcess(2)
        }
    }
    agency.use {
        val replay = Replay(agency)
        System.`in`.bufferedReader().lineSequence().forEach { line -> replay.line(line)?.let(::println) }
    }
}

package io.github.caseload

/**
 * The person (or household) served, known here only by an opaque id.
 *
 * Ids are 1 to 128 bytes of UTF-8 that the host chooses; a text that is none is told by the call that it is
 * given to, as [CaseloadException.Input].
 */
@JvmInline
value class ParticipantId(val text: String) : Comparable<ParticipantId> {
    override fun compareTo(other: ParticipantId): Int = byBytes(text, other.text)

    override fun toString(): String = text
}

/** A worker who holds a caseload or acts on caseloads. */
@JvmInline
value class StaffId(val text: String) : Comparable<StaffId> {
    override fun compareTo(other: StaffId): Int = byBytes(text, other.text)

    override fun toString(): String = text
}

/** A service with its own enrollments and its own policy. */
@JvmInline
value class ProgramId(val text: String) : Comparable<ProgramId> {
    override fun compareTo(other: ProgramId): Int = byBytes(text, other.text)

    override fun toString(): String = text
}

/** A participant in a program over a period. */
@JvmInline
value class EnrollmentId(val text: String) : Comparable<EnrollmentId> {
    override fun compareTo(other: EnrollmentId): Int = byBytes(text, other.text)

    override fun toString(): String = text
}

/** One staff member responsible for one participant in one program over a period. */
@JvmInline
value class AssignmentId(val text: String) : Comparable<AssignmentId> {
    override fun compareTo(other: AssignmentId): Int = byBytes(text, other.text)

    override fun toString(): String = text
}

/** The host's idempotency key of a command. */
@JvmInline
value class RequestId(val text: String) : Comparable<RequestId> {
    override fun compareTo(other: RequestId): Int = byBytes(text, other.text)

    override fun toString(): String = text
}

/** Who gives a command or asks: a staff id, or [root], the host application itself. */
@JvmInline
value class ActorId(val text: String) {
    override fun toString(): String = text

    companion object {
        /** The host application itself. */
        val root: ActorId = ActorId("root")
    }
}

/** The text of an id of any kind. */
val AnyId.text: String
    get() = when (this) {
        is AnyId.Participant -> id.text
        is AnyId.Staff -> id.text
        is AnyId.Program -> id.text
        is AnyId.Enrollment -> id.text
        is AnyId.Assignment -> id.text
    }

/** By the bytes of UTF-8, as everywhere in the library: the order of `Char`s is another beyond U+FFFF. */
private fun byBytes(one: String, other: String): Int =
    java.util.Arrays.compareUnsigned(one.toByteArray(), other.toByteArray())

/** The text of an id as it is handed over. One with half a surrogate has no bytes: it is told as `input-id`. */
internal fun idText(text: String): String = if (isWellFormed(text)) text else ""

internal fun isWellFormed(text: String): Boolean = Charsets.UTF_8.newEncoder().canEncode(text)

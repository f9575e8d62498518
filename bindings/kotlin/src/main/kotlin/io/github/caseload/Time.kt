package io.github.caseload

import java.time.Instant
import java.time.LocalDate
import java.time.temporal.ChronoUnit

/** An instant as the library keeps it, in microseconds. What is finer is cut off. */
internal fun microsOf(instant: Instant): Long = try {
    Math.addExact(Math.multiplyExact(instant.epochSecond, MICROS), instant.nano.toLong() / NANOS)
} catch (_: ArithmeticException) {
    // Beyond what can be recorded: the end of it on that side.
    if (instant.epochSecond < 0) Long.MIN_VALUE else Long.MAX_VALUE
}

internal fun instantOfMicros(micros: Long): Instant = Instant.EPOCH.plus(micros, ChronoUnit.MICROS)

private const val MICROS = 1_000_000L
private const val NANOS = 1_000L

/** The last day that a period covers, as people say it; none for an open one and for one of no day. */
val Period.lastDay: LocalDate?
    get() = end?.minusDays(1)?.takeIf { it >= start }

/** Whether a period covers a day. */
operator fun Period.contains(day: LocalDate): Boolean = day >= start && (end?.let { day < it } ?: true)

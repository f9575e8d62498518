package io.github.caseload

/** The stable code: that of the first violation, of the store's error, `cancelled` or `bug`. */
val CaseloadException.code: String
    get() = when (this) {
        is CaseloadException.Refused -> violations.first().code
        is CaseloadException.Input -> violations.first().code
        is CaseloadException.File -> code
        is CaseloadException.Store -> code
        is CaseloadException.Cancelled -> "cancelled"
        is CaseloadException.Bug -> "bug"
    }

/** One line for people, in English, which holds no ids. */
val CaseloadException.text: String
    get() = toString()

/** What is wrong with each field of the command, by its name in the contract: `to_staff`, `start`. */
val CaseloadException.Refused.byField: Map<String, List<Violation>>
    get() = byField(violations)

/** What is wrong with each field, by its name in the contract. */
val CaseloadException.Input.byField: Map<String, List<Violation>>
    get() = byField(violations)

private fun byField(violations: List<Violation>): Map<String, List<Violation>> =
    violations.flatMap { broken -> broken.fields.map { it to broken } }
        .groupBy({ (field, _) -> field }, { (_, broken) -> broken })

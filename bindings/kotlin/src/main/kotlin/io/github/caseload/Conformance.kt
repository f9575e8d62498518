package io.github.caseload

/** One store under test: what the author of a [Log] writes so that the suite can be run. */
interface TestStore {
    /** A further handle, independent of the others, as another process would open one. */
    fun open(): Log

    /** Copies the store as an operator would; the function puts the copy back, under the handles that are open. */
    fun backup(): () -> Unit
}

/**
 * The suite that every store must pass.
 *
 * ```
 * @TestFactory
 * fun conformance() = Conformance.names().map { name ->
 *     dynamicTest(name) { Conformance.run(name) { MyStore() } }
 * }
 * ```
 */
object Conformance {
    /** The names of the cases, in order. */
    fun names(): List<String> = conformanceCases()

    /**
     * Runs one case; it blocks, and may wait for a lock for some seconds.
     *
     * @param fresh makes an empty store that shares nothing with any other.
     * @throws AssertionError with the number of the rule and what was seen.
     */
    fun run(name: String, fresh: () -> TestStore) {
        val seen = runConformance(name, StoresOfHost(fresh))
        if (seen != null) throw AssertionError("$name: $seen")
    }
}

private class StoresOfHost(private val fresh: () -> TestStore) : HostStores {
    override fun fresh(): HostStore = guarded { StoreOfHost(fresh.invoke()) }
}

private class StoreOfHost(private val store: TestStore) : HostStore {
    override fun openHandle(): HostLog = guarded { GuardedLog(store.open()) }

    override fun backup(): HostBackup = guarded {
        val restore = store.backup()
        object : HostBackup {
            override fun restore() = guarded(restore)
        }
    }
}

package io.github.caseload

import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.isActive
import kotlinx.coroutines.withContext

/** A call that waits for the disk: never on the thread that draws. */
internal suspend fun <T> away(call: () -> T): T = withContext(Dispatchers.IO) { call() }

/** A call that tells how far it has come, and stops when the coroutine is cancelled. */
internal suspend fun <T> telling(
    progress: ((Progress) -> Unit)?,
    call: (ProgressListener) -> T,
): T = withContext(Dispatchers.IO) {
    val listener = Listener(currentCoroutineContext(), progress)
    try {
        call(listener)
    } catch (cancelled: CaseloadException.Cancelled) {
        currentCoroutineContext().ensureActive()
        throw listener.thrown ?: cancelled
    }
}

private class Listener(
    private val context: CoroutineContext,
    private val progress: ((Progress) -> Unit)?,
) : ProgressListener {
    /** What the host's function threw, to be thrown where the host waits. */
    @Volatile
    var thrown: Throwable? = null

    override fun told(progress: Progress): Next {
        try {
            this.progress?.invoke(progress)
        } catch (@Suppress("TooGenericExceptionCaught") any: Throwable) {
            thrown = any
            return Next.STOP
        }
        return if (context.isActive) Next.GO_ON else Next.STOP
    }
}

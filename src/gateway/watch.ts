/** What cuts an exchange short: the client gone, its key revoked, its time over, the trail shut. One signal for all four. */
import { Fault } from '#exchange'

export interface Cut extends Disposable {
  readonly signal: AbortSignal
}

/** Why what is still open upstream is let go: one for all, since a reason made each time takes a stack trace each time. */
const OVER = new Fault('client.aborted', 'the exchange is over')

/**
 * Aborts with the fault that tells why. Disposing forgets the sources and aborts too: whatever is still open upstream,
 * because the trail failed or a limit was met, is let go. `total` in ms; `latched` tells its own fault.
 */
export function watch(gone: AbortSignal, revoked: AbortSignal, total: number, latched?: AbortSignal): Cut {
  const controller = new AbortController()
  const onGone = () => controller.abort(new Fault('client.aborted'))
  const onRevoked = () => controller.abort(new Fault('identity.revoked'))
  const onLatched = () => controller.abort(latched?.reason)
  const timer = setTimeout(() => controller.abort(new Fault('limit.time', `${total} ms`)), total)
  if (gone.aborted) onGone()
  if (revoked.aborted) onRevoked()
  if (latched?.aborted) onLatched()
  gone.addEventListener('abort', onGone)
  revoked.addEventListener('abort', onRevoked)
  latched?.addEventListener('abort', onLatched)
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer)
      gone.removeEventListener('abort', onGone)
      revoked.removeEventListener('abort', onRevoked)
      latched?.removeEventListener('abort', onLatched)
      controller.abort(OVER)
    },
  }
}

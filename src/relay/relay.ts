/** The way out: one request to an upstream, its reply as it comes. Knows no rule, keeps nothing, tries nothing twice. */
import type { Dispatcher } from 'undici'
import { Call } from './call.ts'
import { Pools } from './pools.ts'
import type { Incoming, Outgoing, Timeouts, Upstream } from './upstream.ts'

export interface ForwardOptions {
  readonly timeouts: Timeouts
  /** Aborting destroys the upstream socket. Where its reason is a Fault, that fault is thrown. */
  readonly signal: AbortSignal
}

export interface Relay {
  /**
   * Sends a request, once: nothing is retried, no redirect followed. The body's iteration throws the same faults.
   * At most 256 kB of a reply wait in memory for their reader.
   * @throws upstream.refused, upstream.tls, upstream.reset, upstream.timeout, upstream.malformed, limit.time,
   *   client.aborted, gateway.stopped
   */
  forward(upstream: Upstream, out: Outgoing, options: ForwardOptions): Promise<Incoming>
  /** Cuts all connections. Open replies fail with `gateway.stopped`. */
  close(): Promise<void>
}

export function openRelay(): Relay {
  const pools = new Pools()
  return {
    async forward(upstream, out, { timeouts, signal }) {
      const pool = pools.of(upstream)
      const call = new Call({ host: upstream.origin.host, timeouts, signal })
      if (!call.done) send(pool, requestOf(upstream, out, timeouts), call)
      return call.reply
    },
    close: () => pools.destroy(),
  }
}

/** A request that undici will not send at all fails its call like any other. */
function send(pool: Dispatcher, request: Dispatcher.DispatchOptions, call: Call): void {
  try {
    pool.dispatch(request, call)
  } catch (error) {
    call.refuse(error)
  }
}

const requestOf = ({ origin }: Upstream, { method, path, headers, body }: Outgoing, timeouts: Timeouts) => ({
  origin: origin.origin,
  path,
  method,
  headers: headers.map(([name, value]): [string, string] => [name, value]).values(),
  body: body ?? null,
  bodyTimeout: timeouts.idle_ms,
})

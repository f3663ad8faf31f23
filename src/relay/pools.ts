/** Connections to upstreams, kept alive and shared by host, CA and proxy. HTTP/1.1 only; follows no redirect. */
import { lookup } from 'node:dns'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { type Dispatcher, Pool, ProxyAgent } from 'undici'
import { Fault } from '#exchange'
import { checkLiteral, lookupWithin, type Reach } from './reach/reach.ts'
import type { Upstream } from './upstream.ts'

/** A backstop for connections that nobody waits for any more, in ms; each exchange has its own limit. */
const CONNECT_MS = 60_000
const KEEP_ALIVE_MS = 15_000
const HEADER_BYTES = 64 * 1024

const COMMON = {
  allowH2: false,
  pipelining: 1,
  connectTimeout: CONNECT_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
  maxHeaderSize: HEADER_BYTES,
  headersTimeout: 0,
}

export class Pools {
  readonly #byUpstream = new WeakMap<Upstream, Dispatcher>()
  readonly #byKey = new Map<string, Dispatcher>()

  /** The pool of an upstream, made at its first use. @throws upstream.tls where its CA bundle cannot be read */
  of(upstream: Upstream): Dispatcher {
    const known = this.#byUpstream.get(upstream)
    if (known) return known
    const { origin, ca, proxy, privateAddresses } = upstream
    const key = JSON.stringify([origin.origin, ca, proxy?.href, privateAddresses === true])
    const pool = this.#byKey.get(key) ?? open(upstream)
    this.#byKey.set(key, pool)
    this.#byUpstream.set(upstream, pool)
    return pool
  }

  /** Cuts every connection; what is open fails with `gateway.stopped`. */
  async destroy(): Promise<void> {
    const pools = [...this.#byKey.values()]
    await Promise.all(pools.map((pool) => pool.destroy(new Fault('gateway.stopped'))))
  }
}

/** Of an upstream behind a proxy the proxy resolves the name: by its own rules, out of our sight. */
function open(upstream: Upstream): Dispatcher {
  const { origin, ca, proxy } = upstream
  const reach = reachOf(upstream)
  checkLiteral(origin.hostname.replace(/^\[|\]$/g, ''), reach)
  const tls = { secureContext: trust(ca), allowH2: false, autoSelectFamily: true, lookup: lookupWithin(reach) }
  if (!proxy) return new Pool(origin.origin, { ...COMMON, connect: tls })
  return new ProxyAgent({
    ...COMMON,
    uri: proxy.href,
    requestTls: tls,
    proxyTls: { ...tls, lookup },
    proxyTunnel: true,
  })
}

/** What a provider's address may lead to: what the configuration says, and what it writes as a number. */
export const reachOf = ({ privateAddresses = false }: Upstream): Reach => ({
  private: privateAddresses,
  literal: true,
  fault: 'upstream.private',
})

/** TLS 1.2 at least; `ca` in addition to Node's own list (which honours NODE_EXTRA_CA_CERTS). */
export function trust(ca: string | undefined): SecureContext {
  try {
    const own = ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] }
    return createSecureContext({ minVersion: 'TLSv1.2', ...own })
  } catch (error) {
    throw new Fault('upstream.tls', 'the CA bundle cannot be read', { cause: error })
  }
}

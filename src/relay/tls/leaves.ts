/** Leaves on demand: one per host, kept while it is good, made anew before it ends. Writes nothing to disk, holds no CA. */
import { isIP } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import { Fault } from '#exchange'
import { type Authority, type Leaf, makeLeaf } from './authority.ts'
import { within } from './constraints.ts'

const DAYS = 7
/** One that has less than this left is made anew. */
const RENEW_MS = 86_400_000
/** A client with a key may ask for any name below a provider's: of more than these, the one asked for longest ago goes. */
const MOST = 1000

export interface Leaves {
  /** A context for one host. @throws forward.constraint, ca.expired */
  contextFor(host: string): Promise<SecureContext>
}

/** A leaf, and when another is to be made, in ms since the Unix epoch. */
export interface DatedLeaf extends Leaf {
  readonly renew: number
}

/** Signs a leaf for a host that the CA may vouch for. @throws forward.constraint, ca.expired */
export async function leafFor(authority: Authority, host: string, now: number): Promise<DatedLeaf> {
  const { until, limits } = authority
  if (until <= now) throw new Fault('ca.expired', new Date(until).toISOString())
  if (isIP(host)) throw new Fault('forward.constraint', `${host} is an address, not a name`)
  if (!within(limits, host)) throw new Fault('forward.constraint', host)
  const leaf = await makeLeaf(authority, host, now, DAYS)
  return { ...leaf, renew: leaf.until < until ? leaf.until - RENEW_MS : leaf.until }
}

interface Kept {
  readonly context: Promise<SecureContext>
  renew: number
}

/** Leaves that somebody makes who holds a CA. `now` in ms since the Unix epoch. */
export function openLeaves(make: (host: string) => Promise<DatedLeaf>, now: () => number): Leaves {
  const kept = new Map<string, Kept>()
  const made = async (host: string, entry: () => Kept | undefined) => {
    const leaf = await make(host)
    const own = entry()
    if (own) own.renew = leaf.renew
    return createSecureContext({ cert: leaf.cert, key: leaf.key, minVersion: 'TLSv1.2' })
  }
  return {
    async contextFor(host) {
      const known = kept.get(host)
      kept.delete(host)
      if (known && known.renew > now()) {
        kept.set(host, known)
        return known.context
      }
      const [oldest] = kept.keys()
      if (kept.size >= MOST && oldest !== undefined) kept.delete(oldest)
      const context = made(host, () => kept.get(host))
      kept.set(host, { context, renew: Number.POSITIVE_INFINITY })
      return context.catch((error: unknown) => {
        kept.delete(host)
        throw error
      })
    },
  }
}

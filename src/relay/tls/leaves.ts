/** Leaves on demand: one per host, kept while it is good, made anew before it ends. Writes nothing to disk. */
import { isIP } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import { Fault } from '#exchange'
import { type Authority, makeLeaf } from './authority.ts'
import { covers } from './constraints.ts'

const DAYS = 7
/** One that has less than this left is made anew. */
const RENEW_MS = 86_400_000
/** Hosts come from the configuration, so that there are never many; GHE.com and the like are below one name. */
const MOST = 1000

export interface Leaves {
  /** A context for one host. @throws forward.constraint, ca.expired */
  contextFor(host: string): Promise<SecureContext>
}

interface Kept {
  readonly context: Promise<SecureContext>
  until: number
}

/** Leaves of one authority. `now` in ms since the Unix epoch. */
export function openLeaves(authority: Authority, now: () => number): Leaves {
  const kept = new Map<string, Kept>()
  const make = async (host: string, entry: () => Kept | undefined) => {
    const leaf = await makeLeaf(authority, host, now(), DAYS)
    const own = entry()
    if (own) own.until = leaf.until
    return createSecureContext({ cert: leaf.cert, key: leaf.key, minVersion: 'TLSv1.2' })
  }
  return {
    async contextFor(host) {
      mayVouch(authority, host, now())
      const known = kept.get(host)
      if (known && known.until - now() > Math.min(RENEW_MS, (authority.until - now()) / 2)) return known.context
      if (kept.size >= MOST) kept.clear()
      const context = make(host, () => kept.get(host))
      kept.set(host, { context, until: Number.POSITIVE_INFINITY })
      return context.catch((error: unknown) => {
        kept.delete(host)
        throw error
      })
    },
  }
}

function mayVouch({ until, permitted }: Authority, host: string, now: number): void {
  if (until <= now) throw new Fault('ca.expired', new Date(until).toISOString())
  if (isIP(host)) throw new Fault('forward.constraint', `${host} is an address, not a name`)
  if (permitted && !covers(permitted, host)) throw new Fault('forward.constraint', host)
}

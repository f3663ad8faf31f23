/** Turns that an erasure would have to read and cannot: whoever would go on would not know what stays. Writes nothing. */
import type { Opening } from '#exchange'
import { dayOfExchange, type Trail, type Unopened } from '#trail'

/** What goes, by ids, and its sessions, null for what belongs to none. */
interface Going {
  readonly ids: readonly string[]
  readonly sessions: readonly (string | null)[]
}

/** Exchanges that cannot be read, each once. */
export interface Unread {
  readonly exchanges: number
  /** Those that were changed; of the others a key is not here, or was destroyed. */
  readonly damaged: number
  /** The names of the wrapping keys that are not here. */
  readonly keys: readonly string[]
  /** Those of them that are not to go. */
  readonly staying: readonly Pick<Opening, 'exchange' | 'retain'>[]
}

/**
 * Of the sessions of what goes: turns that stay and cannot be read, for they may say again what goes, and keep its key (one that is
 * destroyed here may lie in a backup); and those that go and cannot be read while turns stay that may say them again. @throws trail.*
 */
export async function unreadIn(trail: Trail, { ids, sessions }: Going): Promise<Unread> {
  const gone = new Set(ids)
  const days = [...new Set(ids.map(dayOfExchange))]
  const found: Unopened[] = []
  for (const session of sessions) {
    const all = await trail.keys.unopened(session ?? undefined, session === null ? days : undefined)
    found.push(...all.filter((one) => !gone.has(one.exchange)))
    const going = all.filter((one) => gone.has(one.exchange) && one.part === 'body')
    if (session !== null && going.length > 0 && (await isSaidLater(trail, session, { going, gone })))
      found.push(...going)
  }
  const exchanges = Map.groupBy(found, ({ exchange }) => exchange)
  const staying: Unread['staying'][number][] = []
  for (const exchange of exchanges.keys())
    if (!gone.has(exchange)) {
      const retain = (await trail.exchange(exchange))?.opening.retain
      staying.push({ exchange, ...(retain && { retain }) })
    }
  const damaged = [...exchanges.values()].filter((parts) => parts.some(({ why }) => why === 'damaged')).length
  return { exchanges: exchanges.size, damaged, keys: [...new Set(found.flatMap(({ key }) => key ?? []))], staying }
}

interface Said {
  readonly going: readonly Unopened[]
  readonly gone: ReadonlySet<string>
}

/** Whether a turn stays that has a body and comes after one of those. */
async function isSaidLater(trail: Trail, session: string, { going, gone }: Said): Promise<boolean> {
  const unread = new Set(going.map(({ exchange }) => exchange))
  const all = (await trail.session(session)).map(({ exchange }) => exchange)
  const first = all.findIndex((exchange) => unread.has(exchange))
  for (const exchange of all.slice(first)) {
    if (gone.has(exchange)) continue
    const { opening, ending, unreadable } = (await trail.exchange(exchange)) ?? {}
    if (opening?.body || ending?.body || unreadable) return true
  }
  return false
}

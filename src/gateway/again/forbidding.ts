/** What an erasure would do, and what forbids it: a hold, a statute or an open exchange, of what goes and of what would be cut. Writes nothing. */
import { Fault, isWorm } from '#exchange'
import type { Custody, Recorded, Trail } from '#trail'
import type { ToCut } from './cutting.ts'
import type { FoundLine } from './lines.ts'

export interface ForbiddingHouse {
  readonly trail: Trail
  readonly holds: Pick<Custody['holds'], 'among' | 'amongLines'>
}

/** All that an erasure touches: what goes, lines that lose words or go, bodies of later turns that are written anew. */
export interface Touched {
  readonly found: readonly Recorded[]
  readonly lines: readonly FoundLine[]
  readonly cuts: readonly ToCut[]
}

/** What forbids an erasure, counted. */
export interface Forbidden {
  /** Exchanges that go or would be cut, and lines. */
  readonly held: number
  readonly holds: readonly string[]
  /** The same under a statute. */
  readonly worm: number
  readonly open: number
}

/** What an erasure would do. */
export interface ErasurePlan extends Forbidden {
  readonly exchanges: number
  readonly sessions: number
  /** Exchanges of the same sessions that stay, and lose what they say again. */
  readonly later: number
  /** Lines of no exchange that name the user, or say what is in nothing else: they lose it, or go. */
  readonly notes: number
}

/** @throws trail.* */
export async function planOf(house: ForbiddingHouse, touched: Touched): Promise<ErasurePlan> {
  const { found, lines } = touched
  const ids = new Set(found.map(({ opening }) => opening.exchange))
  const sessions = new Set(found.flatMap(({ opening: { session } }) => session ?? []))
  let later = 0
  for (const session of sessions) {
    const all = (await house.trail.session(session)).map(({ exchange }) => exchange)
    later += all.slice(all.findIndex((id) => ids.has(id))).filter((id) => !ids.has(id)).length
  }
  const counts = { exchanges: found.length, sessions: sessions.size, later, notes: lines.length }
  return { ...counts, ...(await forbiddenIn(house, touched)) }
}

/** @throws trail.* */
export async function forbiddenIn({ holds }: ForbiddingHouse, { found, lines, cuts }: Touched): Promise<Forbidden> {
  const openings = found.map(({ opening }) => opening)
  const exchanges = new Map([...openings, ...cuts].map(({ exchange, retain }) => [exchange, retain]))
  const notes = lines.map(({ note }) => note)
  const held = [await holds.among(new Set(exchanges.keys())), await holds.amongLines(notes)]
  return {
    held: held.reduce((sum, each) => sum + each.held, 0),
    holds: [...new Set(held.flatMap(({ by }) => by))],
    worm: [...exchanges.values(), ...notes.map(({ retain }) => retain)].filter(isWorm).length,
    open: found.filter(({ opening, ending }) => opening.kind === 'asked' && !ending).length,
  }
}

/** @throws custody.held, custody.worm, custody.open, custody.nothing */
export function forbid({ exchanges, later, notes, held, holds, worm, open }: ErasurePlan): void {
  const all = exchanges + later + notes
  if (held > 0) throw new Fault('custody.held', `${held} of ${all}, later turns included, by ${holds.join(', ')}`)
  if (worm > 0) throw new Fault('custody.worm', `${worm} of ${all}, later turns included`)
  if (open > 0) throw new Fault('custody.open', `${open} of ${exchanges}`)
  if (exchanges === 0) throw new Fault('custody.nothing')
}

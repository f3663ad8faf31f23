/** What an erasure would do, and what forbids it: a hold, a statute, an open exchange or one that cannot be read, of what goes and of what would be cut. Writes nothing. */
import { Fault, isWorm } from '#exchange'
import type { Custody, Recorded, Summary, Trail } from '#trail'
import type { ToCut } from './cutting.ts'
import type { FoundLine } from './lines.ts'
import type { Unread } from './unread.ts'

export interface ForbiddingHouse {
  readonly trail: Trail
  readonly holds: Pick<Custody['holds'], 'among' | 'amongLines'>
}

/** All that an erasure touches: what goes, lines that lose words or go, bodies of later turns that are written anew. */
export interface Touched {
  readonly found: readonly Recorded[]
  readonly lines: readonly FoundLine[]
  readonly cuts: readonly ToCut[]
  /** What nobody can look at, of what goes and of what stays of its sessions. */
  readonly unread: Unread
}

/** What forbids an erasure, counted. */
export interface Forbidden {
  /** Exchanges that go or would be cut, and lines. */
  readonly held: number
  readonly holds: readonly string[]
  /** The same under a statute. */
  readonly worm: number
  /** That have no ending yet: their replies are still to come. */
  readonly open: number
  /** That cannot be read, so that nobody can tell what would stay. */
  readonly unread: number
  readonly damaged: number
  /** The names of the keys that it takes to read them. */
  readonly keys: readonly string[]
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
  const later = await laterOf(house.trail, ids, sessions)
  const counts = { exchanges: found.length, sessions: sessions.size, later: later.length, notes: lines.length }
  const forbidden = await forbiddenIn(house, touched)
  return { ...counts, ...forbidden, open: forbidden.open + openIn(later) }
}

/** Turns of these sessions that stay, and come after one of those that go. @throws trail.* */
export async function laterOf(
  trail: Pick<Trail, 'session'>,
  ids: ReadonlySet<string>,
  sessions: Iterable<string>,
): Promise<readonly Summary[]> {
  const later: Summary[] = []
  for (const session of sessions) {
    const all = await trail.session(session)
    const first = all.findIndex(({ exchange }) => ids.has(exchange))
    if (first < 0) continue
    for (const turn of all.slice(first)) if (!ids.has(turn.exchange)) later.push(turn)
  }
  return later
}

export const openIn = (turns: readonly Summary[]): number => turns.filter(({ kind }) => kind === 'asked').length

/** @throws trail.* */
export async function forbiddenIn(
  { holds }: ForbiddingHouse,
  { found, lines, cuts, unread }: Touched,
): Promise<Forbidden> {
  const openings = found.map(({ opening }) => opening)
  const exchanges = new Map([...openings, ...cuts, ...unread.staying].map(({ exchange, retain }) => [exchange, retain]))
  const notes = lines.map(({ note }) => note)
  const held = [await holds.among(new Set(exchanges.keys())), await holds.amongLines(notes)]
  return {
    held: held.reduce((sum, each) => sum + each.held, 0),
    holds: [...new Set(held.flatMap(({ by }) => by))],
    worm: [...exchanges.values(), ...notes.map(({ retain }) => retain)].filter(isWorm).length,
    open: found.filter(({ opening, ending }) => opening.kind === 'asked' && !ending).length,
    ...{ unread: unread.exchanges, damaged: unread.damaged, keys: unread.keys },
  }
}

/** @throws custody.unread, custody.held, custody.worm, custody.open, custody.nothing */
export function forbid(plan: ErasurePlan): void {
  const { exchanges, notes, held, holds, worm, open } = plan
  const of = `of what goes or would be cut (${wholeOf(plan)})`
  if (plan.unread > 0) throw new Fault('custody.unread', unreadText(plan))
  if (held > 0) throw new Fault('custody.held', `${held} ${of}, by ${holds.join(', ')}`)
  if (worm > 0) throw new Fault('custody.worm', `${worm} ${of}`)
  if (open > 0) throw new Fault('custody.open', `${open} ${of}`)
  if (exchanges + notes === 0) throw new Fault('custody.nothing')
}

/** What a plan is about, as it says it. */
const wholeOf = ({ exchanges, later, notes }: ErasurePlan): string =>
  [[exchanges, 'exchange'] as const, [later, 'later turn'] as const, [notes, 'line'] as const]
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}${count === 1 ? '' : 's'}`)
    .join(', ')

/** With what else forbids it, for whoever would take those out too. */
function unreadText({ unread, damaged, keys, held, holds, worm }: ErasurePlan): string {
  return [
    `${unread} cannot be read, other turns of the same sessions included`,
    ...(keys.length > 0 ? [`key ${keys.join(', ')} is not here`] : []),
    ...(damaged > 0 ? [`${damaged} damaged`] : []),
    ...(held > 0 ? [`${held} of all held, by ${holds.join(', ')}`] : []),
    ...(worm > 0 ? [`${worm} of all kept by a statute`] : []),
  ].join('; ')
}

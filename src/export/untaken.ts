/** The row that a receiver never takes: when it is passed over, and how it is offered again. Keeps nothing, forgets nothing. */
import { type Fault, faultOf } from '#exchange'
import type { Place, Untaken } from './cursor.ts'
import type { Gathered, Reach } from './gather.ts'
import type { Row } from './row.ts'

/** What a sink can do, for whoever decides about a row. */
export interface Offering {
  readonly name: string
  /** How long one row is refused, while what follows it is taken, before it is passed over, ms; 0: for ever. */
  readonly skipAfterMs: number
  gather(after: number, rows: number, reach: Omit<Reach, 'log' | 'now'>): Promise<Gathered>
  /** @throws export.* */
  deliver(rows: readonly Row[]): Promise<void>
  now(): number
  tell(line: string): void
}

/** Rows that are passed over at most: past them the sink stops until somebody acts. */
const MOST = 1000

/** Offers once more what was passed over; gives what is still refused. */
export async function offeredAgain(
  { name, gather, deliver, tell }: Offering,
  untaken: readonly Untaken[],
): Promise<readonly Untaken[]> {
  const left: Untaken[] = []
  for (const [at, one] of untaken.entries()) {
    const { rows } = await gather(one.seq - 1, 1, { waits: false, last: one.seq })
    const [row] = rows
    const fault = row && (await deliver(rows).then(() => undefined, faultOf))
    if (!row) tell(`export ${name}: ${one.id}, which was passed over, is no longer on the record`)
    else if (!fault) tell(`export ${name}: ${one.id}, which was passed over, is taken`)
    else if (fault.code === 'export.refused') left.push(one)
    else return [...left, ...untaken.slice(at)]
  }
  return left
}

const isFull = (untaken: readonly Untaken[]): boolean => untaken.length >= MOST

/** What is untaken once a row is refused that its receiver took before, without its leaf; undefined where there are too many. */
export function refusedAgain(
  { name, now, tell }: Offering,
  untaken: readonly Untaken[],
  { id, seq }: Row,
  { detail, message }: Fault,
): readonly Untaken[] | undefined {
  if (isFull(untaken)) return undefined
  const why = detail ?? message
  tell(`export ${name}: ${id} left without its leaf, and is refused with it (${why})`)
  return [...untaken, { id, seq, at: now(), why }]
}

/** Since when a row is refused alone. */
export const stuckOn = (place: Place, { seq }: Row, now: number): NonNullable<Place['stuck']> =>
  place.stuck?.seq === seq ? place.stuck : { seq, since: now }

/** What is untaken once a row that is refused alone is passed over; undefined while its receiver may still take it. */
export async function passedOver(
  { name, skipAfterMs, gather, deliver, now, tell }: Offering,
  { stuck, untaken }: Place,
  { rows: [row], seq }: Gathered,
  { detail, message }: Fault,
): Promise<readonly Untaken[] | undefined> {
  const isLong = stuck && skipAfterMs > 0 && now() - stuck.since >= skipAfterMs
  if (!row || !isLong || isFull(untaken)) return undefined
  const next = await gather(seq, 1, { waits: false })
  const isNextTaken =
    next.rows.length > 0 &&
    (await deliver(next.rows).then(
      () => true,
      () => false,
    ))
  if (!isNextTaken) return undefined
  const why = detail ?? message
  const since = new Date(stuck.since).toISOString()
  tell(`export ${name}: ${row.id} is PASSED OVER: refused since ${since} (${why}), while what follows is taken`)
  return [...untaken, { id: row.id, seq: row.seq, at: now(), why }]
}

/** Puts all that a day file holds of a session under a new key, in slices. Destroys no key: it says which are to go, none that something is under still. */
import { point } from '../../points.ts'
import type { Day } from './day.ts'
import { inSlices, type Sliced, whole } from './sliced.ts'

/** Exchanges of a session that are read at a time. */
const SEQS_AT_ONCE = 1000

/** An exchange by the seqs of its opening and its ending. */
interface Opened {
  readonly seq: number
  readonly closing: number | null
}

/**
 * The keys that the session had are doomed with the last slice, but for those of rows that cannot be opened now: they stay, for
 * their key may be here again one day. How many rows. `session`: its term, null for what belongs to none.
 */
export function* rekeyDay(day: Day, session: number | null): Sliced<number> {
  const had = new Set(day.keys.of(session))
  const stay = new Set<number>()
  const key = yield* whole(() => day.transaction(() => day.keys.renew(session)))
  point('rekey.renewed')
  let rows = 0
  for (let after = 0, seqs = seqsOf(day, session, after); seqs.length > 0; seqs = seqsOf(day, session, after)) {
    rows += yield* inSlices(
      day,
      seqs,
      (of) => reseal(day, { session, key, stay }, of),
      () => point('rekey.some'),
    )
    after = seqs.at(-1)?.seq ?? after
  }
  rows += yield* whole(() => day.transaction(() => doom(day, session, { had, stay })))
  point('rekey.durable')
  return rows
}

function seqsOf({ file }: Day, session: number | null, after: number): Opened[] {
  const of = session === null ? 'session IS NULL' : `session = ${session}`
  const sql = `SELECT seq, closing FROM exchanges WHERE ${of} AND seq > ? ORDER BY seq LIMIT ${SEQS_AT_ONCE}`
  return file.all<Opened>(sql, after)
}

/** `stay` is told the keys of what stays under another than the new one. */
interface Anew {
  readonly session: number | null
  readonly key: number
  readonly stay: Set<number>
}

const UNDER =
  'SELECT key FROM bodies WHERE seq = ?1 UNION SELECT key FROM edits WHERE seq = ?1 UNION SELECT key FROM originals WHERE seq = ?1'

function reseal(day: Day, { session, key, stay }: Anew, { seq, closing }: Opened): number {
  const rows = [day.bodies, day.edits, day.originals]
  const seqs = closing === null ? [seq] : [seq, closing]
  const count = seqs.reduce((sum, one) => rows.reduce((more, each) => more + each.reseal(session, one, key), sum), 0)
  for (const one of seqs) for (const under of day.file.all<{ key: number }>(UNDER, one)) stay.add(under.key)
  return count
}

function doom(
  { flight, keys }: Day,
  session: number | null,
  { had, stay }: Record<'had' | 'stay', Set<number>>,
): number {
  const rows = flight.reseal(session, had)
  const flying = flight.keys()
  keys.doom([...had].filter((key) => !stay.has(key) && !flying.has(key)))
  point('rekey.written')
  return rows
}

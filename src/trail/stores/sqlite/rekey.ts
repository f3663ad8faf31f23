/** Puts all that a day file holds of a session under a new key, in slices. Destroys no key: it says which are to go. */
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

/** The keys that the session had are doomed with the last slice. How many rows. `session`: its term, null for what belongs to none. */
export function* rekeyDay(day: Day, session: number | null): Sliced<number> {
  const doomed = new Set(day.keys.of(session))
  const key = yield* whole(() => day.transaction(() => day.keys.renew(session)))
  point('rekey.renewed')
  let rows = 0
  for (let after = 0, seqs = seqsOf(day, session, after); seqs.length > 0; seqs = seqsOf(day, session, after)) {
    rows += yield* inSlices(
      day,
      seqs,
      (of) => reseal(day, session, of, key),
      () => point('rekey.some'),
    )
    after = seqs.at(-1)?.seq ?? after
  }
  rows += yield* whole(() => day.transaction(() => doom(day, session, doomed)))
  point('rekey.durable')
  return rows
}

function seqsOf({ file }: Day, session: number | null, after: number): Opened[] {
  const of = session === null ? 'session IS NULL' : `session = ${session}`
  const sql = `SELECT seq, closing FROM exchanges WHERE ${of} AND seq > ? ORDER BY seq LIMIT ${SEQS_AT_ONCE}`
  return file.all<Opened>(sql, after)
}

function reseal(day: Day, session: number | null, { seq, closing }: Opened, key: number): number {
  const rows = [day.bodies, day.edits, day.originals]
  const seqs = closing === null ? [seq] : [seq, closing]
  return seqs.reduce((sum, one) => rows.reduce((more, each) => more + each.reseal(session, one, key), sum), 0)
}

function doom({ flight, keys }: Day, session: number | null, doomed: ReadonlySet<number>): number {
  const rows = flight.reseal(session, doomed)
  keys.doom(doomed)
  point('rekey.written')
  return rows
}

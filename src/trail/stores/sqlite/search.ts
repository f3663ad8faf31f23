/** Finds in the day files what is asked for by its name: exchanges, sessions, kinds of notes, lines. Reads; writes only indexes. */
import type { Note } from '#exchange'
import { ambiguous, MOST_NAMED } from '../../ambiguous.ts'
import { dayOfFile, holdsExchanges } from '../../dayfile.ts'
import { daysOfPrefix } from '../../days.ts'
import { Taken } from '../../seal/taken.ts'
import type { KeptOriginals, Origin, TakenBy } from '../../store.ts'
import type { Day, Indexed as Found } from './day.ts'
import type { Engine } from './engine.ts'
import type { FollowedRow, Row } from './protocol.ts'
import { each, type Sliced } from './sliced.ts'

/** Reads an engine's files. */
export class Search {
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  #day(name: string): Day {
    return this.#engine.folder.day(name)
  }

  /** The one exchange whose id begins so, with its bodies. @throws trail.ambiguous */
  exchange(prefix: string): Row | undefined {
    const only = this.#only(prefix)
    return only && this.#day(only.name).row(only.row, true)
  }

  /** Its sealed originals. @throws trail.ambiguous, Wanted, trail.key, trail.body */
  originals(prefix: string): KeptOriginals | undefined {
    const only = this.#only(prefix)
    if (!only) return undefined
    const { originals } = this.#day(only.name)
    const { seq, closing, exchange } = only.row
    const prompt = originals.read(seq)
    const reply = closing === null ? undefined : originals.read(closing)
    return { exchange, ...(prompt && { prompt }), ...(reply && { reply }) }
  }

  #only(prefix: string) {
    const { from, to } = daysOfPrefix(prefix)
    const names = this.#engine.folder.names().filter((name) => dayOfFile(name) >= from && dayOfFile(name) <= to)
    const sql = `SELECT seq, closing, exchange FROM exchanges WHERE exchange >= ? AND exchange < ? AND seq > 0 ORDER BY exchange DESC LIMIT ${MOST_NAMED + 1}`
    const found = names.flatMap((name) => {
      const rows = this.#day(name).file.all<Found & { exchange: string }>(sql, prefix, `${prefix}g`)
      return rows.map((row) => ({ name, row }))
    })
    const [only] = found
    if (found.length > 1) throw ambiguous(found.map(({ row }) => row.exchange))
    return only
  }

  /** The entry that erased an exchange, by the beginning of its id. */
  erasedBy(prefix: string): string | undefined {
    const { from, to } = daysOfPrefix(prefix)
    const names = this.#engine.folder.names().filter((name) => dayOfFile(name) >= from && dayOfFile(name) <= to)
    const sql = 'SELECT "by" FROM erased WHERE exchange >= ? AND exchange < ? AND seq > 0 LIMIT 1'
    for (const name of names) {
      const row = this.#day(name).file.get<{ by: string }>(sql, prefix, `${prefix}g`)
      if (row) return row.by
    }
    return undefined
  }

  /** What an entry erased, of the files that are still there: rows that `took` does not list are somebody else's. */
  takenBy(by: string, took?: readonly number[]): TakenBy {
    const taken = took && new Taken(took)
    const rows = this.#engine.folder.names().flatMap((file) =>
      this.#day(file)
        .file.all<{ seq: number; exchange: string }>('SELECT seq, exchange FROM erased WHERE "by" = ?', by)
        .flatMap((row) => (!taken || taken.has(row.seq) ? { ...row, file } : [])),
    )
    return {
      ids: [...new Set(rows.flatMap(({ exchange }) => (exchange === '' ? [] : exchange)))],
      notes: rows.flatMap(({ seq, exchange, file }) => (exchange === '' ? { seq, file } : [])),
    }
  }

  /** The exchanges of one session, oldest first. */
  *session(id: string): Sliced<Row[]> {
    const { folder } = this.#engine
    const names = folder.names().filter(holdsExchanges).reverse()
    const found = yield* each(names, (name) => {
      const day = folder.has(name) ? this.#day(name) : undefined
      const [term] = day?.terms.exactly('session', [id]) ?? []
      const rows = day && term !== undefined ? day.file.all<Found>(OF_SESSION, term) : []
      return rows.map((row) => ({ day: dayOfFile(name), row: day!.row(row, false) }))
    })
    return found
      .flat()
      .sort((a, b) => a.day.localeCompare(b.day) || a.row.seq - b.row.seq)
      .map(({ row }) => row)
  }

  /** Entries above a seq, in order. A file is looked into only where it may hold one of them. */
  following(after: number, limit: number): FollowedRow[] {
    const files = this.#engine.folder
      .names()
      .map((name) => ({ name, ...this.#engine.rangeOf(name) }))
      .filter(({ last }) => last > after)
      .map(({ name, first }) => ({ name, first: first > after ? first : this.#day(name).firstAbove(after) }))
      .sort((a, b) => a.first - b.first)
    const rows: FollowedRow[] = []
    for (const { name, first } of files) {
      if (rows.length >= limit && first > (rows[limit - 1]?.seq ?? 0)) break
      rows.push(...this.#day(name).file.all<FollowedRow>(FOLLOWING, after, limit))
      rows.sort((a, b) => a.seq - b.seq)
    }
    return rows.slice(0, limit)
  }

  /** Exchanges of one file whose reply brought any of these lines; none where the file is gone. */
  lines(file: string, prints: readonly string[], most: number): Origin[] {
    if (!this.#engine.folder.names().includes(file)) return []
    return this.#engine.upkeep.indexed(this.#day(file)).lines(prints, most)
  }

  /** Entries of one kind that belong to no exchange, oldest first, the last `newest`; their table was made for gaps. */
  notes(kind: Note['kind'], newest = Number.MAX_SAFE_INTEGER): { seq: number; json: string }[] {
    const rows: { seq: number; json: string }[] = []
    let last = ''
    for (const name of this.#engine.folder.names()) {
      const day = dayOfFile(name)
      if (rows.length >= newest && day !== last) break // one day may have several files
      last = day
      const sql =
        'SELECT seq, json FROM gaps JOIN entries USING (seq) WHERE kind = ? AND seq > 0 ORDER BY seq DESC LIMIT ?'
      this.#engine.passOver(() => {
        for (const row of this.#day(name).file.all<(typeof rows)[number]>(sql, kind, newest)) rows.push(row)
      })
    }
    return rows.sort((a, b) => a.seq - b.seq).slice(-newest)
  }
}

const OF_SESSION = 'SELECT seq, closing, exchange FROM exchanges WHERE session = ? AND seq > 0 ORDER BY seq'
const FOLLOWING = `SELECT e.seq, e.json, x.seq AS "of", o.json AS opening FROM entries e
  LEFT JOIN exchanges x ON x.exchange = CASE WHEN json_valid(e.json) THEN json_extract(e.json, '$.exchange') END
    AND x.seq <> e.seq AND x.seq > 0
  LEFT JOIN entries o ON o.seq = x.seq WHERE e.seq > ? ORDER BY e.seq LIMIT ?`

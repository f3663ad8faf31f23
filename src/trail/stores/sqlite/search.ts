/** Finds exchanges and sessions in the day files, newest first, by a cursor. Reads; writes only the index of words. */
import type { Note } from '#exchange'
import { ambiguous, MOST_NAMED } from '../../ambiguous.ts'
import { isBefore, type Position, parseCursor, printCursor } from '../../cursor.ts'
import { dayOfFile, holdsExchanges } from '../../dayfile.ts'
import { dayOf, daysOfPrefix } from '../../days.ts'
import { filters, fits, isMany } from '../../facets.ts'
import { type Key, type Query, VERDICTS } from '../../query.ts'
import type { KeptOriginals, Origin, Page, TakenBy } from '../../store.ts'
import type { Tokens } from '../../tokens.ts'
import { type Sought, soughtOf } from '../../words.ts'
import type { Day, Indexed as Found } from './day.ts'
import type { Engine } from './engine.ts'
import { misfiledIn } from './misfiled.ts'
import type { FollowedRow, Paged, Row, SessionRow } from './protocol.ts'

const NEXT_DAY = 86_400_000
/** Nothing is ever written before the first entry, and what stands there is shown nowhere: `verify` tells of it. */
const IS_PLACE = 'e.seq > 0'

/** Reads an engine's files. */
export class Search {
  readonly #engine: Engine
  readonly #tokens: Tokens

  constructor(engine: Engine, tokens: Tokens) {
    this.#engine = engine
    this.#tokens = tokens
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

  /** What an entry erased, of the files that are still there. */
  takenBy(by: string): TakenBy {
    const rows = this.#engine.folder.names().flatMap((file) =>
      this.#day(file)
        .file.all<{ seq: number; exchange: string }>('SELECT seq, exchange FROM erased WHERE "by" = ?', by)
        .map((row) => ({ ...row, file })),
    )
    return {
      ids: [...new Set(rows.flatMap(({ exchange }) => (exchange === '' ? [] : exchange)))],
      notes: rows.flatMap(({ seq, exchange, file }) => (exchange === '' ? { seq, file } : [])),
    }
  }

  /** @throws query.syntax for a cursor that is none */
  find(query: Query, { limit, before, file, checked = false }: Page): Paged<Row> {
    const start = before === undefined ? undefined : parseCursor(before)
    const rows: { row: Row; at: Position }[] = []
    for (const [day, all] of this.#byDay(query, start)) {
      const names = file === undefined ? all : all.filter((name) => name === file)
      const wanted = limit + 1 - rows.length
      const found = names.flatMap((name) => {
        const own = this.#findIn(name, query, boundIn(day, start), wanted)
        return checked ? own.map((row) => this.#checked(name, row)) : own
      })
      found.sort((a, b) => b.seq - a.seq)
      for (const row of found.slice(0, wanted)) rows.push({ row, at: { day, seq: row.seq } })
      if (rows.length > limit) break
    }
    return paged(rows, limit)
  }

  /** With what is wrong with the rows that it is found by. */
  #checked(name: string, row: Row): Row {
    const misfiled = misfiledIn(this.#day(name), row, this.#engine.proving.since)
    return misfiled === undefined ? row : { ...row, misfiled }
  }

  #findIn(name: string, query: Query, bound: number, limit: number): Row[] {
    const day = this.#day(name)
    const sql = this.#select(day, query, bound)
    if (sql === undefined) return []
    const found = sql.driven
      ? this.#driven(day, sql, limit)
      : day.file.once<Found>(`${sql.text} LIMIT ${limit}`, ...sql.values)
    return found.map((row) => day.row(row, false))
  }

  /** Prompt and reply of one exchange stand side by side in the index, so doubles are neighbours. */
  #driven(day: Day, { text, values }: Select, limit: number): Found[] {
    const rows = day.file.once<Found>(`${text} LIMIT ${2 * limit}`, ...values)
    return rows.filter(({ seq }, at) => rows[at - 1]?.seq !== seq).slice(0, limit)
  }

  /** The statement for one file; undefined where the file cannot hold an answer. */
  #select(day: Day, query: Query, bound: number): Select | undefined {
    const [first, ...others] = query.text.map(soughtOf).sort((a, b) => weight(b) - weight(a))
    const filter = this.#filter(day, query, others)
    if (!filter) return undefined
    const { clauses, values } = filter
    const where = [...clauses, `e.seq < ${bound}`, IS_PLACE].join(' AND ')
    const columns = 'SELECT e.seq AS seq, e.closing AS closing, e.exchange AS exchange FROM'
    if (!first) return { text: `${columns} exchanges e WHERE ${where} ORDER BY e.seq DESC`, values, driven: false }
    const join = 'words CROSS JOIN exchanges e ON e.seq = words.rowid >> 1'
    const bounded = bound === Number.MAX_SAFE_INTEGER ? '' : `AND words.rowid < ${2 * bound}`
    const text = `${columns} ${join} WHERE words MATCH ? ${bounded} AND ${where} ORDER BY words.rowid DESC`
    return { text, values: [this.#match(first), ...values], driven: true }
  }

  #filter(day: Day, query: Query, text: readonly Sought[]): { clauses: string[]; values: string[] } | undefined {
    const clauses: string[] = []
    const values: string[] = []
    if (query.after !== undefined) clauses.push(`e.at >= ${query.after}`)
    if (query.before !== undefined) clauses.push(`e.at < ${query.before}`)
    if (query.finding !== undefined) clauses.push(query.finding ? 'e.findings > 0' : 'e.findings = 0')
    for (const [key, patterns] of filters(query.where)) {
      const clause = clauseFor(day, key, patterns)
      if (clause === undefined) return undefined
      clauses.push(clause)
    }
    for (const [key, patterns] of filters(query.except)) {
      const clause = clauseFor(day, key, patterns)
      if (clause !== undefined) clauses.push(`(${clause}) IS NOT TRUE`)
    }
    if (query.text.length + query.without.length > 0) this.#engine.indexed(day)
    const holding = 'IN (SELECT rowid >> 1 FROM words WHERE words MATCH ?)'
    for (const sought of text) clauses.push(`e.seq ${holding}`) && values.push(this.#match(sought))
    for (const item of query.without) clauses.push(`e.seq NOT ${holding}`) && values.push(this.#match(soughtOf(item)))
    return { clauses, values }
  }

  /** An FTS5 expression over tokens: the parts one after another, or one identifier as a whole. */
  #match({ flow, run }: Sought): string {
    const phrase = `flow : "${flow.map((word) => this.#tokens.hex(word)).join(' ')}"`
    return run === undefined ? phrase : `${phrase} OR runs : "${this.#tokens.hex(run)}"`
  }

  /** Day files that may hold an answer, newest first, several retention classes of one day together. */
  #byDay(query: Query, start: Position | undefined): Map<string, string[]> {
    const from = query.after === undefined ? '' : dayOf(query.after - NEXT_DAY)
    const to = query.before === undefined ? '9' : dayOf(query.before + NEXT_DAY)
    const days = new Map<string, string[]>()
    for (const name of this.#engine.folder.names()) {
      const day = dayOfFile(name)
      if (day < from || day > to || (start && day > start.day) || !holdsExchanges(name)) continue
      days.set(day, [...(days.get(day) ?? []), name])
    }
    return days
  }

  /** @throws query.syntax for a cursor that is none */
  sessions(query: Query, { limit, before }: Page): Paged<SessionRow> {
    const start = before === undefined ? undefined : parseCursor(before)
    const rows: { row: SessionRow; at: Position }[] = []
    const seen = new Set<string>()
    for (const [day, names] of this.#byDay(query, undefined)) {
      for (const { session, top } of this.#sessionsIn(names, query)) {
        if (seen.has(session)) continue
        seen.add(session)
        const at = { day, seq: top }
        if (start && !isBefore(at, start)) continue
        rows.push({ row: this.#totals(session), at })
        if (rows.length > limit) return paged(rows, limit)
      }
    }
    return paged(rows, limit)
  }

  #sessionsIn(names: readonly string[], query: Query): { session: string; top: number }[] {
    const found = names.flatMap((name) => {
      const day = this.#day(name)
      const select = this.#select(day, query, Number.MAX_SAFE_INTEGER)
      if (!select) return []
      const sql = `SELECT t.value AS session, max(x.seq) AS top FROM (${select.text}) q JOIN exchanges x ON x.seq = q.seq
        JOIN terms t ON t.id = x.session GROUP BY x.session`
      return day.file.once<{ session: string; top: number }>(sql, ...select.values)
    })
    return found.sort((a, b) => b.top - a.top)
  }

  #totals(session: string): SessionRow {
    let totals: SessionRow | undefined
    for (const name of this.#engine.folder.names()) {
      const day = this.#day(name)
      const [term] = day.terms.like('session', [session])
      const figures = term === undefined ? undefined : day.file.get<Figures>(FIGURES, term)
      if (figures)
        totals = totals ? added(totals, figures) : { session, ...rest(figures), newest: day.listed(figures.seq) }
    }
    return totals!
  }

  /** The exchanges of one session, oldest first. */
  session(id: string): Row[] {
    const rows: Row[] = []
    for (const name of this.#engine.folder.names().reverse()) {
      const day = this.#day(name)
      const [term] = day.terms.like('session', [id])
      if (term === undefined) continue
      const sql = 'SELECT seq, closing, exchange FROM exchanges WHERE session = ? AND seq > 0 ORDER BY seq'
      for (const found of day.file.all<Found>(sql, term)) rows.push(day.row(found, false))
    }
    return rows
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
    return this.#engine.indexed(this.#day(file)).lines(prints, most)
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

const FOLLOWING = `SELECT e.seq, e.json, x.seq AS "of", o.json AS opening FROM entries e
  LEFT JOIN exchanges x ON x.exchange = CASE WHEN json_valid(e.json) THEN json_extract(e.json, '$.exchange') END
    AND x.seq <> e.seq AND x.seq > 0
  LEFT JOIN entries o ON o.seq = x.seq WHERE e.seq > ? ORDER BY e.seq LIMIT ?`

interface Select {
  readonly text: string
  readonly values: readonly string[]
  /** Whether the index of words leads, so that an exchange may come twice. */
  readonly driven: boolean
}

interface Figures {
  readonly seq: number
  readonly exchanges: number
  readonly first: number
  readonly last: number
  readonly findings: number
  readonly input: number
  readonly output: number
}

const FIGURES = `SELECT max(seq) AS seq, count(*) AS exchanges, min(at) AS first, max(at) AS last,
  sum(findings) AS findings, sum(input) AS input, sum(output) AS output FROM exchanges WHERE session = ? AND seq > 0
  GROUP BY session`

const rest = ({ exchanges, first, last, findings, input, output }: Figures) => ({
  exchanges,
  first,
  last,
  findings,
  input,
  output,
})

const added = (totals: SessionRow, older: Figures): SessionRow => ({
  ...totals,
  exchanges: totals.exchanges + older.exchanges,
  first: Math.min(totals.first, older.first),
  last: Math.max(totals.last, older.last),
  findings: totals.findings + older.findings,
  input: totals.input + older.input,
  output: totals.output + older.output,
})

/** What a file must hold for one key; undefined where it holds no such value. */
function clauseFor(day: Day, key: Key, patterns: readonly string[]): string | undefined {
  const ids = day.terms.like(key, patterns)
  if (isMany(key)) return ids.length ? `e.seq IN (SELECT seq FROM rules WHERE term ${among(ids)})` : undefined
  const clauses = ids.length ? [`e."${key}" ${among(ids)}`] : []
  if (key === 'verdict') clauses.push(...outcomeClauses(patterns))
  return clauses.length ? `(${clauses.join(' OR ')})` : undefined
}

const OUTCOMES = VERDICTS.filter((verdict) => verdict !== 'masked')

function outcomeClauses(patterns: readonly string[]): string[] {
  const outcomes = OUTCOMES.filter((outcome) => fits(patterns, outcome))
  return [
    ...(outcomes.length ? [`e.outcome IN (${outcomes.map((outcome) => `'${outcome}'`).join(', ')})`] : []),
    ...(fits(patterns, 'masked') ? ['e.masked = 1'] : []),
  ]
}

const among = (ids: readonly number[]): string => (ids.length === 1 ? `= ${ids[0]}` : `IN (${ids.join(', ')})`)

const boundIn = (day: string, start: Position | undefined): number =>
  start?.day === day ? start.seq : Number.MAX_SAFE_INTEGER

/** Longer words are rarer, as a rule, and phrases rarer still: the rarest leads. */
const weight = ({ flow }: Sought): number => flow.reduce((total, word) => total + word.length, 0)

function paged<Item>(rows: readonly { row: Item; at: Position }[], limit: number): Paged<Item> {
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)
  return { rows: kept.map(({ row }) => row), ...(last && rows.length > limit && { next: printCursor(last.at) }) }
}

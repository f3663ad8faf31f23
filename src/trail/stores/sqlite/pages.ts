/**
 * Pages of exchanges and of sessions, newest first, in slices that others go between: a stretch of one day after another, until
 * the page is full. Reads; writes only the index of words.
 */
import { isBefore, type Position, parseCursor, printCursor } from '../../cursor.ts'
import { dayOfFile, holdsExchanges } from '../../dayfile.ts'
import { dayOf } from '../../days.ts'
import type { Query } from '../../query.ts'
import type { Page } from '../../store.ts'
import type { Tokens } from '../../tokens.ts'
import type { Day, Indexed } from './day.ts'
import type { Engine } from './engine.ts'
import { misfiledIn } from './misfiled.ts'
import { isPhrase, planOf } from './plan.ts'
import type { Paged, Row, SessionRow } from './protocol.ts'
import { type Select, selectOf } from './select.ts'
import { isOver, type Sliced, whole } from './sliced.ts'
import type { Range, Stretch } from './stretch.ts'
import { totalsOf } from './totals.ts'

const NEXT_DAY = 86_400_000
/** So many seqs are looked through at a time: first, at least and at most. More once that is quick, fewer once it takes long, in ms. */
const SEQS = { first: 2 ** 15, least: 2 ** 10, most: 2 ** 20 } as const
const MS = { quick: 3, long: 8 } as const
/** After so many steps all that waits for the index of words is taken up at once: what comes meanwhile must not hold up the search. */
const STEPS = 32

/** What a row of an answer is, and what it takes for one more stretch to be asked. */
interface Asked<Found> {
  readonly query: Query
  /** UTC. */
  readonly day: string
  /** Undefined from a file that does not stand for it. */
  rows(select: Select, stretch: Stretch): Found[]
  /** Takes what a stretch of a day has, newest first; whether that is enough. */
  take(found: readonly Found[]): boolean
}

interface Placed<Item> {
  readonly item: Item
  readonly at: Position
}

export class Pages {
  readonly #engine: Engine
  readonly #tokens: Tokens
  /** How many seqs are looked through next. */
  #seqs: number

  constructor(engine: Engine, tokens: Tokens, seqs: number = SEQS.first) {
    this.#engine = engine
    this.#tokens = tokens
    this.#seqs = seqs
  }

  /** @throws query.syntax for a cursor that is none */
  *find(query: Query, { limit, before, file, checked = false }: Page): Sliced<Paged<Row>> {
    const start = before === undefined ? undefined : parseCursor(before)
    const since = checked ? yield* whole(() => this.#engine.proving.since) : 0
    const page: Placed<Row>[] = []
    const most = () => limit + 1 - page.length
    const shown = (day: Day, row: Row): Row => {
      const misfiled = checked ? misfiledIn(day, row, since) : undefined
      return misfiled === undefined ? row : { ...row, misfiled }
    }
    for (const [day, all] of this.#byDay(query, start)) {
      const names = file === undefined ? all : all.filter((name) => name === file)
      const full = yield* this.#through(names, boundIn(day, start), {
        ...{ query, day },
        rows: (select, stretch) => exchangesIn(select, stretch, most()),
        take(found) {
          for (const { row, of } of found.slice(0, most()))
            page.push({ item: shown(of, of.row(row, false)), at: { day, seq: row.seq } })
          return page.length > limit
        },
      })
      if (full) break
    }
    return paged(page, limit, (row) => row)
  }

  /** @throws query.syntax for a cursor that is none */
  *sessions(query: Query, { limit, before }: Page): Sliced<Paged<SessionRow>> {
    const start = before === undefined ? undefined : parseCursor(before)
    const page: Placed<string>[] = []
    const seen = new Set<string>()
    for (const [day, names] of this.#byDay(query, undefined)) {
      const full = yield* this.#through(names, Number.MAX_SAFE_INTEGER, {
        ...{ query, day },
        rows: sessionsIn,
        take(found) {
          for (const { session, row } of found) {
            const at = { day, seq: row.seq }
            if (!seen.has(session) && !(start && !isBefore(at, start))) page.push({ item: session, at })
            seen.add(session)
          }
          return page.length > limit
        },
      })
      if (full) break
    }
    const totals = yield* totalsOf(
      this.#engine.folder,
      page.slice(0, limit).map(({ item }) => item),
    )
    return paged(page, limit, (session) => totals.get(session))
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

  /** Looks through the files of one day, stretch by stretch below `bound`; whether what was asked is enough. */
  *#through<Found extends { readonly row: { readonly seq: number } }>(
    names: readonly string[],
    bound: number,
    asked: Asked<Found>,
  ): Sliced<boolean> {
    const { query } = asked
    if (query.text.length + query.without.length > 0) for (const name of names) yield* this.#indexed(name)
    const range = isWithin(asked.day, query) ? undefined : query
    if (range) for (const name of names) yield* this.#learnt(name)
    for (let below = bound; ; ) {
      const selects = this.#selects(names, query) // anew in each slice: files come and go, and values with them
      do {
        const next = nextIn(selects, below, range)
        if (!next) return false
        const { to } = next
        const above = Math.max(next.above, to - (selects.some(isPhrased) ? SEQS.most : this.#seqs))
        if (asked.take(this.#timed(() => selects.flatMap((select) => asked.rows(select, { above, to }))))) return true
        below = above + 1
      } while (!isOver())
      yield
    }
  }

  /** Newest first; and the next stretch is as long as this one lets expect. */
  #timed<Found extends { readonly row: { readonly seq: number } }>(work: () => Found[]): Found[] {
    const began = performance.now()
    const found = work().sort((a, b) => b.row.seq - a.row.seq)
    const took = performance.now() - began
    if (took < MS.quick) this.#seqs = Math.min(2 * this.#seqs, SEQS.most)
    if (took > MS.long) this.#seqs = Math.max(this.#seqs / 2, SEQS.least)
    return found
  }

  #selects(names: readonly string[], query: Query): Select[] {
    const { folder } = this.#engine
    return names.flatMap((name) => (folder.has(name) ? (selectOf(folder.day(name), this.#tokens, query) ?? []) : []))
  }

  /** Finds out when the exchanges of a file were asked. */
  *#learnt(name: string): Sliced {
    const { folder } = this.#engine
    while (folder.has(name) && folder.day(name).times.learn()) if (isOver()) yield
  }

  /** Puts what waits into the index of words. */
  *#indexed(name: string): Sliced {
    const { folder } = this.#engine
    for (let step = 0; folder.has(name) && this.#engine.upkeep.indexSome(folder.day(name)); step++)
      if (step < STEPS && isOver()) yield
  }
}

/** A phrase is sought in all of a file at once. */
const isPhrased = ({ words, without }: Select): boolean => [...words, ...without].some(isPhrase)

/** The next seqs below `bound` that may have an answer, of whichever file has the highest; the others have theirs later. */
const nextIn = (selects: readonly Select[], bound: number, range: Range | undefined): Stretch | undefined =>
  selects.flatMap(({ day }) => day.times.below(bound, range) ?? []).sort((a, b) => b.to - a.to)[0]

/** Whether all that is in a file of that day is in the range of the query: the time of an exchange is its day's, give or take one. */
const isWithin = (day: string, { after, before }: Query): boolean =>
  (after === undefined || Date.parse(day) - NEXT_DAY >= after) &&
  (before === undefined || Date.parse(day) + 2 * NEXT_DAY <= before)

/** Prompt and reply of one exchange stand side by side in the index, so doubles are neighbours. */
function exchangesIn(select: Select, stretch: Stretch, most: number) {
  const { day } = select
  const plan = planOf(select, stretch)
  if (!plan) return []
  const { text, values, driven } = plan
  const sql = `SELECT e.seq AS seq, e.closing AS closing, e.exchange AS exchange FROM ${text}
    ORDER BY ${driven ? 'words.rowid' : 'e.seq'} DESC LIMIT ${driven ? 2 * most : most}`
  const rows = day.file.once<Indexed>(sql, ...values)
  const each = driven ? rows.filter(({ seq }, at) => rows[at - 1]?.seq !== seq) : rows
  return each.slice(0, most).map((row) => ({ row, of: day }))
}

function sessionsIn(select: Select, stretch: Stretch) {
  const { day } = select
  const plan = planOf(select, stretch)
  if (!plan) return []
  const sql = `SELECT e.session AS term, max(e.seq) AS seq FROM ${plan.text} AND e.session IS NOT NULL GROUP BY e.session`
  return day.file.once<{ term: number; seq: number }>(sql, ...plan.values).flatMap(({ term, seq }) => {
    const session = day.terms.value('session', term)
    return session === undefined ? [] : [{ session, row: { seq } }]
  })
}

const boundIn = (day: string, start: Position | undefined): number =>
  start?.day === day ? start.seq : Number.MAX_SAFE_INTEGER

/** A page of what was found, which is one more where another page follows. What is gone meanwhile is left out. */
function paged<Item, Shown>(
  found: readonly Placed<Item>[],
  limit: number,
  shown: (item: Item) => Shown | undefined,
): Paged<Shown> {
  const kept = found.slice(0, limit)
  const last = kept.at(-1)
  const rows = kept.flatMap(({ item }) => shown(item) ?? [])
  return { rows, ...(last && found.length > limit && { next: printCursor(last.at) }) }
}

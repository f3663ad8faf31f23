/** Holds what exchanges and notes are found by in a day file against its entries. Says what differs; reads no word of the full text. */
import type { Ending, Entry, Opening } from '#exchange'
import { isEnding, isNote, isOpening, isOutcome, readEntry } from '../../entries.ts'
import { endingFacets, type Found, foundIn, type ManyValues, openingFacets } from '../../facets.ts'
import type { Day } from './day.ts'
import { TERM_KEYS } from './schema.ts'

const COLUMNS = `seq, exchange, closing, at, outcome, findings, masked, input, output, ${TERM_KEYS.map((key) => `"${key}"`).join(', ')}`
const IN_SPAN = `SELECT ${COLUMNS} FROM exchanges WHERE seq >= ? AND seq < ?`
/** Rows of exchanges for their ends, with the opening's JSON and the findings that redactions added since. */
const ENDED = `SELECT x.seq AS seq, exchange, closing, outcome, findings, masked, input, output, json AS opening,
  (SELECT sum(CASE WHEN json_valid(r.findings) THEN json_array_length(r.findings) END) FROM redacted r WHERE r.seq IN (x.seq, x.closing)) AS since
  FROM exchanges x LEFT JOIN entries ON entries.seq = x.seq WHERE exchange IN (SELECT value FROM json_each(?))`
const KINDS = 'SELECT seq, kind FROM gaps WHERE seq >= ? AND seq < ?'
const OUTCOME = 'SELECT 1 FROM outcomes JOIN exchanges x ON x.seq = of WHERE x.exchange = ? AND outcomes.seq = ?'
const MARKED = 'SELECT 1 FROM terms t JOIN rules r ON r.term = t.id WHERE t.key = ? AND t.value = ? AND r.seq = ?'
const OF_NOTHING = `SELECT x.seq FROM exchanges x LEFT JOIN entries e ON e.seq = x.seq WHERE e.seq IS NULL OR e.json = ''
  UNION ALL SELECT x.seq FROM erased x LEFT JOIN entries e ON e.seq = x.seq WHERE e.seq IS NULL
  UNION ALL SELECT x.seq FROM redacted x LEFT JOIN entries e ON e.seq = x.seq WHERE e.seq IS NULL
  UNION ALL SELECT x.seq FROM edits x LEFT JOIN entries e ON e.seq = x.seq WHERE e.seq IS NULL OR e.json = ''
  UNION ALL SELECT o.of FROM outcomes o LEFT JOIN exchanges x ON x.seq = o.of WHERE x.seq IS NULL LIMIT 1`

type TermKey = (typeof TERM_KEYS)[number]

type Row = Readonly<Record<TermKey, number | null>> & {
  readonly seq: number
  readonly exchange: string
  readonly closing: number | null
  readonly at: number
  readonly outcome: string | null
  readonly findings: number
  readonly masked: number
  readonly input: number
  readonly output: number
}

interface EndedRow
  extends Pick<Row, 'seq' | 'exchange' | 'closing' | 'outcome' | 'findings' | 'masked' | 'input' | 'output'> {
  readonly opening: string | null
  readonly since: number | null
}

/** An entry of a place. */
interface At {
  readonly seq: number
  readonly entry: Readonly<Record<string, unknown>>
}

/** The index of one day file over some seqs. */
export class Indexed {
  readonly #day: Day
  readonly #since: number
  readonly #rows: ReadonlyMap<number, Row>
  readonly #kinds: ReadonlyMap<number, string>
  /** Of openings that were looked at: their ends ask for them. */
  readonly #openings = new Map<number, Found>()
  #ended: ReadonlyMap<string, EndedRow> = new Map()

  /** @param since of entries up to it only their places are looked at: what they were found by then is not known here */
  constructor(day: Day, [from, to]: readonly [from: number, to: number], since: number) {
    this.#day = day
    this.#since = since
    this.#rows = new Map(day.file.all<Row>(IN_SPAN, from, to).map((row) => [row.seq, row]))
    const kinds = day.file.all<{ seq: number; kind: string }>(KINDS, from, to)
    this.#kinds = new Map(kinds.map(({ seq, kind }) => [seq, kind]))
  }

  /** A row of the index that stands for no entry, anywhere in the file. */
  ofNothing(): string | undefined {
    const row = this.#day.file.get<{ seq: number }>(OF_NOTHING)
    return row && `a row of the index tells of entry ${row.seq}, which is not there`
  }

  /** What is wrong with the rows that entries of the span are found by, by their seqs; of those with which nothing is, nothing. */
  wrong(entries: readonly At[]): ReadonlyMap<number, string> {
    const ends = entries.flatMap(({ entry }) => (isEnding(entry as unknown as Entry) ? [entry['exchange']] : []))
    const rows = ends.length > 0 ? this.#day.file.all<EndedRow>(ENDED, JSON.stringify(ends)) : []
    this.#ended = new Map(rows.map((row) => [row.exchange, row]))
    return new Map(
      entries.flatMap(({ seq, entry }) => {
        const wrong = this.#told(seq, entry as unknown as Entry)
        return wrong === undefined ? [] : [[seq, wrong]]
      }),
    )
  }

  #told(seq: number, entry: Entry): string | undefined {
    try {
      return this.#wrong(seq, entry)
    } catch (error) {
      if (error instanceof TypeError) return 'its entry has no such form'
      throw error
    }
  }

  #wrong(seq: number, entry: Entry): string | undefined {
    if (isOpening(entry)) return this.#ofOpening(seq, entry)
    if (this.#rows.has(seq)) return 'the index has it for the beginning of an exchange'
    if (isNote(entry)) return this.#kinds.get(seq) === entry.kind ? undefined : 'the index of notes has not its kind'
    if (!isOutcome(entry)) return this.#ofEnding(seq, entry)
    return this.#day.file.get(OUTCOME, entry.exchange, seq) ? undefined : 'the index has it at no exchange'
  }

  #ofOpening(seq: number, opening: Opening): string | undefined {
    const row = this.#rows.get(seq)
    if (!row || row.exchange !== opening.exchange) return 'its exchange is not in the index'
    if (row.at !== opening.at) return 'the index has another time'
    const known = openingFacets(opening)
    this.#openings.set(seq, known)
    if (row.closing === null && row.outcome !== (known.outcome ?? null)) return 'the index has another outcome'
    if (seq <= this.#since) return undefined
    const other = TERM_KEYS.find((key) => this.#value(key, row[key]) !== known.facets[key])
    return other === undefined ? this.#marked(known.many, seq) : `the index has another ${other}`
  }

  #value(key: TermKey, term: number | null): string | undefined {
    return term === null ? undefined : (this.#day.terms.value(key, term) ?? '')
  }

  #marked(many: ManyValues, seq: number): string | undefined {
    for (const [key, values] of Object.entries(many))
      for (const value of values) if (!this.#day.file.get(MARKED, key, value, seq)) return `the index lacks a ${key}`
    return undefined
  }

  #openingOf({ seq, opening }: EndedRow): Found | undefined {
    const json = opening ?? this.#day.json(seq)
    const entry = readEntry(json)
    return entry && isOpening(entry) ? foundIn(entry.findings) : undefined
  }

  #ofEnding(seq: number, ending: Ending): string | undefined {
    const row = this.#ended.get(ending.exchange)
    if (row?.closing !== seq) return 'the index has not its end'
    const known = endingFacets(ending)
    if (row.outcome !== known.outcome) return 'the index has another outcome'
    if (seq <= this.#since) return undefined
    if (row.input !== known.input || row.output !== known.output) return 'the index has other tokens'
    const begun = this.#openings.get(row.seq) ?? this.#openingOf(row)
    if (!begun) return undefined // what took its opening is told there
    if (row.findings !== begun.findings + known.findings + (row.since ?? 0)) return 'the index has other findings'
    if (row.masked !== Number(begun.masked || known.masked)) return 'the index has other findings'
    return this.#marked(known.many, row.seq)
  }
}

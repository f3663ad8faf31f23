/** One day's file: entries, bodies, the index of words, reply bytes in flight. Removable as a whole; knows no other day. */
import { basename } from 'node:path'
import { Fault } from '#exchange'
import { holdsExchanges } from '../../dayfile.ts'
import { readEntry } from '../../entries.ts'
import type { EndingFacets } from '../../facets.ts'
import { point } from '../../points.ts'
import { withDerived } from '../../prints.ts'
import { FIELDS, type Field, parseSalts, printSalts, saltOf } from '../../seal/leaf.ts'
import type { Origin } from '../../store.ts'
import { spell, type Tokens } from '../../tokens.ts'
import { wordsOf } from '../../words.ts'
import { Bodies, type BodyRow, UNREADABLE } from './bodies.ts'
import { DayKeys } from './day-keys.ts'
import { EditRows } from './edit-rows.ts'
import { lineOfFault } from './faults.ts'
import { File } from './file.ts'
import { FlightRows } from './flight-rows.ts'
import type { Keys } from './keys.ts'
import { Originals } from './originals.ts'
import type { FaultLine, Line, RedactedRow, Row } from './protocol.ts'
import { FORMAT, NOTES_FORMAT, TERM_KEYS } from './schema.ts'
import { Times } from './stretch.ts'
import { Terms } from './terms.ts'

const COLUMNS = [...TERM_KEYS, 'outcome', 'findings', 'masked', 'input', 'output'].map((name) => `"${name}"`)
const OPEN = `INSERT OR IGNORE INTO exchanges(seq, exchange, at, ${COLUMNS.join(', ')})
  VALUES (?, ?, ?, ${COLUMNS.map(() => '?').join(', ')})`
const END = `UPDATE exchanges SET closing = ?, outcome = ?, findings = findings + ?, masked = max(masked, ?), input = ?,
  output = ? WHERE exchange = ? AND outcome IS NULL RETURNING seq, session`
const OUTCOMES_OF = 'SELECT json FROM outcomes JOIN entries USING (seq) WHERE of = ? AND seq > 0 ORDER BY seq'

const REDACTED = 'SELECT seq, "by", findings FROM redacted WHERE seq IN (?, ?) ORDER BY "by"'
/** An entry as it lies in its file. `salt`: as `printSalts` wrote it. */
export interface EntryRow {
  readonly seq: number
  readonly json: string
  readonly salt: Uint8Array | null
}

/** Where an entry belongs: its exchange by the seq of its opening, and its session’s term. */
interface Place {
  readonly seq: number
  readonly session: number | null
}

/** An exchange as the index has it. */
export interface Indexed {
  readonly seq: number
  readonly closing: number | null
  readonly exchange: unknown
}

/** What an entry brings in bytes. */
interface Stored {
  readonly body?: Uint8Array | undefined
  readonly original?: Uint8Array | undefined
}

/** The open file of one UTC day and retention class. */
export class Day {
  readonly file: File
  readonly keys: DayKeys
  readonly bodies: Bodies
  readonly #tokens: Tokens
  readonly edits: EditRows
  readonly originals: Originals
  readonly terms: Terms
  readonly flight: FlightRows
  readonly times: Times
  #waiting = 0
  #waitingBytes = 0
  #counted = false

  /** @throws trail.locked, trail.newer, trail.unavailable, trail.broken */
  constructor(path: string, tokens: Tokens, keys: Keys) {
    this.file = new File(path, holdsExchanges(basename(path)) ? FORMAT : NOTES_FORMAT, keys.file.isReadOnly)
    this.keys = new DayKeys(this.file, keys)
    this.bodies = new Bodies(this.file, this.keys)
    this.terms = new Terms(this.file)
    this.times = new Times(this.file)
    this.flight = new FlightRows(this.file, this.keys, this.terms)
    this.#tokens = tokens
    this.originals = new Originals(this.file, this.keys)
    this.edits = new EditRows(this.file, this.keys, tokens.prints)
  }

  #count(sql: string): number {
    return this.file.get<{ count: number | null }>(sql)?.count ?? 0
  }

  /** How many texts wait for the index of words, and edits for that of lines. */
  get waiting(): number {
    this.#countWaiting()
    return this.#waiting
  }

  /** Bytes of their tokens: what the file grows by until they are taken up, and their room is used again. */
  get waitingBytes(): number {
    this.#countWaiting()
    return this.#waitingBytes
  }

  #countWaiting(): void {
    if (this.#counted) return
    this.#waiting = this.#count('SELECT count(*) AS count FROM unindexed') + this.edits.waiting
    this.#waitingBytes = this.#count('SELECT sum(length(flow) + length(runs)) AS count FROM unindexed')
    this.#counted = true
  }

  get seq(): number {
    return this.#count('SELECT max(seq) AS count FROM entries')
  }

  /** The lowest seq of its entries above `after`; 0 where there is none. */
  firstAbove(after: number): number {
    return (
      this.file.get<{ first: number | null }>('SELECT min(seq) AS first FROM entries WHERE seq > ?', after)?.first ?? 0
    )
  }

  get flightId(): number {
    return this.#count('SELECT max(id) AS count FROM flight')
  }

  /** Runs `work` as one durable transaction. What was learnt in one that failed is forgotten. */
  transaction<Result>(work: () => Result): Result {
    const before = [this.waiting, this.waitingBytes] as const
    try {
      const result = this.file.transaction(work)
      this.keys.settled()
      return result
    } catch (error) {
      this.keys.forget()
      this.terms.forget()
      this.bodies.forget()
      ;[this.#waiting, this.#waitingBytes] = before
      throw error
    }
  }

  /** A line with the fingerprints of what its reply brought, which its JSON says the digest of. */
  derive(line: Line): Line {
    if (line.part !== 'ending' || !line.edits) return line
    const derived = this.edits.derive(line.edits)
    return { ...line, json: withDerived(line.json, derived.digests), derived }
  }

  /**
   * Writes one entry with its body as `seq`, and the root of its salts. Nothing is written where its exchange has no
   * `place` for it, or where the body that its own is like is not here, so that it must be given `whole`.
   */
  write(
    line: Line,
    seq: number,
    { body, original }: Stored,
    salt: Uint8Array | null,
  ): 'written' | 'no place' | 'whole' {
    const session = line.part === 'opening' ? this.terms.id('session', line.facets.facets.session) : null
    if (line.like && !this.bodies.canMake(line.like, session)) return 'whole'
    const place = this.#place(line, seq, session)
    if (!place) return 'no place'
    this.file.run('INSERT INTO entries VALUES (?, ?, ?)', seq, line.json, salt)
    if (line.part === 'note') this.file.run('INSERT INTO gaps VALUES (?, ?)', seq, line.kind)
    const owner = { seq, exchange: line.exchange, session: place.session, isPrompt: line.part === 'opening' }
    if (body) this.bodies.keep(owner, body, line.like)
    if (original) this.originals.keep(seq, owner.session, original)
    if (line.text) this.#shelve(2 * place.seq + (line.part === 'ending' ? 1 : 0), line.text)
    if (line.part === 'ending' && line.derived && this.edits.keep(seq, owner.session, line.derived)) this.#waiting += 1
    return 'written'
  }

  /** The exchange that an entry belongs to, or its own place where it belongs to none; undefined where it does not fit. */
  #place(line: Line, seq: number, session: number | null): Place | undefined {
    if (line.part === 'opening') return this.#open(line, seq) ? { seq, session } : undefined
    if (line.part === 'ending') return this.#end(line, seq)
    return line.part === 'outcome' ? this.#tell(line, seq) : { seq, session: null }
  }

  #tell({ exchange, many }: Line & { part: 'outcome' }, seq: number): Place | undefined {
    const found = this.file.get<Place>('SELECT seq, session FROM exchanges WHERE exchange = ?', exchange)
    if (!found) return undefined
    this.file.run('INSERT INTO outcomes VALUES (?, ?)', found.seq, seq)
    this.terms.mark(many, found.seq)
    return found
  }

  #open({ exchange, at, facets: known }: Line & { part: 'opening' }, seq: number): boolean {
    const terms = TERM_KEYS.map((key) => this.terms.id(key, known.facets[key]))
    const figures = [known.outcome ?? null, known.findings, known.masked ? 1 : 0, 0, 0]
    if (this.file.run(OPEN, seq, exchange, at, ...terms, ...figures).changes === 0) return false
    this.terms.mark(known.many, seq)
    return true
  }

  #end({ exchange, facets }: { exchange: string; facets: EndingFacets }, seq: number): Place | undefined {
    const { outcome, findings, masked, input, output } = facets
    const found = this.file.get<Place>(END, seq, outcome, findings, masked ? 1 : 0, input, output, exchange)
    if (found) this.terms.mark(facets.many, found.seq)
    return found
  }

  /** The tokens of a text become durable with their entry; the index takes them up later, many at a time. */
  #shelve(id: number, text: string): void {
    const { flow, runs } = wordsOf(text)
    if (flow.length === 0) return
    const packed = [this.#tokens.pack(flow), this.#tokens.pack(runs)] as const
    this.file.run('INSERT INTO unindexed VALUES (?, ?, ?)', id, ...packed)
    this.#waiting += 1
    this.#waitingBytes += packed[0].length + packed[1].length
  }

  /** Moves up to `most` texts into the index of words, or else edits into that of lines; whether any may be left. */
  index(most: number): boolean {
    if (this.#indexWords(most)) return true
    const moved = this.edits.index(most)
    this.#waiting -= moved
    return moved === most
  }

  #indexWords(most: number): boolean {
    const rows = this.file.all<{ id: number; flow: Uint8Array; runs: Uint8Array }>(
      'SELECT id, flow, runs FROM unindexed ORDER BY id LIMIT ?',
      most,
    )
    if (rows.length === 0) return false
    this.file.transaction(() => {
      const insert = 'INSERT INTO words(rowid, flow, runs) VALUES (?, ?, ?)'
      for (const { id, flow, runs } of rows) {
        this.file.run(insert, id, spell(flow), spell(runs))
        this.file.run('DELETE FROM unindexed WHERE id = ?', id)
      }
      point('index.written')
    })
    point('index.durable')
    this.#waiting -= rows.length
    this.#waitingBytes -= rows.reduce((sum, { flow, runs }) => sum + flow.byteLength + runs.byteLength, 0)
    return rows.length === most
  }

  /** The entries of one exchange, by the seq of its opening. */
  row({ seq, closing: end, exchange }: Indexed, withBodies: boolean): Row {
    const closing = end !== null && end > 0 ? end : null // before the first entry nobody wrote anything
    const opening = withBodies ? this.#read(seq) : {}
    const closed = withBodies && closing !== null ? this.#read(closing) : {}
    const ending = closing === null ? undefined : this.json(closing)
    const outcomes = this.file.all<{ json: string }>(OUTCOMES_OF, seq).map(({ json }) => json)
    const redactions = this.file.all<RedactedRow>(REDACTED, seq, closing ?? seq)
    const edits = withBodies && closing !== null ? this.edits.read(closing) : undefined
    return {
      ...{ seq, exchange },
      opening: this.json(seq),
      ...(ending !== undefined && closing !== null && { ending, closing }),
      ...(outcomes.length > 0 && { outcomes }),
      ...(redactions.length > 0 && { redactions }),
      ...(opening.body && { openingBody: opening.body }),
      ...(closed.body && { endingBody: closed.body }),
      ...(opening.fault && { openingFault: opening.fault }),
      ...(closed.fault && { endingFault: closed.fault }),
      ...(edits && { edits }),
    }
  }

  /** A body, or why it alone cannot be read. */
  #read(seq: number): { readonly body?: Uint8Array | undefined; readonly fault?: FaultLine } {
    try {
      return { body: this.bodies.read(seq) }
    } catch (error) {
      if (error instanceof Fault && UNREADABLE.has(error.code)) return { fault: lineOfFault(error) }
      throw error
    }
  }

  /** The entries of the exchange that opened as `seq`, without bodies. */
  listed(seq: number): Row {
    const found = this.file.get<Indexed>('SELECT seq, closing, exchange FROM exchanges WHERE seq = ?', seq)
    return this.row(found ?? { seq, closing: null, exchange: undefined }, false)
  }

  /** Exchanges whose reply brought any of these lines, the newest first. Only what is indexed. */
  lines(prints: readonly string[], most: number): Origin[] {
    const found = this.edits.find(prints, most)
    return found.flatMap(({ seq, prints: own }) => {
      const exchange = readEntry(this.json(seq))?.exchange
      return exchange === undefined ? [] : [{ exchange, seq, prints: own }]
    })
  }

  /** The entries from seq `from` to `to`, `to` exclusive, in their order. */
  entries(from: number, to: number): EntryRow[] {
    return this.file.all('SELECT seq, json, salt FROM entries WHERE seq >= ? AND seq < ? ORDER BY seq', from, to)
  }

  /** Gives a salt to an entry that has none yet, within a running transaction. */
  salt(seq: number, salt: Uint8Array): void {
    this.file.run('UPDATE entries SET salt = ? WHERE seq = ? AND salt IS NULL', salt, seq)
  }

  /**
   * Destroys the salt of one part of an entry, within a running transaction: nobody can tell any more what it was. `proven`
   * puts behind the salts that are left what proves them, of the entry's JSON.
   */
  unsalt(seq: number, part: Field, proven: (salts: Uint8Array, json: string) => Uint8Array): void {
    const [row] = this.entries(seq, seq + 1)
    if (!row?.salt) return
    const salts = parseSalts(row.salt)
    const left = Object.fromEntries(FIELDS.filter((name) => name !== part).map((name) => [name, saltOf(name, salts)]))
    this.file.run('UPDATE entries SET salt = ? WHERE seq = ?', proven(printSalts(left), row.json), seq)
  }

  /** The body of one entry, whole; undefined where it has none. @throws Wanted, trail.broken, trail.key, trail.body */
  body(seq: number): Uint8Array | undefined {
    return this.bodies.read(seq)
  }

  /** The same of its row. */
  bodyFrom(row: BodyRow, seq: number): Uint8Array {
    return this.bodies.readFrom(row, seq)
  }

  /** Empty where there is no such entry, though a row of the index tells of one: `verify` says so. */
  json(seq: number): string {
    return this.file.get<{ json: string }>('SELECT json FROM entries WHERE seq = ?', seq)?.json ?? ''
  }

  /** Gives back what it only remembers. */
  rest(): void {
    this.file.narrow()
    this.terms.forget()
  }

  close(): void {
    this.file.close()
  }
}

/** One day's file: entries, bodies, the index of words, reply bytes in flight. Removable as a whole; knows no other day. */
import { Fault } from '#exchange'
import type { EndingFacets } from '../../facets.ts'
import { spell, type Tokens } from '../../tokens.ts'
import { wordsOf } from '../../words.ts'
import { Bodies } from './bodies.ts'
import { File } from './file.ts'
import type { Line, Row } from './protocol.ts'
import { FORMAT, TERM_KEYS } from './schema.ts'
import { Terms } from './terms.ts'

const COLUMNS = [...TERM_KEYS, 'outcome', 'findings', 'masked', 'input', 'output'].map((name) => `"${name}"`)
const OPEN = `INSERT OR IGNORE INTO exchanges(seq, exchange, at, ${COLUMNS.join(', ')})
  VALUES (?, ?, ?, ${COLUMNS.map(() => '?').join(', ')})`
const OUTCOMES_OF = 'SELECT json FROM outcomes JOIN entries USING (seq) WHERE of = ? ORDER BY seq'

/** The open file of one UTC day and retention class. */
export class Day {
  readonly file: File
  readonly #bodies: Bodies
  readonly #tokens: Tokens
  readonly terms: Terms
  #waiting = 0
  #waitingBytes = 0
  #unsure = true

  /** @throws trail.locked, trail.newer, trail.unavailable, trail.broken */
  constructor(path: string, tokens: Tokens) {
    this.file = new File(path, FORMAT)
    this.#bodies = new Bodies(this.file)
    this.terms = new Terms(this.file)
    this.#tokens = tokens
  }

  #count(sql: string): number {
    return this.file.get<{ count: number | null }>(sql)?.count ?? 0
  }

  /** How many texts wait for the index of words. */
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
    if (!this.#unsure) return
    this.#waiting = this.#count('SELECT count(*) AS count FROM unindexed')
    this.#waitingBytes = this.#count('SELECT sum(length(flow) + length(runs)) AS count FROM unindexed')
    this.#unsure = false
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
    try {
      return this.file.transaction(work)
    } catch (error) {
      this.terms.forget()
      this.#bodies.forget()
      this.#unsure = true
      throw error
    }
  }

  /**
   * Writes one entry with its body as `seq`. Nothing is written where its exchange has no `place` for it, or where the
   * body that its own is like is not here, so that it must be given `whole`.
   */
  write(line: Line, seq: number, body: Uint8Array | undefined): 'written' | 'no place' | 'whole' {
    const session = line.part === 'opening' ? this.terms.id('session', line.facets.facets.session) : null
    if (line.like && !this.#bodies.canMake(line.like, session)) return 'whole'
    const at = this.#place(line, seq)
    if (at === undefined) return 'no place'
    this.file.run('INSERT INTO entries VALUES (?, ?)', seq, line.json)
    if (line.part === 'note') this.file.run('INSERT INTO gaps VALUES (?, ?)', seq, line.kind)
    if (body) this.#bodies.keep({ seq, exchange: line.exchange, session }, body, line.like)
    if (line.text) this.#shelve(2 * at + (line.part === 'ending' ? 1 : 0), line.text)
    return 'written'
  }

  /** The seq of the exchange that an entry belongs to, its own where it belongs to none; undefined where it does not fit. */
  #place(line: Line, seq: number): number | undefined {
    if (line.part === 'opening') return this.#open(line, seq)
    if (line.part === 'ending') return this.#end(line, seq)
    return line.part === 'outcome' ? this.#tell(line, seq) : seq
  }

  #tell({ exchange, many }: Line & { part: 'outcome' }, seq: number): number | undefined {
    const found = this.file.get<{ seq: number }>('SELECT seq FROM exchanges WHERE exchange = ?', exchange)
    if (!found) return undefined
    this.file.run('INSERT INTO outcomes VALUES (?, ?)', found.seq, seq)
    this.terms.mark(many, found.seq)
    return found.seq
  }

  #open({ exchange, at, facets: known }: Line & { part: 'opening' }, seq: number): number | undefined {
    const terms = TERM_KEYS.map((key) => this.terms.id(key, known.facets[key]))
    const figures = [known.outcome ?? null, known.findings, known.masked ? 1 : 0, 0, 0]
    if (this.file.run(OPEN, seq, exchange, at, ...terms, ...figures).changes === 0) return undefined
    this.terms.mark(known.many, seq)
    return seq
  }

  #end({ exchange, facets }: { exchange: string; facets: EndingFacets }, seq: number): number | undefined {
    const find = 'SELECT seq FROM exchanges WHERE exchange = ? AND outcome IS NULL'
    const found = this.file.get<{ seq: number }>(find, exchange)
    if (!found) return undefined
    const { outcome, findings, masked, input, output } = facets
    const sql = `UPDATE exchanges SET closing = ?, outcome = ?, findings = findings + ?, masked = max(masked, ?),
      input = ?, output = ? WHERE seq = ?`
    this.file.run(sql, seq, outcome, findings, masked ? 1 : 0, input, output, found.seq)
    this.terms.mark(facets.many, found.seq)
    return found.seq
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

  /** Moves up to `most` texts into the index of words; whether any are left. */
  index(most: number): boolean {
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
    })
    this.#waiting -= rows.length
    this.#waitingBytes -= rows.reduce((sum, { flow, runs }) => sum + flow.byteLength + runs.byteLength, 0)
    return rows.length === most
  }

  /** The entries of one exchange, by the seq of its opening. */
  row({ seq, closing }: { seq: number; closing: number | null }, withBodies: boolean): Row {
    const openingBody = withBodies ? this.#bodies.read(seq) : undefined
    const endingBody = withBodies && closing !== null ? this.#bodies.read(closing) : undefined
    const ending = closing === null ? undefined : this.json(closing)
    const outcomes = this.file.all<{ json: string }>(OUTCOMES_OF, seq).map(({ json }) => json)
    return {
      seq,
      opening: this.json(seq),
      ...(ending !== undefined && closing !== null && { ending, closing }),
      ...(outcomes.length > 0 && { outcomes }),
      ...(openingBody && { openingBody }),
      ...(endingBody && { endingBody }),
    }
  }

  /** The entries of the exchange that opened as `seq`, without bodies. */
  listed(seq: number): Row {
    const found = this.file.get<{ closing: number | null }>('SELECT closing FROM exchanges WHERE seq = ?', seq)
    return this.row({ seq, closing: found?.closing ?? null }, false)
  }

  /** @throws trail.broken where there is no such entry */
  json(seq: number): string {
    const row = this.file.get<{ json: string }>('SELECT json FROM entries WHERE seq = ?', seq)
    if (!row) throw new Fault('trail.broken', `${this.file.name}: entry ${seq} is missing`)
    return row.json
  }

  close(): void {
    this.file.close()
  }
}

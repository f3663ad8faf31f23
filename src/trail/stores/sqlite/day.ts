/** One day's file: entries, bodies, the index of words, reply bytes in flight. Removable as a whole; knows no other day. */
import { Fault } from '#exchange'
import { type EndingFacets, fits } from '../../facets.ts'
import type { Key } from '../../query.ts'
import { spell, type Tokens } from '../../tokens.ts'
import { wordsOf } from '../../words.ts'
import { Bodies } from './bodies.ts'
import { File } from './file.ts'
import type { Line, Row } from './protocol.ts'

/** `seq` of an exchange is that of its opening. Words: row 2·seq is the prompt's, 2·seq + 1 the reply's. */
const FORMAT = {
  version: 2,
  oldest: 1,
  schema: `
    CREATE TABLE entries(seq INTEGER PRIMARY KEY, json TEXT NOT NULL);
    CREATE TABLE bodies(seq INTEGER PRIMARY KEY, coding INTEGER NOT NULL, size INTEGER NOT NULL, bytes BLOB NOT NULL);
    CREATE TABLE exchanges(seq INTEGER PRIMARY KEY, exchange TEXT NOT NULL UNIQUE, closing INTEGER, at INTEGER NOT NULL,
      user INTEGER, client INTEGER, connection INTEGER, model INTEGER, verdict INTEGER, repo INTEGER, session INTEGER,
      outcome TEXT, findings INTEGER NOT NULL, masked INTEGER NOT NULL, input INTEGER NOT NULL, output INTEGER NOT NULL);
    CREATE INDEX exchanges_user ON exchanges(user) WHERE user IS NOT NULL;
    CREATE INDEX exchanges_session ON exchanges(session) WHERE session IS NOT NULL;
    CREATE INDEX exchanges_open ON exchanges(seq) WHERE outcome IS NULL;
    CREATE TABLE terms(id INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE(key, value));
    CREATE TABLE rules(term INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(term, seq)) WITHOUT ROWID;
    CREATE TABLE gaps(seq INTEGER PRIMARY KEY);
    CREATE TABLE flight(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
    CREATE TABLE unindexed(id INTEGER PRIMARY KEY, flow BLOB NOT NULL, runs BLOB NOT NULL);
    CREATE VIRTUAL TABLE words USING fts5(flow, runs, content='', columnsize=0, detail=full, tokenize='ascii')`,
}

const TERM_KEYS = ['user', 'client', 'connection', 'model', 'verdict', 'repo', 'session'] as const

/** The open file of one UTC day and retention class. */
export class Day {
  readonly file: File
  readonly #bodies: Bodies
  readonly #tokens: Tokens
  readonly #terms = new Map<string, number>()
  #waiting = 0
  #waitingBytes = 0
  #unsure = true

  /** @throws trail.locked, trail.newer, trail.unavailable, trail.broken */
  constructor(path: string, tokens: Tokens) {
    this.file = new File(path, FORMAT)
    this.#bodies = new Bodies(this.file)
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

  get flightId(): number {
    return this.#count('SELECT max(id) AS count FROM flight')
  }

  /** Runs `work` as one durable transaction. What was learnt in one that failed is forgotten. */
  transaction<Result>(work: () => Result): Result {
    try {
      return this.file.transaction(work)
    } catch (error) {
      this.#terms.clear()
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
    const session = line.part === 'opening' ? this.#term('session', line.facets.facets.session) : null
    if (line.like && !this.#bodies.canMake(line.like, session)) return 'whole'
    const at = line.part === 'opening' ? this.#open(line, seq) : line.part === 'ending' ? this.#end(line, seq) : seq
    if (at === undefined) return 'no place'
    this.file.run('INSERT INTO entries VALUES (?, ?)', seq, line.json)
    if (line.part === 'note') this.file.run('INSERT INTO gaps VALUES (?)', seq)
    if (body) this.#bodies.keep({ seq, exchange: line.exchange, session }, body, line.like)
    if (line.text) this.#shelve(2 * at + (line.part === 'ending' ? 1 : 0), line.text)
    return 'written'
  }

  #open({ exchange, at, facets: known }: Line & { part: 'opening' }, seq: number): number | undefined {
    const terms = TERM_KEYS.map((key) => this.#term(key, known.facets[key]))
    const figures = [known.outcome ?? null, known.findings, known.masked ? 1 : 0, 0, 0]
    const sql = `INSERT OR IGNORE INTO exchanges VALUES (?, ?, NULL, ?, ${'?, '.repeat(7)}?, ?, ?, ?, ?)`
    if (this.file.run(sql, seq, exchange, at, ...terms, ...figures).changes === 0) return undefined
    this.#mark(known, seq)
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
    this.#mark(facets, found.seq)
    return found.seq
  }

  /** What an exchange may have many of; the table was made for rules. */
  #mark({ rules, secrets }: Pick<EndingFacets, 'rules' | 'secrets'>, seq: number): void {
    const insert = 'INSERT OR IGNORE INTO rules VALUES (?, ?)'
    for (const rule of rules) this.file.run(insert, this.#term('rule', rule), seq)
    for (const secret of secrets) this.file.run(insert, this.#term('secret', secret), seq)
  }

  /** A value as a number, so that rows are short. */
  #term(key: string, value: string | undefined): number | null {
    if (value === undefined) return null
    const name = `${key}\n${value}`
    const known = this.#terms.get(name)
    if (known !== undefined) return known
    this.file.run('INSERT OR IGNORE INTO terms(key, value) VALUES (?, ?)', key, value)
    const { id } = this.file.get<{ id: number }>('SELECT id FROM terms WHERE key = ? AND value = ?', key, value)!
    if (this.#terms.size > 10_000) this.#terms.clear()
    this.#terms.set(name, id)
    return id
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

  /** The numbers of the values of one key that fit any of the patterns. */
  termsLike(key: Key, patterns: readonly string[]): number[] {
    const plain = patterns.every((pattern) => !pattern.includes('*'))
    if (plain && (key === 'session' || key === 'secret')) return patterns.flatMap((value) => this.#known(key, value))
    const all = this.file.all<{ id: number; value: string }>('SELECT id, value FROM terms WHERE key = ?', key)
    return all.filter(({ value }) => fits(patterns, value)).map(({ id }) => id)
  }

  #known(key: Key, value: string): number[] {
    const row = this.file.get<{ id: number }>('SELECT id FROM terms WHERE key = ? AND value = ?', key, value)
    return row ? [row.id] : []
  }

  /** The entries of one exchange, by the seq of its opening. */
  row({ seq, closing }: { seq: number; closing: number | null }, withBodies: boolean): Row {
    const openingBody = withBodies ? this.#bodies.read(seq) : undefined
    const endingBody = withBodies && closing !== null ? this.#bodies.read(closing) : undefined
    const ending = closing === null ? undefined : this.json(closing)
    return {
      seq,
      opening: this.json(seq),
      ...(ending !== undefined && { ending }),
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

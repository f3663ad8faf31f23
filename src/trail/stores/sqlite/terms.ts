/** The values that an exchange can be found by, each kept once in its file under a number. Knows no entry. */
import { fits, MANY, type ManyValues } from '../../facets.ts'
import type { Key } from '../../query.ts'
import type { File } from './file.ts'

/** So many numbers are remembered; then all are forgotten. */
const MOST_KNOWN = 10_000

export class Terms {
  readonly #file: File
  readonly #numbers = new Map<string, number>()
  readonly #values = new Map<number, string>()

  constructor(file: File) {
    this.#file = file
  }

  /** A value as a number, so that rows are short. */
  id(key: Key, value: string | undefined): number | null {
    if (value === undefined) return null
    const name = `${key}\n${value}`
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    const made = this.#file.run('INSERT OR IGNORE INTO terms(key, value) VALUES (?, ?)', key, value)
    const id = made.changes > 0 ? made.id : this.#known(key, value)[0]!
    if (this.#numbers.size > MOST_KNOWN) this.#numbers.clear()
    this.#numbers.set(name, id)
    return id
  }

  /** The value of a key that a number stands for; undefined where it is no such key's. */
  value(key: Key, id: number): string | undefined {
    const name = `${key}\n`
    const known = this.#values.get(id) ?? this.#read(id)
    return known?.startsWith(name) ? known.slice(name.length) : undefined
  }

  #read(id: number): string | undefined {
    const row = this.#file.get<{ key: string; value: string }>('SELECT key, value FROM terms WHERE id = ?', id)
    if (!row) return undefined
    if (this.#values.size > MOST_KNOWN) this.#values.clear()
    this.#values.set(id, `${row.key}\n${row.value}`)
    return `${row.key}\n${row.value}`
  }

  /** What an exchange may have many of; the table was made for rules. */
  mark(many: ManyValues, seq: number): void {
    for (const key of MANY)
      for (const value of many[key] ?? [])
        this.#file.run('INSERT OR IGNORE INTO rules VALUES (?, ?)', this.id(key, value), seq)
  }

  /** Forgets the numbers: some of them may have been rolled back. */
  forget(): void {
    this.#numbers.clear()
    this.#values.clear()
  }

  /** The numbers of the values of one key that fit any of the patterns. */
  like(key: Key, patterns: readonly string[]): number[] {
    const plain = patterns.every((pattern) => !pattern.includes('*'))
    if (plain && WHOLE.has(key)) return this.exactly(key, patterns)
    const holding = patterns.map(() => 'instr(value, ?) > 0').join(' OR ')
    const sql = `SELECT id, value FROM terms WHERE key = ? AND (${holding})`
    return this.#file
      .all<{ id: number; value: string }>(sql, key, ...patterns.map(longestPart))
      .flatMap(({ id, value }) => (fits(patterns, value) ? id : []))
  }

  /** The numbers of these values of one key. */
  exactly(key: Key, values: readonly string[]): number[] {
    return values.flatMap((value) => this.#known(key, value))
  }

  #known(key: Key, value: string): number[] {
    const row = this.#file.get<{ id: number }>('SELECT id FROM terms WHERE key = ? AND value = ?', key, value)
    return row ? [row.id] : []
  }
}

/** Keys whose values are as many as exchanges, or more, and have no second name. */
const WHOLE: ReadonlySet<Key> = new Set<Key>(['session', 'secret', 'interaction', 'request'])

/** What a value that fits a pattern has in it, `*` left aside. */
const longestPart = (pattern: string): string =>
  pattern.split('*').reduce((longest, part) => (part.length > longest.length ? part : longest), '')

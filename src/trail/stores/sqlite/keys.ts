/**
 * The keys of sessions, wrapped, in a file of their own: `keys.db`. Each is made ahead of its use, so that no exchange
 * waits for it to be durable. Knows no wrapping key: it says what it wants wrapped or unwrapped, and is answered later.
 */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { Fault } from '#exchange'
import { GIVEN_UP, KEY_BYTES, keyMissing, keysBehind, type LostKey, type Wrapped } from '../../wrapping.ts'
import { File } from './file.ts'
import { Wanted } from './wanted.ts'
import { type WrappedKey, wrapperOf } from './wrappers.ts'

/** The numbers of keys are never given out twice. `wrapper` is the number of a wrapping key's name. */
export const FORMAT = {
  version: 1,
  secureDelete: true,
  checked: true,
  pageSize: 1024,
  schema: `
    CREATE TABLE wrappers(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, current INTEGER NOT NULL);
    CREATE TABLE keys(id INTEGER PRIMARY KEY AUTOINCREMENT, wrapper INTEGER NOT NULL, wrapped BLOB NOT NULL,
      created INTEGER NOT NULL, file TEXT, session TEXT);
    CREATE INDEX keys_of ON keys(file, session) WHERE file IS NOT NULL;
    CREATE INDEX keys_free ON keys(id) WHERE file IS NULL`,
} as const

/** So many keys are made at a time, and again when fewer than so many are left. */
const POOL = { step: 96, low: 32 } as const
/** So many keys stay in memory; then those used least recently are forgotten. */
const MOST_OPEN = 20_000
/** Assignments that may wait to be written: they stand in the day files too. */
const MOST_NOTED = 256

/** What is wanted of whoever holds the wrapping key. */
export type Wish =
  | { readonly wrap: readonly Uint8Array[] }
  | { readonly unwrap: readonly Wrapped[] }
  | { readonly rewrap: readonly Wrapped[] }

/** The answer: bytes in the order of the wish, undefined for what cannot be had, and the key that wrapped them. */
export interface Grant {
  readonly by: string
  readonly bytes: readonly (Uint8Array | undefined)[]
}

/** Whose key it is: a day file, and a session's name in it, or none for what belongs to no session. */
export interface KeyOwner {
  readonly file: string
  readonly session: string | undefined
}

/**
 * The wrapping key from now on, the names of all that are here, and what to do where the one before is not: refuse to open,
 * show what can be read and make no key, or go on with this one, so that what that one wrapped stays unreadable.
 */
export interface Begin {
  readonly name: string
  readonly known: readonly string[]
  /** Why the wrapping key is not here, where it is not. */
  readonly missing?: string
  readonly lost: LostKey
}

/** Asks for a wish to be granted. @throws trail.keyholder */
export type Ask = (wish: Wish) => Promise<Grant>

/** The open file of keys. */
export class Keys {
  readonly file: File
  /** The number of the wrapping key's name that keys are wrapped with now. */
  wrapper = 0
  readonly #now: () => number
  readonly #open = new Map<number, KeyObject>()
  readonly #absent = new Map<number, Fault>()
  readonly #noted: { readonly id: number; readonly owner: KeyOwner }[] = []
  #free: number[] = []
  #name = ''
  /** Why no key can be made or given out. */
  #shut: Fault | undefined
  #wentOn = false
  /** The highest number that a day file says was given out. */
  #given = 0

  /** @param now milliseconds since the epoch @throws trail.locked, trail.newer, trail.unavailable, trail.broken */
  constructor(path: string, now: () => number, readOnly = false) {
    this.file = new File(path, FORMAT, readOnly)
    this.#now = now
  }

  /**
   * Says by which key is wrapped from now on. Keys that are free were perhaps given to one in `used` before a crash.
   * @throws trail.key where the record is under another key that is not known here, or there is none to go on with
   */
  begin(wrapping: Begin): void {
    this.#enter(wrapping)
    if (this.#shut || this.file.isReadOnly) return
    this.file.transaction(() => {
      if (this.isBehind) beyond(this.file, this.#given)
      this.#wraps(this.#name)
    })
    this.#goOn()
  }

  /**
   * The same where the key before is lost, and it can be cut short: until `takeOver` whoever opens the record is told that the key
   * is not here. Whether it is lost; where it is not, nothing is done. @throws trail.key where there is none to go on with
   */
  giveUp(wrapping: Begin): boolean {
    const { known } = wrapping
    const current = this.#current() ?? wrapping.name
    if (wrapping.lost !== 'go on' || (known.includes(current) && !this.isBehind)) return false
    this.#enter(wrapping)
    this.file.transaction(() => {
      if (this.isBehind) beyond(this.file, this.#given)
      if (known.includes(current)) this.#wraps(GIVEN_UP)
      wrapperOf(this.file, this.#name)
    })
    this.#goOn()
    return true
  }

  /** What is given up is, for good: what proves entries and documents from now on is there. */
  takeOver(): void {
    this.file.transaction(() => this.#wraps(this.#name))
  }

  /** Nothing is written. @throws as `begin` */
  #enter({ name, known, missing, lost }: Begin): void {
    const wanted = this.#current() ?? name
    const behind = this.isBehind ? keysBehind(this.#given, this.#made()) : undefined
    const wraps = known.includes(name)
    const fault = wraps && known.includes(wanted) ? behind : keyMissing(wanted, name, missing)
    if (fault && (lost === 'refuse' || (lost === 'go on' && !wraps))) throw fault
    this.#name = name
    this.#absent.clear()
    this.#shut = lost === 'show' ? fault : undefined
    this.#wentOn = lost === 'go on'
  }

  #current(): string | undefined {
    return this.file.get<{ name: string }>('SELECT name FROM wrappers WHERE current = 1')?.name
  }

  /** Within a transaction: by this one is wrapped. */
  #wraps(name: string): void {
    if (this.#current() === name) return
    this.file.run('UPDATE wrappers SET current = 0')
    const sql = 'INSERT INTO wrappers(name, current) VALUES (?, 1) ON CONFLICT(name) DO UPDATE SET current = 1'
    this.file.run(sql, name)
  }

  #goOn(): void {
    this.wrapper = this.file.get<{ id: number }>('SELECT id FROM wrappers WHERE name = ?', this.#name)?.id ?? 0
    const free = 'SELECT id FROM keys WHERE file IS NULL AND wrapper = ? ORDER BY id'
    this.#free = this.file.all<{ id: number }>(free, this.wrapper).map(({ id }) => id)
  }

  /**
   * The day files gave out keys up to this number: a file that never made so many is another one, an older one or a new one in
   * the place of one that is gone, and its numbers are theirs. @throws trail.key as `begin`
   */
  reached(given: number, wrapping: Begin): void {
    this.#given = given
    if (given > this.#made()) this.begin(wrapping)
  }

  /** The highest number that was ever made here. */
  #made(): number {
    return this.file.get<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'keys'")?.seq ?? 0
  }

  /** The lowest number that is free: what a day file has given out from there on may be unknown here. */
  get lowestFree(): number {
    return this.#free[0] ?? Number.MAX_SAFE_INTEGER
  }

  /** A day file has given these out, whatever this file says. */
  given(file: string, rows: readonly { readonly key: number; readonly session: string | undefined }[]): void {
    const keys = new Set(rows.map(({ key }) => key))
    this.#free = this.#free.filter((id) => !keys.has(id))
    for (const { key, session } of rows) this.#noted.push({ id: key, owner: { file, session } })
  }

  /** A key that nobody has yet, for `owner`. @throws Wanted where none is left */
  take(owner: KeyOwner): number {
    if (this.#shut) throw this.#shut
    const id = this.#free.find((each) => this.#open.has(each))
    if (id === undefined) throw new Wanted(this.#free.slice(0, POOL.step))
    this.#free.splice(this.#free.indexOf(id), 1)
    this.#noted.push({ id, owner })
    return id
  }

  /** The transaction that took it failed: it may be taken again. */
  giveBack(ids: readonly number[]): void {
    const back = new Set(ids)
    for (let at = this.#noted.length - 1; at >= 0; at--)
      if (back.has(this.#noted[at]?.id ?? 0)) this.#noted.splice(at, 1)
    this.#free.unshift(...ids)
  }

  /** The key of a number. @throws Wanted where it must be fetched, trail.key, trail.body where there is none */
  key(id: number): KeyObject {
    const known = this.#open.get(id)
    if (known) return known
    const absent = this.#absent.get(id)
    if (absent) throw absent
    throw new Wanted([id])
  }

  /** Throws for all of these that must be fetched, at once. @throws Wanted */
  need(ids: Iterable<number>): void {
    const missing = [...new Set(ids)].filter((id) => !this.#open.has(id) && !this.#absent.has(id))
    if (missing.length > 0) throw new Wanted(missing)
  }

  /** Whether a key can be used at once. */
  has(id: number): boolean {
    return this.#open.has(id)
  }

  /** Whether no key can be made or given out, for that which wraps is not here. */
  get isShut(): boolean {
    return this.#shut !== undefined
  }

  /** Whether the file is not the one that the record's keys were made in. */
  get isBehind(): boolean {
    return this.#given > this.#made()
  }

  /** Whether somebody said that the key before is lost for good, or that the record is put back without its keys. */
  get wentOn(): boolean {
    return this.#wentOn
  }

  get isLow(): boolean {
    return !this.#shut && !this.file.isReadOnly && this.#free.length < POOL.low
  }

  /** Fetches what was wanted; what cannot be had is remembered with its fault. @throws trail.keyholder */
  async fetch({ ids }: Wanted, ask: Ask): Promise<void> {
    if (ids.length === 0) return this.refill(ask)
    const rows = ids.flatMap((id) => this.#row(id) ?? [])
    const found = new Set(rows.map(({ id }) => id))
    const why = this.isBehind ? 'is not in keys.db, which is gone or older than the record' : 'was destroyed'
    for (const id of ids) if (!found.has(id)) this.#absent.set(id, new Fault('trail.body', `key ${id} ${why}`))
    if (rows.length === 0) return
    const { bytes: keys } = await ask({ unwrap: rows.map(({ by, wrapped }) => ({ by, bytes: wrapped })) })
    for (const [at, { id, by }] of rows.entries()) this.#took(id, keys[at], by)
  }

  #took(id: number, key: Uint8Array | undefined, by: string): void {
    if (key) {
      this.#remember(id, createSecretKey(key))
      return
    }
    const damaged = new Fault('trail.body', `key ${id} is damaged`)
    this.#absent.set(id, by === this.#name ? damaged : keyMissing(by, this.#name))
    this.#free = this.#free.filter((each) => each !== id)
  }

  #row(id: number): WrappedKey | undefined {
    const sql = 'SELECT k.id, w.name AS "by", k.wrapped FROM keys k JOIN wrappers w ON w.id = k.wrapper WHERE k.id = ?'
    return this.file.get<WrappedKey>(sql, id)
  }

  #remember(id: number, key: KeyObject): void {
    this.#open.set(id, key)
    if (this.#open.size <= MOST_OPEN) return
    const [oldest] = this.#open.keys()
    if (oldest !== undefined) this.#open.delete(oldest)
  }

  /** Makes keys ahead. Durable before one is given out. @throws trail.keyholder */
  async refill(ask: Ask): Promise<void> {
    const made = Array.from({ length: POOL.step }, () => randomBytes(KEY_BYTES))
    const { by, bytes } = await ask({ wrap: made })
    const ids = this.file.transaction(() => {
      const wrapper = wrapperOf(this.file, by)
      return bytes.map((each) => this.#insert(wrapper, each as Uint8Array))
    })
    for (const [at, id] of ids.entries()) this.#remember(id, createSecretKey(made[at] as Uint8Array))
    this.#free.push(...ids)
  }

  #insert(wrapper: number, bytes: Uint8Array): number {
    const sql = 'INSERT INTO keys(wrapper, wrapped, created) VALUES (?, ?, ?)'
    return this.file.run(sql, wrapper, bytes, this.#now()).id
  }

  /** Whether so many assignments wait that they should be written now. */
  get isFull(): boolean {
    return this.#noted.length > MOST_NOTED
  }

  /** Writes down whose the keys are that were taken; whether there was something. */
  note(): boolean {
    if (this.#noted.length === 0 || this.file.isReadOnly) return false
    const noted = [...this.#noted]
    this.file.transaction(() => {
      for (const { id, owner } of noted)
        this.file.run('UPDATE keys SET file = ?, session = ? WHERE id = ?', owner.file, owner.session ?? '', id)
    })
    this.#noted.splice(0, noted.length)
    if (this.file.logged() > 64) this.file.checkpoint()
    return true
  }

  /** The keys of a day file, or of one session in it. */
  of({ file, session }: { readonly file: string; readonly session?: string }): number[] {
    this.note()
    const sql = `SELECT id FROM keys WHERE file = ?${session === undefined ? '' : ' AND session = ?'}`
    const values = session === undefined ? [file] : [file, session]
    return this.file.all<{ id: number }>(sql, ...values).map(({ id }) => id)
  }

  /** Destroys keys, in memory, in the file and in its log: what they encrypted can be read by nobody, in no copy. */
  destroy(ids: readonly number[]): void {
    if (ids.length === 0) return
    const doomed = new Set(ids)
    this.note()
    this.file.transaction(() => {
      for (const id of doomed) {
        this.file.run('DELETE FROM keys WHERE id = ?', id)
        if (this.file.get('SELECT id FROM keys WHERE id = ?', id))
          throw new Fault('trail.broken', `keys.db: key ${id} was not removed, and nothing says why`)
      }
    })
    for (const id of doomed) {
      this.#open.delete(id)
      this.#absent.set(id, new Fault('trail.body', `key ${id} was destroyed`))
    }
    this.#free = this.#free.filter((id) => !doomed.has(id))
    this.file.truncateLog()
  }

  close(): void {
    this.note()
    this.file.close()
  }
}

/** Within a transaction: the next number is above `given`, and those that are free, which a day file may have, are given to nobody. */
export function beyond(file: File, given: number): void {
  file.run("UPDATE keys SET file = '' WHERE file IS NULL")
  file.run("DELETE FROM sqlite_sequence WHERE name = 'keys'")
  file.run("INSERT INTO sqlite_sequence(name, seq) VALUES ('keys', ?)", given)
}

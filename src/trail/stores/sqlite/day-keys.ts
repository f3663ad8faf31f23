/** Which key each session of one day's file has, and bytes under it. What a session's key sealed needs no other key. */
import { Fault } from '#exchange'
import { open, seal } from '../../sealed.ts'
import type { File } from './file.ts'
import type { Keys } from './keys.ts'

/** Bytes under a key, by its number. */
export interface Sealed {
  readonly key: number
  readonly bytes: Uint8Array
}

/** Stands in the table of keys for what belongs to no session. */
const NO_SESSION = 0

/** The keys of one open day file. `session` is a session's term, null for none. */
export class DayKeys {
  readonly #file: File
  readonly #keys: Keys
  readonly #ids = new Map<number, number>()
  #taken: number[] = []

  constructor(file: File, keys: Keys) {
    this.#file = file
    this.#keys = keys
  }

  /**
   * Bytes under the session's key, bound to this file, to `seq` and to `part`: where they lie and what they are.
   * @throws Wanted where the key must be fetched before the same transaction can be tried again
   */
  seal(session: number | null, seq: number, part: string, bytes: Uint8Array): Sealed {
    const id = this.#idFor(session ?? NO_SESSION)
    return { key: id, bytes: seal(this.#keys.key(id), this.#place(seq, part), bytes) }
  }

  /** @throws Wanted, trail.key, trail.body where they were changed, moved, or their key was destroyed */
  open({ key, bytes }: Sealed, seq: number, part: string): Uint8Array {
    const opened = open(this.#keys.key(key), this.#place(seq, part), bytes)
    if (!opened) throw new Fault('trail.body', `${this.#file.name}: ${part} of entry ${seq} was changed`)
    return opened
  }

  #place(seq: number, part: string): string {
    return `${this.#file.name}\n${seq}\n${part}`
  }

  #idFor(session: number): number {
    const known = this.#ids.get(session) ?? this.#stored(session)
    if (known !== undefined && this.#canUse(known)) {
      this.#ids.set(session, known)
      return known
    }
    return this.#renew(session)
  }

  #stored(session: number): number | undefined {
    return this.#file.get<{ key: number }>('SELECT key FROM keys WHERE session = ?', session)?.key
  }

  /** A key that is lost or was destroyed is not written with again: the session gets another. */
  #canUse(id: number): boolean {
    if (this.#keys.has(id)) return true
    try {
      return this.#keys.key(id) !== undefined
    } catch (error) {
      if (error instanceof Fault) return false
      throw error
    }
  }

  #renew(session: number): number {
    const id = this.#keys.take({ file: this.#file.name, session: this.#nameOf(session) })
    this.#taken.push(id)
    const sql = 'INSERT INTO keys VALUES (?, ?) ON CONFLICT(session) DO UPDATE SET key = excluded.key'
    this.#file.run(sql, session, id)
    this.#ids.set(session, id)
    return id
  }

  #nameOf(session: number): string | undefined {
    if (session === NO_SESSION) return undefined
    return this.#file.get<{ value: string }>('SELECT value FROM terms WHERE id = ?', session)?.value
  }

  /** The transaction that took keys is durable. */
  settled(): void {
    this.#taken = []
  }

  /** It failed. */
  forget(): void {
    this.#ids.clear()
    this.#keys.giveBack(this.#taken)
    this.#taken = []
  }

  /** What this file gave out from number `from` on. */
  givenFrom(from: number): { key: number; session: string | undefined }[] {
    const sql = 'SELECT k.key, t.value AS session FROM keys k LEFT JOIN terms t ON t.id = k.session WHERE k.key >= ?'
    return this.#file.all(sql, from)
  }

  /** The highest number that this file gave out. */
  get highest(): number {
    return this.#file.get<{ key: number | null }>('SELECT max(key) AS key FROM keys')?.key ?? 0
  }

  /** The keys that a session has, and had. */
  of(session: number | null): number[] {
    return this.#keys.of({ file: this.#file.name, session: this.#nameOf(session ?? NO_SESSION) ?? '' })
  }

  /** Whether a key that a session has, or had, is not here. @throws Wanted */
  lacks(session: number | null): boolean {
    const ids = this.of(session)
    this.#keys.need(ids)
    return ids.some((id) => !this.#keys.has(id))
  }

  /** Gives a session a new key for what it writes from now on: its number. Within a transaction. @throws Wanted */
  renew(session: number | null): number {
    return this.#renew(session ?? NO_SESSION)
  }

  /** Nothing here is under these any more: they are to be destroyed. Within a transaction. */
  doom(ids: Iterable<number>): void {
    for (const id of ids) this.#file.run('INSERT OR IGNORE INTO doomed VALUES (?)', id)
  }

  /** Keys that nothing here is under any more, and that are still to be destroyed. */
  doomed(): number[] {
    return this.#file.all<{ key: number }>('SELECT key FROM doomed').map(({ key }) => key)
  }

  /** They are destroyed. */
  buried(): void {
    this.#file.transaction(() => this.#file.run('DELETE FROM doomed'))
  }
}

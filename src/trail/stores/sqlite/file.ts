/** One SQLite file, opened so that a commit is durable and nobody else can write. Knows nothing of what it holds. */
import { closeSync, fstatSync, openSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { DatabaseSync, type Session, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Fault } from '#exchange'
import { migrationPoint, point } from '../../points.ts'
import { faultOfStore } from './faults.ts'
import { mustBeMadeBy } from './objects.ts'
import { checkLength, create, inodeOf } from './on-disk.ts'
import { openStill } from './still.ts'
import { Wanted } from './wanted.ts'

/** What a file is opened as: its format number and the statements that make it. */
export interface Format {
  readonly version: number
  readonly schema: string
  /** Bytes of a page, where small ones do: tables take a page each at least. Of a new file only. */
  readonly pageSize?: number
  /** Whether what is deleted is overwritten too. */
  readonly secureDelete?: boolean
  /** Whether it is read through when it is opened, so that no row that is gone is taken for one that never was. For small ones. */
  readonly checked?: boolean
  /** By version: what makes a file of that version one of the next. One that is not named is not read. */
  readonly upgrades?: Readonly<Record<number, Upgrade>>
}

/** From one version to the next. */
export interface Upgrade {
  /** In words, for whoever wants to know before. */
  readonly does: string
  /** The table whose rows it goes through; none where only tables change. */
  readonly rows?: string
  run(file: File): void
}

/** Of pages that a file keeps in memory. */
const KIB = { wide: 8192, narrow: 256 } as const

type Values = readonly SQLInputValue[]

/** What changes in a file, as SQLite's sessions print it (sqlite.org/sessionintro.html). */
export interface Changes {
  /** All since it was taken last. */
  take(): Uint8Array
  end(): void
}

/** An open file. Every method throws a Fault trail.*. */
export class File {
  readonly path: string
  readonly name: string
  /** Nobody can write in it: `transaction` throws, and so does whatever else would. */
  readonly isReadOnly: boolean
  /** While it is, nothing is moved from the log into the file: somebody copies it. */
  isStill = false
  readonly #db: DatabaseSync
  readonly #inode: bigint
  #descriptor: number | undefined
  readonly #statements = new Map<string, StatementSync>()
  readonly #writes = new Map<string, StatementSync>()
  #isWide = true

  /**
   * Opens the file, making it (0600) where it is not there; `readOnly`: as it lies.
   * @throws disk.readonly, trail.locked, trail.newer, trail.unavailable, trail.broken
   */
  constructor(path: string, format: Format, readOnly = false) {
    this.path = path
    this.name = basename(path)
    this.isReadOnly = readOnly
    let db: DatabaseSync | undefined
    try {
      if (!readOnly) create(path)
      checkLength(path)
      db = readOnly ? openStill(path) : new DatabaseSync(path, { timeout: 0 })
      this.#db = db
      this.#inode = inodeOf(path)
      if (readOnly) {
        this.#mustBeOf(format)
        return
      }
      if (format.pageSize !== undefined) this.#db.exec(`PRAGMA page_size=${format.pageSize}`)
      this.#settle()
      if (format.checked) this.#check()
      if (format.secureDelete) this.#pragma('secure_delete=ON', 1)
      this.#prepareFormat(format)
    } catch (error) {
      db?.close()
      throw faultOfStore(error, this.name)
    }
  }

  /** An exclusive lock keeps the index of the log in memory, and ends with the process, however that ends. */
  #settle(): void {
    this.#pragma('locking_mode=EXCLUSIVE', 'exclusive')
    this.#pragma('journal_mode=WAL', 'wal')
    this.#db.exec('PRAGMA synchronous=FULL')
    this.#pragma('synchronous', 2)
    this.#pragma('wal_autocheckpoint=0', 0)
    this.#db.exec('PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY')
    this.#db.exec(`PRAGMA cache_size=${-KIB.wide}`)
  }

  #pragma(text: string, expected: string | number): void {
    const said = Object.values(this.#db.prepare(`PRAGMA ${text}`).get() ?? {})[0]
    if (said !== expected) throw new Fault('trail.unavailable', `${this.name}: PRAGMA ${text} gives ${String(said)}`)
  }

  /** @throws trail.broken where pages are lost or do not fit each other */
  #check(): void {
    const [found] = Object.values(this.#db.prepare('PRAGMA quick_check(1)').get() ?? {})
    if (found !== 'ok') throw new Fault('trail.broken', `${this.name}: ${String(found)}`)
  }

  /** It is brought up to date nowhere. */
  #mustBeOf({ version, checked, schema }: Format): void {
    const [found] = Object.values(this.#db.prepare('PRAGMA user_version').get() ?? {})
    if (Number(found) > version) throw new Fault('trail.newer', `${this.name}: format ${String(found)}`)
    if (found !== version) throw new Fault('disk.readonly', `${this.name} is of an earlier version`)
    mustBeMadeBy(schema, this.#db, this.name)
    if (checked) this.#check()
  }

  #prepareFormat({ version, schema, upgrades = {} }: Format): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const [found] = Object.values(this.#db.prepare('PRAGMA user_version').get() ?? {})
      if (Number(found) > version) throw new Fault('trail.newer', `${this.name}: format ${String(found)}`)
      if (found === 0) this.#db.exec(schema)
      else for (let at = Number(found); at < version; at++) this.#upgrade(at, upgrades[at])
      mustBeMadeBy(schema, this.#db, this.name)
      if (found !== version) this.#db.exec(`PRAGMA user_version=${version}`)
      if (found !== version && found !== 0) migrationPoint('migrate.written')
      this.#db.exec('COMMIT')
      if (found !== version && found !== 0) migrationPoint('migrate.durable')
    } catch (error) {
      this.#rollback()
      throw error
    }
  }

  #upgrade(version: number, upgrade: Upgrade | undefined): void {
    if (!upgrade) throw new Fault('trail.unavailable', `${this.name}: format ${version} is no longer read`)
    upgrade.run(this)
  }

  /** Runs `work` as one durable transaction, all or nothing. */
  transaction<Result>(work: () => Result): Result {
    if (this.isReadOnly) throw new Fault('disk.readonly', this.name)
    try {
      if (inodeOf(this.path) !== this.#inode) throw new Fault('trail.broken', `${this.name}: the file was replaced`)
      this.#widen()
      this.#writing('BEGIN IMMEDIATE').run()
      const result = work()
      this.#writing('COMMIT').run()
      return result
    } catch (error) {
      this.#rollback()
      throw error instanceof Wanted ? error : faultOfStore(error, this.name)
    }
  }

  /** It is only read, and seldom, until something is written again: it gives back the pages that it keeps in memory. */
  narrow(): void {
    if (this.#isWide) this.#db.exec(`PRAGMA cache_size=${-KIB.narrow}; PRAGMA shrink_memory`)
    this.#isWide = false
  }

  #widen(): void {
    if (!this.#isWide) this.#db.exec(`PRAGMA cache_size=${-KIB.wide}`)
    this.#isWide = true
  }

  /** SQLite has rolled back by itself after some errors. */
  #rollback(): void {
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
  }

  /** How many rows a statement changed, and the id of the last one it inserted. */
  run(sql: string, ...values: Values): { changes: number; id: number } {
    const { changes, lastInsertRowid } = this.#writing(sql).run(...values)
    return { changes: Number(changes), id: Number(lastInsertRowid) }
  }

  /** The same of rows that are there from then on, or no more: a statement that changes none did not do what it says. @throws trail.broken */
  mustChange(sql: string, ...values: Values): void {
    if (this.run(sql, ...values).changes === 0)
      throw new Fault('trail.broken', `${this.name}: a row was not written, and nothing says why`)
  }

  /** Runs a command of an index. */
  command(sql: string): void {
    this.#reading(() => this.#db.exec(sql))
  }

  all<Row>(sql: string, ...values: Values): Row[] {
    return this.#reading(() => this.#statement(sql).all(...values) as Row[])
  }

  get<Row>(sql: string, ...values: Values): Row | undefined {
    return this.#reading(() => this.#statement(sql).get(...values) as Row | undefined)
  }

  /** Each row in turn, so that never more than one is in memory. The same statement must not be asked for meanwhile. */
  *each<Row>(sql: string, ...values: Values): Generator<Row, void> {
    try {
      yield* this.#statement(sql).iterate(...values) as Iterable<Row>
    } catch (error) {
      throw faultOfStore(error, this.name)
    }
  }

  /** Like `all`, for a statement that will hardly be asked for again. */
  once<Row>(sql: string, ...values: Values): Row[] {
    return this.#reading(() => this.#db.prepare(sql).all(...values) as Row[])
  }

  #reading<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      throw faultOfStore(error, this.name)
    }
  }

  /** One that is only run. An index writes rows of its own whose ids are no safe integers, and every run tells the last one. */
  #writing(sql: string): StatementSync {
    const known = this.#writes.get(sql)
    if (known) return known
    const statement = this.#db.prepare(sql)
    statement.setReadBigInts(true)
    this.#writes.set(sql, statement)
    return statement
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  /** Pages in the log that are not yet in the file itself. */
  logged(): number {
    const state = this.get<{ log: number; checkpointed: number }>('PRAGMA wal_checkpoint(NOOP)')
    return state ? state.log - state.checkpointed : 0
  }

  #mayMove(): void {
    if (this.isStill) throw new Fault('trail.unavailable', `${this.name} is being copied`)
  }

  /** Moves the log into the file, so that it can begin again at its start. */
  checkpoint(): void {
    if (this.isStill) return
    point('checkpoint.begun')
    this.get('PRAGMA wal_checkpoint(PASSIVE)')
    point('checkpoint.done')
  }

  /** The same, and leaves no page of the log behind. */
  truncateLog(): void {
    this.#mayMove()
    const state = this.get<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)')
    if (state?.busy !== 0) throw new Fault('trail.unavailable', `${this.name}: its log cannot be emptied`)
  }

  /** From now on what is deleted is overwritten too. */
  overwrite(): void {
    this.#reading(() => this.#pragma('secure_delete=ON', 1))
  }

  /** Notes from now on what changes, for a copy of now to become what the file is then. */
  watch(): Changes {
    let session: Session | undefined = this.#db.createSession()
    const end = () => {
      session?.close()
      session = undefined
    }
    const take = () => {
      const taken = session?.changeset() ?? new Uint8Array()
      end()
      session = this.#db.createSession()
      return taken
    }
    return { take: () => this.#reading(take), end }
  }

  /** Another one for other bytes: of the file itself, not of its log. */
  stamp(): string {
    const { ino, size, mtimeNs } = statSync(this.path, { bigint: true })
    return `${ino}.${size}.${mtimeNs}`
  }

  /**
   * To read its bytes with, for as long as it is open: whoever opens it otherwise and closes that takes SQLite's locks on it from
   * the whole process (POSIX, fcntl). @throws trail.broken, trail.unavailable
   */
  get descriptor(): number {
    return this.#reading(() => {
      this.#descriptor ??= openSync(this.path, 'r')
      if (fstatSync(this.#descriptor, { bigint: true }).ino !== this.#inode)
        throw new Fault('trail.broken', `${this.name}: the file was replaced`)
      return this.#descriptor
    })
  }

  close(): void {
    this.#statements.clear()
    this.#writes.clear()
    try {
      this.#db.close()
      if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    } catch (error) {
      throw faultOfStore(error, this.name)
    }
  }
}

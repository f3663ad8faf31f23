/** The folder of a trail: its lock, its head file, its keys, its day files. Opens files when asked for, a few at a time. */
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Fault } from '#exchange'
import { isDayFile } from '../../dayfile.ts'
import { makeFolders } from '../../folders.ts'
import { point } from '../../points.ts'
import type { Tokens } from '../../tokens.ts'
import { Day } from './day.ts'
import { faultOfStore } from './faults.ts'
import { Head } from './head.ts'
import { Keys } from './keys.ts'
import { FolderLock, LOCK } from './lock.ts'
import { letGo, syncFolder } from './on-disk.ts'
import { isReadOnly, shareLock } from './still.ts'

/** So many day files are open at a time: opening one takes as long as a search in it. Of so many the pages stay in memory too. */
const MOST = { open: 128, wide: 24 } as const
/** What the name of a day file that is written anew ends with, until it is in the other one's place. */
const ANEW = '.anew'

/** An open folder. No other process can open it meanwhile. */
export class Folder {
  readonly path: string
  readonly head: Head
  readonly keys: Keys
  readonly #lock: { close(): void }
  readonly #days: string
  readonly #tokens: Tokens
  readonly #open = new Map<string, Day>()
  #kept: string | undefined

  /** @throws disk.readonly unless it is only looked at, trail.locked, trail.newer, trail.unavailable, trail.broken */
  constructor(path: string, tokens: Tokens, now: () => number, looking = false) {
    this.path = path
    this.#tokens = tokens
    this.#days = join(path, 'days')
    try {
      makeFolder(resolve(path))
      makeFolder(resolve(this.#days))
    } catch (error) {
      throw faultOfStore(error, 'the data folder')
    }
    const readOnly = isReadOnly(path)
    if (readOnly && !looking) throw new Fault('disk.readonly', path)
    this.#lock = readOnly ? shareLock(join(path, LOCK)) : new FolderLock(path)
    let head: Head | undefined
    try {
      head = new Head(join(path, 'head.db'), readOnly)
      this.keys = new Keys(join(path, 'keys.db'), now, readOnly)
      this.head = head
    } catch (error) {
      head?.close()
      this.#lock.close()
      throw error
    }
  }

  /** The names of all day files, newest day first. */
  names(): string[] {
    try {
      return readdirSync(this.#days).filter(isDayFile).sort().reverse()
    } catch (error) {
      throw faultOfStore(error, 'days')
    }
  }

  /** Whether a day file is there: asking for one that is not makes it. */
  has(name: string): boolean {
    return existsSync(join(this.#days, name))
  }

  /** The files of one day. */
  namesOf(day: string): string[] {
    return this.names().filter((name) => name.startsWith(`${day}.`))
  }

  /** Bytes that a file takes on disk, its log included. */
  bytesOf(name: string): number {
    return partsOf(join(this.#days, name)).reduce((sum, part) => sum + sizeOf(part), 0)
  }

  /** Removes a day file for good: bytes given back. */
  remove(name: string): number {
    const bytes = this.bytesOf(name)
    try {
      this.#open.get(name)?.close()
      this.#open.delete(name)
      const path = join(this.#days, name)
      letGo(path, () => {
        for (const part of partsOf(path)) rmSync(part, { force: true })
      })
      syncFolder(this.#days)
    } catch (error) {
      throw faultOfStore(error, name)
    }
    return bytes
  }

  /** A day file; it is made where it is not there. */
  day(name: string): Day {
    const known = this.#open.get(name)
    this.#open.delete(name)
    const day = known ?? new Day(join(this.#days, name), this.#tokens, this.keys)
    this.#open.set(name, day)
    this.#closeOldest()
    return day
  }

  /** The same, which stays open until another is kept. */
  keep(name: string): Day {
    this.#kept = name
    return this.day(name)
  }

  /** Puts a file in the place of a day file, which is closed. Its log is empty then: nothing of it is taken for the other's. */
  replace(name: string, by: string): void {
    const path = join(this.#days, name)
    this.#open.get(name)?.close()
    this.#open.delete(name)
    point('anew.closed')
    letGo(path, () => renameSync(by, path))
    syncFolder(this.#days)
    point('anew.replaced')
  }

  /** Where a day file is written anew. */
  anew(name: string): string {
    return join(this.#days, `${name}${ANEW}`)
  }

  /** Removes what a process before this one was writing anew. */
  removeHalf(): void {
    for (const name of readdirSync(this.#days)) if (name.includes(ANEW)) rmSync(join(this.#days, name), { force: true })
  }

  #closeOldest(): void {
    if (this.#open.size > MOST.wide) [...this.#open.values()].at(-1 - MOST.wide)?.rest()
    if (this.#open.size <= MOST.open) return
    const oldest = [...this.#open].find(([name, { file }]) => !file.isStill && name !== this.#kept)
    if (!oldest) return
    this.#open.delete(oldest[0])
    oldest[1].close()
  }

  /** The day files that are open. */
  opened(): Day[] {
    return [...this.#open.values()]
  }

  close(): void {
    for (const day of this.#open.values()) day.close()
    this.#open.clear()
    this.keys.close()
    this.head.close()
    this.#lock.close()
  }
}

/** A database, its log, and the log's index. The database last, so that what is left after a crash is found again. */
const partsOf = (path: string): string[] => [`${path}-wal`, `${path}-shm`, path]

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** Makes a folder (0700) with those above it, and its name durable. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolders(path)
  syncFolder(dirname(path))
}

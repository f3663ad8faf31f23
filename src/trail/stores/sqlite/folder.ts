/** The folder of a trail: its lock, its head file, its day files. Opens files when they are asked for, a few at a time. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Tokens } from '../../tokens.ts'
import { Day } from './day.ts'
import { faultOfStore } from './faults.ts'
import { syncFolder } from './file.ts'
import { Head } from './head.ts'

/** The retention class of everything, until a configuration tells classes apart. */
const RETENTION = 'default'
const NAME = /^(\d{4}-\d\d-\d\d)\.[a-z0-9-]+\.db$/
const MOST_OPEN = 24

/** An open folder. No other process can open it meanwhile. */
export class Folder {
  readonly head: Head
  readonly #days: string
  readonly #tokens: Tokens
  readonly #open = new Map<string, Day>()

  /** @throws trail.locked, trail.newer, trail.unavailable, trail.broken */
  constructor(path: string, tokens: Tokens) {
    this.#tokens = tokens
    this.#days = join(path, 'days')
    try {
      makeFolder(resolve(path))
      makeFolder(resolve(this.#days))
    } catch (error) {
      throw faultOfStore(error, 'the data folder')
    }
    this.head = new Head(join(path, 'head.db'))
  }

  /** The names of all day files, newest day first. */
  names(): string[] {
    try {
      return readdirSync(this.#days)
        .filter((name) => NAME.test(name))
        .sort()
        .reverse()
    } catch (error) {
      throw faultOfStore(error, 'days')
    }
  }

  /** The name of the file that a day's exchanges are written to. */
  nameFor(day: string): string {
    return `${day}.${RETENTION}.db`
  }

  /** A day file; it is made where it is not there. */
  day(name: string): Day {
    const known = this.#open.get(name)
    this.#open.delete(name)
    const day = known ?? new Day(join(this.#days, name), this.#tokens)
    this.#open.set(name, day)
    this.#closeOldest()
    return day
  }

  #closeOldest(): void {
    if (this.#open.size <= MOST_OPEN) return
    const [oldest] = this.#open
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
    this.head.close()
  }
}

/** The day that a file is named after. */
export const dayOfName = (name: string): string => NAME.exec(name)?.[1] ?? ''

/** Makes a folder (0700) with those above it, and its name durable. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  mkdirSync(path, { recursive: true, mode: 0o700 })
  syncFolder(dirname(path))
}

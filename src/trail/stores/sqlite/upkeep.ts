/** What the store's thread does beside commits: texts into the index, logs into their files, what nobody needs out. Writes no entry. */
import { faultOf } from '#exchange'
import type { Day } from './day.ts'
import type { Engine } from './engine.ts'

/** Pages of log after which a file is checkpointed although commits wait. */
const LOG_FULL = 4_000
/** Bytes that commits were given, and what each writes beside them: then it is looked how long the log is. */
const LOOK = { bytes: 2 ** 20, each: 2 ** 16 } as const
/** Pages of log that are worth a checkpoint once nothing else is to be done. */
const LOG_WORTH = 400
/** Texts, and bytes of tokens, that may wait for the index of words before commits wait for it; how many go at once. */
const BACKLOG = { most: 512, bytes: 64 * 1024, step: 64 } as const

const isBehind = (day: Day) => day.waiting > BACKLOG.most || day.waitingBytes > BACKLOG.bytes

export class Upkeep {
  readonly #engine: Engine
  /** Bytes that commits wrote, about, since the logs were looked at. */
  #logged = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  get #isIdle(): boolean {
    return this.#engine.broken !== undefined || this.#engine.isLooking
  }

  /** Counts what a commit was given. */
  wrote(bytes: number): void {
    this.#logged += bytes + LOOK.each
  }

  /** Work that cannot wait longer, after a commit was answered. */
  relieve(): void {
    if (this.#isIdle) return
    if (this.#engine.folder.keys.isFull) this.#engine.folder.keys.note()
    const look = this.#logged > LOOK.bytes
    if (look) this.#logged = 0
    for (const day of this.#engine.folder.opened()) {
      while (isBehind(day) && day.index(BACKLOG.step));
      if (look && day.file.logged() > LOG_FULL) day.file.checkpoint()
    }
  }

  /** One step of the work that can wait; whether there is more. */
  tidy(): boolean {
    if (this.#isIdle) return false
    for (const day of this.#engine.folder.opened()) if (day.waiting > 0) return day.index(BACKLOG.step) || true
    if (this.#engine.folder.keys.note()) return true
    for (const name of this.#engine.dead) {
      this.#engine.removeDead(this.#engine.folder.day(name))
      return true
    }
    for (const day of this.#engine.folder.opened()) {
      if (day.file.logged() <= LOG_WORTH) continue
      day.file.checkpoint()
      return day.file.logged() <= LOG_WORTH
    }
    this.#engine.folder.head.tidy()
    return false
  }

  /** Puts some texts of a file into the index of words; whether any may be left. */
  indexSome(day: Day): boolean {
    return day.waiting > 0 && !this.#engine.broken && day.index(BACKLOG.step)
  }

  /** All of them, so that a search sees them. */
  indexed(day: Day): Day {
    while (this.indexSome(day));
    return day
  }

  /** Texts that wait take twice the room that they do in the index. Where that fails they go on waiting. */
  indexAll(): void {
    if (this.#engine.isLooking) return
    try {
      for (const day of this.#engine.folder.opened()) this.indexed(day)
    } catch (error) {
      this.#engine.noticed(faultOf(error))
    }
  }
}

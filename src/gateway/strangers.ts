/** Refusals before anybody was let in: metadata only, one line for many from one source. Never delays an answer. */
import type { Fault } from '#exchange'
import type { Trail } from '#trail'
import { type Exchange, refused } from './exchange.ts'

const WINDOW_MS = 10_000
const MOST_SOURCES = 1000

interface Seen {
  readonly last: Exchange
  readonly fault: Fault
  readonly count: number
  readonly at: number
}

/** The first refusal of a source is recorded at once; those that follow within ten seconds share one line. */
export class Strangers {
  readonly #seen = new Map<string, Seen>()
  readonly #trail: Trail

  constructor(trail: Trail) {
    this.#trail = trail
  }

  /** True where this refusal will be told by a later, counted line, so that it needs none of its own. */
  coalesces(exchange: Exchange, fault: Fault): boolean {
    this.flush(exchange.at)
    const source = `${exchange.turn.remote}\0${exchange.key ?? ''}\0${fault.code}`
    const seen = this.#seen.get(source)
    if (seen) {
      this.#seen.set(source, { ...seen, last: exchange, count: seen.count + 1 })
      return true
    }
    if (this.#seen.size < MOST_SOURCES) this.#seen.set(source, { last: exchange, fault, count: 0, at: exchange.at })
    return false
  }

  /** Records every window that is over; `Infinity` records all. A line that fails stays for the next call. */
  flush(now: number): void {
    for (const [source, seen] of this.#seen) {
      if (now - seen.at <= WINDOW_MS) continue
      this.#seen.delete(source)
      if (seen.count === 0) continue
      const line = { ...refused(seen.last, seen.fault), count: seen.count }
      this.#trail.append(line).catch(() => this.#seen.set(source, seen))
    }
  }
}

/** Refusals before anybody was let in: metadata only, one line for many from one source. Never delays an answer. */
import type { Fault } from '#exchange'
import type { Trail } from '#trail'
import { type Exchange, refused } from './exchange.ts'
import type { Head } from './turn.ts'

const WINDOW_MS = 10_000
const MOST_SOURCES = 1000
/** Hosts, or connections, of one source that are told apart: a client may ask for any name. */
const MOST_PLACES = 20

interface Seen {
  readonly last: Exchange<Head>
  readonly fault: Fault
  readonly count: number
  readonly at: number
}

/** Which host the forward door was asked for is worth a line of its own, and of a limit which connection. */
function placeOf({ turn: { address } }: Exchange<Head>, { code }: Fault): string {
  if (code.startsWith('forward.')) return address.path
  return code.startsWith('limit.') ? `${address.connection}\0${address.host ?? ''}` : ''
}

/**
 * The first refusal of a source is recorded at once; those that follow within ten seconds share one line, written when
 * the ten seconds are over. Sources beyond the first thousand of a window share one line too: the newest one's; those with
 * a key that is known share it with nobody else.
 */
export class Strangers {
  readonly #seen = new Map<string, Seen>()
  readonly #trail: Trail
  #timer: NodeJS.Timeout | undefined

  constructor(trail: Trail) {
    this.#trail = trail
  }

  /** True where this refusal will be told by a later, counted line, so that it needs none of its own. */
  coalesces(exchange: Exchange<Head>, fault: Fault): boolean {
    this.flush(exchange.at)
    const source = this.#sourceOf(exchange, fault)
    const seen = this.#seen.get(source)
    const { count, at } = seen ? { ...seen, count: seen.count + 1 } : { count: 0, at: exchange.at }
    this.#seen.set(source, { last: exchange, fault, count, at })
    if (count === 1) this.#later(exchange)
    return count > 0
  }

  /** Under which it shares a line: as exactly as there is room for. */
  #sourceOf(exchange: Exchange<Head>, fault: Fault): string {
    const { turn, key = '' } = exchange
    const whose = `${turn.remote}\0${key}\0${fault.code}\0`
    const own = `${whose}${placeOf(exchange, fault)}`
    if (this.#seen.has(own)) return own
    const places = [...this.#seen.keys()].filter((each) => each.startsWith(whose)).length
    const fitting = places < MOST_PLACES ? own : whose
    return this.#seen.has(fitting) || this.#seen.size < MOST_SOURCES ? fitting : `\0${key}\0${fault.code}`
  }

  /** A window is written although nobody else is refused after it. */
  #later({ house }: Exchange<Head>): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.flush(house.now())
      const [waiting] = [...this.#seen.values()].filter(({ count }) => count > 0)
      if (waiting) this.#later(waiting.last)
    }, WINDOW_MS + 1).unref()
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

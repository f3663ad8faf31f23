/** Which clients seem not to trust the CA: one line in the log, one in `doctor`, until they ask for something. In memory. */

/** Who, with which client, how often and when. Times in ms since the Unix epoch. */
export interface Untrusting {
  readonly who: string
  readonly agent: string
  readonly count: number
  readonly first: number
  readonly last: number
  /** True where the client said so by an alert; else it went away right after the handshake, again and again. */
  readonly certain: boolean
}

const HOUR_MS = 3_600_000
const MOST = 200
/** A client that was only looking goes away once or twice; one that does not trust us does so each time. */
const SUSPICIOUS = 3

export class Trust {
  readonly #seen = new Map<string, Untrusting & { told: number }>()
  readonly #tell: (line: string) => void
  readonly #now: () => number

  constructor(tell: (line: string) => void, now: () => number) {
    this.#tell = tell
    this.#now = now
  }

  /** The handshake failed by the client's own alert (`certain`), or the client left after it without a request. */
  doubts(who: string, agent: string, certain: boolean): void {
    const key = `${who}\0${agent}`
    const now = this.#now()
    const before = this.#seen.get(key)
    if (!before && this.#seen.size >= MOST) this.#seen.delete(this.#seen.keys().next().value as string)
    const count = (before?.count ?? 0) + 1
    const sure = certain || (before?.certain ?? false)
    const due = (sure || count >= SUSPICIOUS) && now - (before?.told ?? -Infinity) >= HOUR_MS
    const first = before?.first ?? now
    this.#seen.set(key, {
      who,
      agent,
      count,
      first,
      last: now,
      certain: sure,
      told: due ? now : (before?.told ?? -Infinity),
    })
    if (due)
      this.#tell(
        `${who} (${agent || 'no user agent'}) ${sure ? 'does' : 'seems'} not ${sure ? '' : 'to '}trust Gatelog’s CA: gatelog ca install-help`,
      )
  }

  /** It asked for something within TLS. */
  trusts(who: string, agent: string): void {
    if (this.#seen.size > 0) this.#seen.delete(`${who}\0${agent}`)
  }

  /** Those that are certain or suspicious, the latest last. */
  list(): Untrusting[] {
    return [...this.#seen.values()]
      .filter(({ certain, count }) => certain || count >= SUSPICIOUS)
      .map(({ told: _told, ...rest }) => rest)
      .sort((a, b) => a.last - b.last)
  }
}

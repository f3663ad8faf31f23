/** What the gateway remembers between exchanges, in memory only and bounded: retries, signed reasoning, strangers. */

/** A map that forgets its oldest entry when full, and entries older than `ms`. */
export class Recent<Value> {
  readonly #entries = new Map<string, { at: number; value: Value }>()
  readonly #most: number
  readonly #ms: number

  constructor(most: number, ms: number) {
    this.#most = most
    this.#ms = ms
  }

  get(key: string, now: number): Value | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    if (now - entry.at <= this.#ms) return entry.value
    this.#entries.delete(key)
    return undefined
  }

  set(key: string, value: Value, now: number): void {
    this.#entries.delete(key)
    this.#entries.set(key, { at: now, value })
    if (this.#entries.size <= this.#most) return
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.#entries.delete(oldest)
  }

  /** Takes out and returns every entry older than the limit, oldest first. */
  expired(now: number): [string, Value][] {
    const out: [string, Value][] = []
    for (const [key, entry] of this.#entries) {
      if (now - entry.at <= this.#ms) break
      this.#entries.delete(key)
      out.push([key, entry.value])
    }
    return out
  }
}

const MINUTE = 60_000

/** Everything that outlives one exchange. */
export interface Memory {
  /** Fingerprint of actor, connection and prompt → the exchange that asked it last. */
  readonly retries: Recent<string>
  /** Fingerprint of actor, connection and signature → the reasoning text as the model signed it. */
  readonly signed: Recent<string>
  /** Session → keyed digests of the messages that are already on the record. */
  readonly told: Recent<Set<string>>
}

export const openMemory = (): Memory => ({
  retries: new Recent(20_000, 10 * MINUTE),
  signed: new Recent(2_000, 24 * 60 * MINUTE),
  told: new Recent(2_000, 24 * 60 * MINUTE),
})

/** A map that forgets: by weight, by age. Reads no clock. */

/** A map that forgets its oldest entries when its weight is over `most`, and entries older than `ms`. */
export class Recent<Value> {
  readonly #entries = new Map<string, { at: number; value: Value; weight: number }>()
  readonly #most: number
  readonly #ms: number
  #weight = 0

  constructor(most: number, ms: number) {
    this.#most = most
    this.#ms = ms
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string, now: number): Value | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    if (now - entry.at <= this.#ms) return entry.value
    this.delete(key)
    return undefined
  }

  set(key: string, value: Value, now: number, weight = 1): void {
    this.delete(key)
    this.#entries.set(key, { at: now, value, weight })
    this.#weight += weight
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#most) break
      this.delete(oldest)
    }
  }

  clear(): void {
    this.#entries.clear()
    this.#weight = 0
  }

  delete(key: string): void {
    this.#weight -= this.#entries.get(key)?.weight ?? 0
    this.#entries.delete(key)
  }
}

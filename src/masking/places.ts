/** In JSON, the raw starts of the last decoded units; never more than a decision can wait for. */

const SMALL = 64
/** More than a lane holds: 1,024 units, a literal and an edge. */
const LARGEST = 2048

export class Places {
  #starts = new Float64Array(SMALL)
  #count = 0
  /** Up to this count nothing is lost that may still be needed. */
  #safe = SMALL
  readonly #needed: () => number

  /** `needed` gives the index of the oldest unit that may still be asked for; it never falls. */
  constructor(needed: () => number) {
    this.#needed = needed
  }

  /** So many units were read one raw unit each. */
  continue(count: number): void {
    this.#count = count
    this.#safe = 0
    const needed = Math.min(this.#needed(), count)
    while (count - needed >= this.#starts.length && this.#starts.length < LARGEST)
      this.#starts = new Float64Array(this.#starts.length * 2)
    for (let i = Math.max(0, count - this.#starts.length); i < count; i++)
      this.#starts[i & (this.#starts.length - 1)] = i
  }

  /** The next unit starts at this raw offset. */
  add(start: number): void {
    if (this.#count >= this.#safe) this.#makeRoom()
    this.#starts[this.#count++ & (this.#starts.length - 1)] = start
  }

  /** Raw start of the unit with this index. */
  at(index: number): number {
    return this.#starts[index & (this.#starts.length - 1)]!
  }

  /** Index of the unit that starts at a raw offset; undefined where none of the last `most` does. */
  indexOf(start: number, most: number): number | undefined {
    for (let back = 1; back <= Math.min(most, this.#starts.length, this.#count); back++)
      if (this.at(this.#count - back) === start) return this.#count - back
    return undefined
  }

  #makeRoom(): void {
    const needed = Math.min(this.#needed(), this.#count)
    while (this.#count - needed > this.#starts.length / 2 && this.#starts.length < LARGEST) this.#grow()
    this.#safe = Math.max(needed + this.#starts.length, this.#count + 1)
  }

  #grow(): void {
    const old = this.#starts
    this.#starts = new Float64Array(old.length * 2)
    for (let i = Math.max(0, this.#count - old.length); i < this.#count; i++)
      this.#starts[i & (this.#starts.length - 1)] = old[i & (old.length - 1)]!
  }
}

/** The last decoded characters of one lane, as many as may still be needed; never more than 16,384 UTF-16 units. */

const SMALLEST = 128
/** Longer secrets are masked all the same, but nobody is told their value. */
const LARGEST = 16_384
/** A tape that grew past this gives its room back when nothing is needed of it. */
const KEPT = 1024
/** Most lanes never write: a text in which nothing begins is read where it stands. */
const UNWRITTEN = new Uint16Array(0)
/** Then the units are UTF-16LE as they stand, which is several times quicker than characters one by one. */
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

export class Tape {
  #units: Uint16Array<ArrayBuffer> = UNWRITTEN
  /** The same as bytes. */
  #bytes: Buffer<ArrayBuffer> | undefined
  #from = 0
  #to = 0
  readonly #small: number
  readonly #spare: number
  readonly #needed: () => number

  /** Keeps the last `spare` units, and all from `needed()` on, the index of the oldest that somebody still needs. */
  constructor(spare: number, needed: () => number) {
    this.#spare = spare
    this.#needed = needed
    this.#small = Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(2 * spare)))
  }

  /** The number of the first unit that is still there. */
  get oldest(): number {
    return this.#from
  }

  /** Forgets all; the next unit written is number `index`. */
  restart(index: number): void {
    this.#from = this.#to = index
    if (this.#units.length > KEPT) this.#units = UNWRITTEN
  }

  write(unit: number): void {
    if (this.#to - this.#from === this.#units.length) this.#makeRoom()
    this.#units[this.#to++ & (this.#units.length - 1)] = unit
  }

  /** The units [from, to) as a text; undefined where they are no longer there. */
  read(from: number, to: number): string | undefined {
    if (from < this.#from || to > this.#to) return undefined
    if (from === to) return ''
    const mask = this.#units.length - 1
    const [first, last] = [from & mask, to & mask]
    if (first < last) return this.#slice(first, last)
    return this.#slice(first, this.#units.length) + this.#slice(0, last)
  }

  #slice(first: number, last: number): string {
    const { buffer } = this.#units
    if (!LITTLE_ENDIAN) return String.fromCharCode(...this.#units.subarray(first, last))
    if (this.#bytes?.buffer !== buffer) this.#bytes = Buffer.from(buffer)
    return this.#bytes.toString('utf16le', first * 2, last * 2)
  }

  /** Unit number `index`; -1 where it is not there. */
  at(index: number): number {
    return index < this.#from || index >= this.#to ? -1 : this.#units[index & (this.#units.length - 1)]!
  }

  #makeRoom(): void {
    const { length } = this.#units
    if (length === 0) this.#units = new Uint16Array(this.#small)
    else if (length < LARGEST) {
      this.#from = Math.max(this.#from, Math.min(this.#to - this.#spare, this.#needed()))
      if (this.#to - this.#from > length / 2) this.#grow()
    } else this.#from++
  }

  #grow(): void {
    const old = this.#units
    this.#units = new Uint16Array(old.length * 2)
    for (let i = this.#from; i < this.#to; i++) this.#units[i & (this.#units.length - 1)] = old[i & (old.length - 1)]!
  }
}

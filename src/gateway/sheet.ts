/** All bytes of one reply that left, and when: kept closely packed until the record has them. Sends nothing. */

const SMALLEST_PAGE = 2048
const LARGEST_PAGE = 64 * 1024

/** Grows by pages of its own, so that no small piece keeps the buffer alive with which it came. What is written stays. */
export class Sheet {
  /** Bytes so far. */
  length = 0
  /** Full pages, then the one that is being filled. */
  #pages: { readonly bytes: Buffer; used: number }[] = []
  /** By twos: the moment at which bytes were added, in ms, and their offset. */
  readonly #pace: number[] = []

  /** Adds bytes that leave at `ms`, and returns the copy that is kept. */
  add(bytes: Uint8Array, ms: number): Uint8Array {
    if (bytes.length === 0) return bytes
    const page = this.#room(bytes.length)
    const from = page.used
    page.bytes.set(bytes, from)
    page.used += bytes.length
    this.#pace.push(ms, this.length)
    this.length += bytes.length
    return page.bytes.subarray(from, page.used)
  }

  #room(size: number) {
    const last = this.#pages.at(-1)
    if (last && last.bytes.length - last.used >= size) return last
    const wished = Math.min(LARGEST_PAGE, Math.max(SMALLEST_PAGE, this.length / 2))
    const page = { bytes: Buffer.allocUnsafeSlow(Math.max(size, wished)), used: 0 }
    this.#pages.push(page)
    return page
  }

  /** Forgets what was added past `length` bytes. */
  cut(length: number): void {
    const kept = this.parts(length).map((bytes) => ({ bytes, used: bytes.length }))
    this.#pages = kept
    this.length = length
    while (this.#pace.length > 0 && (this.#pace.at(-1) ?? 0) >= length) this.#pace.length -= 2
  }

  /** The first `length` bytes, in pieces. */
  parts(length: number): Buffer[] {
    let left = length
    return this.#pages.flatMap(({ bytes, used }) => {
      const part = bytes.subarray(0, Math.min(used, left))
      left -= part.length
      return part.length > 0 ? [part] : []
    })
  }

  /** All bytes in one piece, which is from then on the only copy. */
  bytes(): Buffer {
    const [first] = this.#pages
    if (this.#pages.length === 1 && first?.used === first?.bytes.length) return first?.bytes ?? NOTHING
    const bytes = Buffer.concat(this.parts(this.length), this.length)
    this.#pages = [{ bytes, used: bytes.length }]
    return bytes
  }

  /** The moment at which each piece left, and the offset where it begins. */
  pace(): [ms: number, offset: number][] {
    const times = Array.from({ length: this.#pace.length / 2 }, (_, at) => 2 * at)
    return times.map((at) => [this.#pace[at] ?? 0, this.#pace[at + 1] ?? 0])
  }
}

const NOTHING = Buffer.alloc(0)

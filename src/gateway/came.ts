/** The keyed digest of all that upstream sent in one reply, which costs nothing while it leaves as it came. Keeps no more than waits. */
import type { Hash, Keyring } from '#exchange'
import type { Sheet } from './sheet.ts'

/** So many bytes may wait to leave before they are hashed, come what may. */
const MOST_INSIDE = 64 * 1024

/**
 * While nothing was changed, what came is what left and what waits behind it: it is hashed at the end, from there. From
 * the first change on every byte is hashed when it comes.
 */
export class Came {
  readonly #keyring: Keyring
  readonly #sheet: Sheet
  /** What has come and not left; the oldest may have left in part, and begins at `#start`. */
  #inside: Uint8Array[] = []
  #insideBytes = 0
  #start = 0
  /** How much of the sheet is as it came. */
  #left = 0
  #hash: Hash | undefined
  #digest: string | undefined

  constructor(keyring: Keyring, sheet: Sheet) {
    this.#keyring = keyring
    this.#sheet = sheet
  }

  /** Bytes have come. */
  take(bytes: Uint8Array): void {
    if (this.#hash) this.#hash.update(bytes)
    else {
      this.#inside.push(bytes)
      this.#insideBytes += bytes.length
      if (this.#insideBytes > MOST_INSIDE) this.changed()
    }
  }

  /** All that is on the sheet by now left as it came. */
  passed(): void {
    this.#left = this.#sheet.length
    for (let [oldest] = this.#inside; oldest && this.#start + oldest.length <= this.#left; [oldest] = this.#inside) {
      this.#inside.shift()
      this.#insideBytes -= oldest.length
      this.#start += oldest.length
    }
  }

  /** Something is about to leave otherwise than it came. */
  changed(): void {
    if (this.#hash) return
    const hash = this.#keyring.hash('body')
    for (const part of this.#sheet.parts(this.#left)) hash.update(part)
    let skip = this.#left - this.#start
    for (const bytes of this.#inside) {
      hash.update(bytes.subarray(skip))
      skip = 0
    }
    this.#hash = hash
    this.#inside = []
  }

  /** Of all that came, hex. Nothing may come after it. */
  digest(): string {
    this.changed()
    this.#digest ??= this.#hash?.digest('hex') ?? ''
    return this.#digest
  }
}

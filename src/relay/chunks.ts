/** A reply's bytes between the upstream socket and their reader: a bounded queue. Opens nothing; copies only to join. */
import type { Fault } from '#exchange'

/** The source stops at this many queued bytes; one more read (≤ 64 kB) may still arrive after that. */
const HIGH = 64 * 1024

/** The source of the bytes, as its queue sees it. */
export interface Source {
  pause(): void
  resume(): void
  /** The reader has left before the end. */
  leave(): void
}

type Step = IteratorResult<Uint8Array, undefined>

const DONE: Step = { done: true, value: undefined }

/**
 * One reader, one source. What was queued before a failure is still read; then the failure is thrown. What came within
 * one turn of the source, or while the reader was busy, is read as one: an upstream's events come several at a time.
 */
export class Chunks implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #source: Source
  #queue: Uint8Array[] = []
  #bytes = 0
  #paused = false
  #closed = false
  #fault: Fault | undefined
  /** Tells the reader that there is something to read. */
  #wake: (() => void) | undefined

  constructor(source: Source) {
    this.#source = source
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Bytes that wait for the reader. */
  get queued(): number {
    return this.#bytes
  }

  push(chunk: Uint8Array): void {
    if (this.#closed || chunk.length === 0) return
    this.#queue.push(chunk)
    this.#bytes += chunk.length
    this.#wake?.()
    if (this.#bytes < HIGH || this.#paused) return
    this.#paused = true
    this.#source.pause()
  }

  end(): void {
    this.#closed = true
    this.#wake?.()
  }

  /** Ends with a fault. `at_once` drops what is queued: the reader must not go on. */
  fail(fault: Fault, at_once: boolean): void {
    if (this.#closed) return
    this.#closed = true
    if (at_once) this.#clear()
    this.#fault = fault
    this.#wake?.()
  }

  async next(): Promise<Step> {
    if (this.#queue.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
    if (this.#queue.length > 0) return { done: false, value: this.#taken() }
    const fault = this.#fault
    this.#fault = undefined
    if (fault) throw fault
    return DONE
  }

  return(): Promise<Step> {
    const open = !this.#closed
    this.end()
    this.#clear()
    this.#fault = undefined
    if (open) this.#source.leave()
    return Promise.resolve(DONE)
  }

  /** All that is queued, in one piece. */
  #taken(): Uint8Array {
    const [only, second] = this.#queue
    const taken = only && !second ? only : Buffer.concat(this.#queue, this.#bytes)
    this.#clear()
    this.#refill()
    return taken
  }

  #clear(): void {
    this.#queue = []
    this.#bytes = 0
  }

  #refill(): void {
    if (!this.#paused || this.#closed) return
    this.#paused = false
    this.#source.resume()
  }
}

/** A reply's bytes between the upstream socket and their reader: a bounded queue. Opens nothing, copies nothing. */
import type { Fault } from '#exchange'

/** The source stops at this many queued bytes; one more read (≤ 64 kB) may still arrive after that. */
const HIGH = 64 * 1024
const LOW = 16 * 1024

/** The source of the bytes, as its queue sees it. */
export interface Source {
  pause(): void
  resume(): void
  /** The reader has left before the end. */
  leave(): void
}

type Step = IteratorResult<Uint8Array, undefined>

interface Waiter {
  resolve(step: Step): void
  reject(fault: Fault): void
}

const DONE: Step = { done: true, value: undefined }

/** One reader, one source. What was queued before a failure is still read; then the failure is thrown. */
export class Chunks implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #source: Source
  readonly #queue: Uint8Array[] = []
  #bytes = 0
  #paused = false
  #closed = false
  #fault: Fault | undefined
  #waiter: Waiter | undefined

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
    const waiter = this.#taken()
    if (waiter) waiter.resolve({ done: false, value: chunk })
    else this.#keep(chunk)
  }

  #keep(chunk: Uint8Array): void {
    this.#queue.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes < HIGH || this.#paused) return
    this.#paused = true
    this.#source.pause()
  }

  end(): void {
    this.#closed = true
    this.#taken()?.resolve(DONE)
  }

  /** Ends with a fault. `at_once` drops what is queued: the reader must not go on. */
  fail(fault: Fault, at_once: boolean): void {
    if (this.#closed) return
    this.#closed = true
    if (at_once) this.#clear()
    const waiter = this.#taken()
    if (waiter) waiter.reject(fault)
    else this.#fault = fault
  }

  next(): Promise<Step> {
    const chunk = this.#queue.shift()
    if (chunk) {
      this.#bytes -= chunk.length
      this.#refill()
      return Promise.resolve({ done: false, value: chunk })
    }
    if (this.#fault) return this.#thrown(this.#fault)
    if (this.#closed) return Promise.resolve(DONE)
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject }
    })
  }

  return(): Promise<Step> {
    const open = !this.#closed
    this.end()
    this.#clear()
    this.#fault = undefined
    if (open) this.#source.leave()
    return Promise.resolve(DONE)
  }

  #thrown(fault: Fault): Promise<never> {
    this.#fault = undefined
    return Promise.reject(fault)
  }

  #taken(): Waiter | undefined {
    const waiter = this.#waiter
    this.#waiter = undefined
    return waiter
  }

  #clear(): void {
    this.#queue.length = 0
    this.#bytes = 0
  }

  #refill(): void {
    if (!this.#paused || this.#bytes > LOW || this.#closed) return
    this.#paused = false
    this.#source.resume()
  }
}

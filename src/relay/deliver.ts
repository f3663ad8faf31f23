/** The way back to one client: bytes out, no faster than it reads them. Never waits where the socket has room. */
import type { ServerResponse } from 'node:http'
import { Fault } from '#exchange'
import type { HeaderList } from './upstream.ts'

/** Bytes that may wait for the end of the tick; beyond that they leave at once. */
const TICK_BYTES = 64 * 1024

/** A reply on its way to the client. Writes of one tick leave as one piece. */
export class Delivery {
  readonly #response: ServerResponse
  readonly #gone = new AbortController()
  /** Resolves when the response is over, whichever side ended it. */
  readonly closed: Promise<void>
  #pending: Uint8Array[] = []
  #bytes = 0
  #scheduled = false
  #drained: Promise<void> | undefined

  constructor(response: ServerResponse) {
    this.#response = response
    response.on('error', () => response.destroy())
    this.closed = new Promise<void>((resolve) => {
      if (response.closed) resolve()
      else response.once('close', resolve)
    }).then(() => {
      if (!response.writableEnded) this.#gone.abort(new Fault('client.aborted'))
    })
  }

  /** Aborts when the client's socket closes before `end` was called. */
  get gone(): AbortSignal {
    return this.#gone.signal
  }

  /** The head, sent with the first bytes. Fields keep their order, case and duplicates. */
  writeHead(status: number, headers: HeaderList): void {
    this.#response.writeHead(status, headers.flat())
  }

  /** Sends the head without waiting for a first byte of the body. */
  flushHead(): void {
    this.#response.flushHeaders()
  }

  /**
   * Hands bytes to the socket; they must not be changed afterwards. A promise where it is full: to be awaited before
   * the next write, so that what waits in memory stays below some 128 kB.
   * @throws client.aborted (as a rejection) where the client has gone
   */
  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#response.destroyed) return Promise.reject(new Fault('client.aborted'))
    if (bytes.length > 0) this.#enqueue(bytes)
    return this.#drained?.then(() => {
      if (this.#response.destroyed && !this.#response.writableEnded) throw new Fault('client.aborted')
    })
  }

  /** Ends the reply. What was written before leaves first. */
  end(): void {
    if (this.#response.destroyed || this.#response.writableEnded) return
    const last = this.#taken()
    if (last) this.#response.end(last)
    else this.#response.end()
  }

  #enqueue(bytes: Uint8Array): void {
    this.#pending.push(bytes)
    this.#bytes += bytes.length
    if (this.#bytes >= TICK_BYTES) {
      this.#flush()
    } else if (!this.#scheduled) {
      this.#scheduled = true
      process.nextTick(() => this.#flush())
    }
  }

  #flush(): void {
    this.#scheduled = false
    if (this.#response.destroyed || this.#response.writableEnded) return
    const bytes = this.#taken()
    if (bytes && !this.#response.write(bytes)) this.#drained ??= this.#drain()
  }

  #taken(): Uint8Array | undefined {
    const pending = this.#pending
    if (pending.length === 0) return undefined
    this.#pending = []
    this.#bytes = 0
    return pending.length === 1 ? pending[0] : Buffer.concat(pending)
  }

  #drain(): Promise<void> {
    return new Promise((resolve) => {
      const onRoom = () => {
        this.#response.off('drain', onRoom).off('close', onRoom)
        this.#drained = undefined
        resolve()
      }
      this.#response.on('drain', onRoom).on('close', onRoom)
    })
  }
}

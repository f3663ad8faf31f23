/** The line to the thread that copies a file. What is posted to it is done in order. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Fault } from '#exchange'
import { faultOfStore } from './faults.ts'
import type { FaultLine } from './protocol.ts'

/** What is posted: changes to carry over, or that these were the last ones. */
export type Posted = { readonly changes: Uint8Array } | { readonly last: true }

/** What it answers to each, and once first: that it is done, or why not. */
export type Posting = { readonly fault?: FaultLine }

export class Copier {
  readonly #worker: Worker
  readonly #gone: Promise<unknown>
  #waiting = 1
  #idle = Promise.withResolvers<void>()
  #fault: Fault | undefined

  /** Begins to copy `from`, which must stay as it is until that is done, to `to`. */
  constructor(from: string, to: string) {
    this.#worker = new Worker(new URL('./copying.ts', import.meta.url), { workerData: { from, to }, execArgv: [] })
    this.#worker.on('message', ({ fault }: Posting) => this.#answered(fault && new Fault(fault.code, fault.detail)))
    this.#worker.on('error', (error) => this.#answered(faultOfStore(error, 'a copy')))
    this.#gone = once(this.#worker, 'exit')
    this.#idle.promise.catch(() => undefined)
  }

  /** Carries changes over; how many bytes. */
  post(changes: Uint8Array): number {
    if (changes.byteLength > 0) this.#post({ changes })
    return changes.byteLength
  }

  /** Resolves once the copy is durable, and nobody has it open any more. @throws trail.* */
  end(): Promise<void> {
    this.#post({ last: true })
    return this.idle()
  }

  /** Resolves once all is done that was posted, and the copying itself. @throws trail.* */
  idle(): Promise<void> {
    return this.#idle.promise
  }

  /** Ends the thread, wherever it is. */
  async stop(): Promise<void> {
    await this.#worker.terminate()
    await this.#gone
  }

  #post(posted: Posted): void {
    if (this.#waiting++ === 0) this.#idle = Promise.withResolvers<void>()
    this.#idle.promise.catch(() => undefined)
    if (this.#fault) this.#idle.reject(this.#fault)
    else this.#worker.postMessage(posted)
  }

  #answered(fault: Fault | undefined): void {
    this.#fault ??= fault
    if (this.#fault) this.#idle.reject(this.#fault)
    else if (--this.#waiting === 0) this.#idle.resolve()
  }
}

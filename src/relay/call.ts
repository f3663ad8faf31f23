/** One request to an upstream: undici's events to a reply or a fault, with every time limit. Never tries again. */
import type { Dispatcher } from 'undici'
import { Fault } from '#exchange'
import { Chunks } from './chunks.ts'
import { failureOf } from './failure.ts'
import { toClient } from './headers.ts'
import type { Incoming, Timeouts } from './upstream.ts'

/** `setTimeout` fires at once beyond this many ms. */
const LONGEST = 2 ** 31 - 1

export interface CallOptions {
  /** Names the upstream in faults. */
  readonly host: string
  readonly timeouts: Timeouts
  readonly signal: AbortSignal
}

/** The state of one call. `reply` settles once: with the reply's head, or with the fault that prevented it. */
export class Call implements Dispatcher.DispatchHandler {
  readonly reply: Promise<Incoming>
  readonly #options: CallOptions
  readonly #body: Chunks
  readonly #total: NodeJS.Timeout
  readonly #onAbort = () => this.#stop(reasonOf(this.#options.signal))
  #resolve!: (incoming: Incoming) => void
  #reject!: (fault: Fault) => void
  #controller: Dispatcher.DispatchController | undefined
  #stage: NodeJS.Timeout | undefined
  #stopped: Fault | undefined
  #done = false

  constructor(options: CallOptions) {
    this.#options = options
    this.reply = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#body = new Chunks({
      pause: () => this.#controller?.pause(),
      resume: () => this.#controller?.resume(),
      leave: () => this.#stop(new Fault('client.aborted')),
    })
    const { connect_ms, total_ms } = options.timeouts
    this.#total = setTimeout(() => this.#stop(new Fault('limit.time', `${total_ms} ms`)), Math.min(total_ms, LONGEST))
    this.#limit('no connection', connect_ms)
    if (options.signal.aborted) this.#onAbort()
    else options.signal.addEventListener('abort', this.#onAbort)
  }

  /** True where nothing needs to be sent any more. */
  get done(): boolean {
    return this.#done
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#stopped) controller.abort(this.#stopped)
    else this.#limit('no reply', this.#options.timeouts.first_byte_ms)
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return
    clearTimeout(this.#stage)
    const raw = controller.rawHeaders
    const headers = Array.isArray(raw) ? toClient(raw.map((part) => part.toString('latin1'))) : []
    this.#resolve({ status, headers, body: this.#body })
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body.push(chunk)
  }

  onResponseEnd(): void {
    this.#settle()
    this.#body.end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.refuse(error)
  }

  /** Fails the call for whatever was thrown. */
  refuse(error: unknown): void {
    this.#fail(failureOf(error, this.#options.host))
  }

  /** Arms the time limit of the stage that begins now. */
  #limit(what: string, ms: number): void {
    clearTimeout(this.#stage)
    const late = () => this.#stop(new Fault('upstream.timeout', `${this.#options.host}: ${what} within ${ms} ms`))
    this.#stage = setTimeout(late, Math.min(ms, LONGEST))
  }

  /** Ends the call from our side; the upstream socket is destroyed, now or as soon as there is one. */
  #stop(fault: Fault): void {
    if (this.#done) return
    this.#stopped = fault
    if (this.#controller) this.#controller.abort(fault)
    this.#fail(fault)
  }

  #fail(fault: Fault): void {
    if (this.#done) return
    this.#settle()
    this.#reject(fault)
    this.#body.fail(fault, this.#stopped !== undefined)
  }

  #settle(): void {
    this.#done = true
    clearTimeout(this.#stage)
    clearTimeout(this.#total)
    this.#options.signal.removeEventListener('abort', this.#onAbort)
  }
}

/** Why a signal was aborted: its own fault where it bears one. */
function reasonOf(signal: AbortSignal): Fault {
  return signal.reason instanceof Fault
    ? signal.reason
    : new Fault('client.aborted', undefined, { cause: signal.reason })
}

/** An upstream WebSocket that answers one message at a time. Knows no rule; its caller says which message ends a reply. */
import { Fault } from '#exchange'
import { Chunks } from '../chunks.ts'
import type { Closed, Flaw, Peer } from './peer.ts'

/** What may come while nobody has asked: messages, and bytes of them. It waits for the next reply, and is its beginning. */
const MOST_UNASKED = 64
const MOST_UNASKED_BYTES = 1024 * 1024

export interface AskOptions {
  readonly first_byte_ms: number
  readonly idle_ms: number
  /** Aborting ends the line. Where its reason is a Fault, that fault is thrown. */
  readonly signal: AbortSignal
  /** Whether a message is the last one of a reply. */
  ends(message: Buffer): boolean
  /** A message as the reader of the reply wants it. */
  coded(message: Buffer): Uint8Array
}

/** One reply on its way. */
interface Call {
  readonly chunks: Chunks
  readonly options: AskOptions
  begin(): void
  fail(fault: Fault): void
  /** Nobody waits for it any more. */
  release(): void
  timer: NodeJS.Timeout | undefined
  begun: boolean
}

export interface LineOptions {
  readonly peer: Peer
  /** Names the upstream in faults. */
  readonly host: string
  readonly message_bytes: number
  pinged(): void
  /** Once, when no further message can be asked. Nobody is told of it before a reply that is under way has failed. */
  over(how: Closed): void
}

export class Line {
  readonly #options: LineOptions
  #call: Call | undefined
  #unasked: Buffer[] = []
  #unaskedBytes = 0
  #over = false

  constructor(options: LineOptions) {
    this.#options = options
    options.peer.listen({
      message: (message) => this.#take(message),
      pinged: options.pinged,
      flawed: (flaw) => this.#flawed(flaw),
      closed: (how) => this.#closed(how),
    })
  }

  /** Whether another message can be asked: the last reply came to its end, and nothing broke. */
  get fit(): boolean {
    return !this.#over && !this.#call && this.#options.peer.open
  }

  /**
   * Sends a message; resolves with its reply once that begins. The reply's iteration throws the same faults; whoever
   * leaves it before its end ends the line, since what follows could not be told apart from the next reply.
   * @throws upstream.reset, upstream.timeout, upstream.malformed, limit.event, client.aborted, and the signal's own
   */
  ask(message: Uint8Array, options: AskOptions): Promise<AsyncIterable<Uint8Array>> {
    if (options.signal.aborted) return Promise.reject(reasonOf(options.signal.reason))
    if (!this.fit) return Promise.reject(this.#broken('is closed'))
    return new Promise((resolve, reject) => {
      const { peer } = this.#options
      const chunks = new Chunks({
        pause: () => this.#wait(false),
        resume: () => this.#wait(true),
        leave: () => this.#stop(new Fault('client.aborted')),
      })
      const onAbort = () => this.#stop(options.signal.reason)
      const begin = () => resolve(chunks)
      const release = () => options.signal.removeEventListener('abort', onAbort)
      this.#call = { chunks, options, begin, fail: reject, release, timer: undefined, begun: false }
      options.signal.addEventListener('abort', onAbort)
      this.#limit('no reply', options.first_byte_ms)
      peer.send([message])?.catch(() => this.#fail(this.#broken('is closed')))
      for (const unasked of this.#unasked.splice(0)) this.#take(unasked)
      this.#unaskedBytes = 0
    })
  }

  /** Sends a message that wants no reply. */
  tell(message: Uint8Array): Promise<void> {
    return this.#options.peer.send([message]) ?? Promise.resolve()
  }

  ping(now: number): void {
    this.#options.peer.ping(now)
  }

  close(code: number): void {
    this.#options.peer.close(code)
  }

  terminate(): void {
    this.#options.peer.terminate()
  }

  #take(message: Buffer): void {
    const call = this.#call
    if (call) this.#pass(call, message)
    else this.#keep(message)
  }

  #pass(call: Call, message: Buffer): void {
    call.chunks.push(call.options.coded(message))
    const last = call.options.ends(message)
    if (!call.begun) {
      call.begun = true
      call.begin()
      this.#limit('nothing more', call.options.idle_ms)
    } else call.timer?.refresh()
    if (!last) return
    this.#done(call)
    call.chunks.end()
  }

  #keep(message: Buffer): void {
    this.#unasked.push(message)
    this.#unaskedBytes += message.length
    if (this.#unasked.length > MOST_UNASKED || this.#unaskedBytes > MOST_UNASKED_BYTES) this.#options.peer.close(1008)
  }

  /** Time in which our own reader is behind does not count. */
  #wait(reading: boolean): void {
    const call = this.#call
    if (!reading) {
      clearTimeout(call?.timer)
      this.#options.peer.pause()
    } else {
      if (call?.begun) this.#limit('nothing more', call.options.idle_ms)
      this.#options.peer.resume()
    }
  }

  #limit(what: string, ms: number): void {
    const call = this.#call
    if (!call) return
    clearTimeout(call.timer)
    const late = new Fault('upstream.timeout', `${this.#options.host}: ${what} within ${ms} ms`)
    call.timer = setTimeout(() => this.#stop(late), ms)
  }

  #flawed({ kind, what }: Flaw): void {
    const { host, message_bytes } = this.#options
    this.#fail(
      kind === 'size'
        ? new Fault('limit.event', `more than ${message_bytes} bytes`)
        : new Fault('upstream.malformed', `${host}: ${what}`),
    )
  }

  #closed(how: Closed): void {
    this.#over = true
    this.#fail(this.#broken(`closed it with ${how.code}`))
    this.#options.over(how)
  }

  #broken(how: string): Fault {
    return new Fault('upstream.reset', `${this.#options.host}: ${how}`)
  }

  /** Ends the line from our side, with a reply under way. */
  #stop(reason: unknown): void {
    if (!this.#call) return
    this.#fail(reasonOf(reason), true)
    this.#options.peer.terminate()
  }

  /** What came before is still read, save where the reader must not go on. */
  #fail(fault: Fault, at_once = false): void {
    const call = this.#call
    if (!call) return
    this.#done(call)
    this.#over = true
    call.fail(fault)
    call.chunks.fail(fault, at_once)
  }

  #done(call: Call): void {
    clearTimeout(call.timer)
    this.#call = undefined
    call.release()
    this.#options.peer.resume() // a reader that was behind does not hold back what comes after its reply
  }
}

/** Why a signal was aborted: its own fault where it bears one. */
const reasonOf = (reason: unknown): Fault =>
  reason instanceof Fault ? reason : new Fault('client.aborted', undefined, { cause: reason })

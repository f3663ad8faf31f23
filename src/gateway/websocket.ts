/** A turn over a WebSocket: one message of the client's, its reply as messages of the provider's. Knows no rule. */
import { type HeaderList, type Incoming, type Line, NO_BODY, type Outgoing, type Peer } from '#relay'
import { eventOf, messagesIn, PROTOCOLS, type Said, type Verb } from '#wire'
import type { Connection, Host } from './connection.ts'
import { Headed, type SocketHead } from './headed.ts'
import type { Received, Turn } from './turn.ts'

/** What `readSaid` makes of a message, as a route knows it. */
const VERBS: Readonly<Record<Said['kind'], Verb>> = { prompt: 'MESSAGE', signal: 'SIGNAL', unknown: 'OTHER' }

export interface MessageOptions {
  /** The handshake's head: who speaks, and where to. */
  readonly head: SocketHead
  readonly said: Said
  readonly bytes: Buffer
  readonly client: Peer
  readonly line: Line
  /** The handshake's answer of the provider. */
  readonly shaken: HeaderList
  /** Aborts when the client goes away. */
  readonly gone: AbortSignal
}

const ENDS = PROTOCOLS.filter(({ socket }) => socket).map(({ ends }) => ends)

/** A message is an event: it crosses `carry()` as one, whose data is the message, and leaves as a message again. */
export class MessageTurn extends Headed implements Turn {
  readonly method: Verb
  readonly headers: SocketHead['headers']
  begun = false
  /** Whether the provider's reply came to its end, or was never asked for. */
  clean = true
  readonly #options: MessageOptions

  constructor(options: MessageOptions) {
    super(options.head)
    const { 'content-encoding': _encoding, ...headers } = options.head.headers
    this.#options = options
    this.method = VERBS[options.said.kind]
    this.headers = { ...headers, ...options.said.headers, 'content-type': 'application/json' }
  }

  get gone(): AbortSignal {
    return this.#options.gone
  }

  async read(take: (bytes: number) => void): Promise<Received> {
    const { bytes } = this.#options
    take(bytes.length)
    return { bytes, raw: bytes, encoding: 'identity' }
  }

  async send(connection: Connection, _host: Host, out: Outgoing, signal: AbortSignal): Promise<Incoming> {
    const { line, said, shaken } = this.#options
    const message = out.body ?? new Uint8Array()
    if (said.kind !== 'prompt') {
      await line.tell(said.text === undefined ? message : Buffer.from(said.text))
      return { status: 101, headers: [], body: NO_BODY }
    }
    this.clean = false
    const { first_byte_ms, idle_ms } = connection.timeouts
    const ends = (event: Buffer) => ENDS.some((each) => each?.(event.toString()))
    const body = await line.ask(message, { first_byte_ms, idle_ms, signal, ends, coded: eventOf })
    const ids = shaken.filter(([name]) => /^(x-)?request-id$/i.test(name))
    return { status: 101, headers: [['content-type', 'text/event-stream'], ...ids], body }
  }

  head(): void {
    this.begun = true
  }

  /** What a signal is told it is told by nothing: a reply to another message may be under way. */
  deliver(bytes: Uint8Array): Promise<void> | undefined {
    const messages = this.method === 'SIGNAL' ? [] : messagesIn(bytes)
    return messages.length ? this.#options.client.send(messages) : undefined
  }

  end(): void {
    this.clean ||= this.#options.line.fit
  }

  abort(): void {
    this.#options.client.terminate()
  }
}

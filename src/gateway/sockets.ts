/** One open WebSocket: its turns one after the other, until either side, the key or the house ends it. Reads no message's text. */
import { Fault } from '#exchange'
import { maskText } from '#masking'
import { type Closed, type Flaw, Line } from '#relay'
import { readSaid, type Said } from '#wire'
import { carry } from './carry.ts'
import type { Connection } from './connection.ts'
import type { House } from './house.ts'
import type { Head, Turn } from './turn.ts'
import { recordFor, turnAway } from './turned.ts'
import type { Opened } from './upgrade.ts'
import { MessageTurn } from './websocket.ts'

/** Prompts that may wait for the reply before theirs; providers take one at a time. */
const MOST_WAITING = 8
/** Signals under way at a time: a client sends one to break a reply off. */
const MOST_SIGNALS = 16

/** Close codes of our own (RFC 6455 §7.4.1, IANA): against the rules, something failed, come again. */
const POLICY = 1008
const FAILED = 1011
const AGAIN = 1012

export interface SocketOptions extends Opened {
  readonly head: Head & Pick<Turn, 'rawHeaders'>
  /** Aborts when the key is revoked. */
  readonly revoked: AbortSignal
  /** Bytes of one message of a client. */
  readonly messageBytes: number
  house(): House
  draining(): boolean
  /** Once, when nothing of it is open any more. */
  over(): void
}

interface Message {
  readonly said: Said
  readonly bytes: Buffer
}

export class OpenSocket {
  readonly #options: SocketOptions
  readonly #line: Line
  readonly #gone = new AbortController()
  readonly #way: string
  #waiting: Message[] = []
  #running = false
  #signals = 0
  /** How the provider ended it. */
  #ended: Closed | undefined

  constructor(options: SocketOptions) {
    const { client, upstream, connection, host, revoked } = options
    this.#options = options
    this.#way = wayOf(connection, host.name, options.house())
    this.#line = new Line({
      peer: upstream,
      host: host.upstream.origin.host,
      message_bytes: options.house().settings.eventBytes,
      pinged: () => client.ping(options.house().clock()),
      over: (how) => this.#upstreamOver(how),
    })
    client.listen({
      message: (message) => this.#take(message),
      pinged: () => this.#line.ping(options.house().clock()),
      flawed: (flaw) => this.#flawed(flaw),
      closed: (how) => this.#clientOver(how),
    })
    revoked.addEventListener('abort', this.#retire)
    if (revoked.aborted || !this.#stands) this.#retire()
  }

  /** Takes no further turn; ends now, or once the reply that is under way has ended. */
  retire(): void {
    this.#retire()
  }

  readonly #retire = (): void => {
    if (this.#running) return
    const revoked = this.#options.revoked.aborted
    this.#options.client.close(
      revoked ? POLICY : AGAIN,
      revoked ? 'the Gatelog key was revoked' : 'Gatelog is restarting',
    )
  }

  #take(bytes: Buffer): void {
    const message = { said: readSaid(bytes.toString()), bytes }
    if (message.said.kind === 'signal') return void this.#signal(message)
    if (this.#waiting.length >= MOST_WAITING || this.#weight(bytes) > this.#options.messageBytes) {
      this.#options.client.close(POLICY, 'too many messages wait')
      return void this.#forget(message, new Fault('limit.turns', `${MOST_WAITING} of them`))
    }
    this.#waiting.push(message)
    if (!this.#running) void this.#run()
  }

  /** A signal waits for nothing. More of them than anybody needs end the socket: each is an entry on the record. */
  async #signal(message: Message): Promise<void> {
    if (this.#signals >= MOST_SIGNALS) {
      this.#options.client.close(POLICY, 'too many signals')
      return this.#forget(message, new Fault('limit.turns', `${MOST_SIGNALS} signals`))
    }
    this.#signals += 1
    await this.#carry(this.#turn(message))
    this.#signals -= 1
  }

  #weight(bytes: Buffer): number {
    return this.#waiting.reduce((sum, each) => sum + each.bytes.length, bytes.length)
  }

  /** The turns that wait, one after the other. */
  async #run(): Promise<void> {
    this.#running = true
    for (let message = this.#waiting.shift(); message; message = this.#waiting.shift()) {
      const turn = this.#turn(message)
      await this.#carry(turn)
      if (!turn.clean) break
    }
    this.#running = false
    this.#forgetWaiting(new Fault('upstream.reset', 'before this message was sent'))
    if (this.#ended) this.#passOn(this.#ended)
    else if (!this.#line.fit) this.#options.client.close(this.#options.revoked.aborted ? POLICY : FAILED)
    else if (this.#options.revoked.aborted || !this.#stands) this.#retire()
  }

  /** What was heard and goes nowhere is on the record. */
  #forgetWaiting(why: Fault): void {
    for (const message of this.#waiting.splice(0)) this.#forget(message, why)
  }

  #forget(message: Message, why: Fault): void {
    void recordFor(this.#turn(message), this.#options.house(), why)
  }

  #turn(message: Message): MessageTurn {
    const { head, client, shaken } = this.#options
    return new MessageTurn({ ...message, head, client, shaken, line: this.#line, gone: this.#gone.signal })
  }

  #carry(turn: MessageTurn): Promise<void> {
    const house = this.#options.house()
    return this.#stands ? carry(turn, house) : turnAway(turn, house)
  }

  /** Whether the house would open this socket as it is open now. */
  get #stands(): boolean {
    const { house, draining, head, host } = this.#options
    const connection = house().connections.get(head.address.connection)
    return !draining() && connection?.websocket === 'record' && wayOf(connection, host.name, house()) === this.#way
  }

  #flawed({ kind, what }: Flaw): void {
    const { messageBytes } = this.#options
    const fault =
      kind === 'size'
        ? new Fault('limit.body', `more than ${messageBytes} bytes`)
        : new Fault('request.websocket', what)
    this.#forget({ said: readSaid(''), bytes: Buffer.alloc(0) }, fault)
  }

  /** The provider has ended it: the client learns how, once what came before was delivered. */
  #upstreamOver(how: Closed): void {
    this.#ended = how
    if (!this.#running) this.#passOn(how)
  }

  #passOn({ code, reason }: Closed): void {
    this.#options.client.close(code, maskText(this.#options.house().engine, reason, 'text').text)
  }

  /** The client has gone: a reply under way is aborted. Its code goes on, its reason does not: nobody recorded that. */
  #clientOver({ code }: Closed): void {
    this.#options.revoked.removeEventListener('abort', this.#retire)
    this.#forgetWaiting(new Fault('client.aborted'))
    this.#gone.abort(new Fault('client.aborted'))
    if (this.#running) this.#line.terminate()
    else this.#line.close(code)
    this.#options.over()
  }
}

/** What decides where a message goes and with whose credential. */
function wayOf({ hosts, brokered, name: own }: Connection, name: string, { credentials }: House): string {
  const { origin, ca, proxy } = hosts.get(name)?.upstream ?? {}
  return JSON.stringify([origin?.href, ca, proxy?.href, hosts.get(name)?.base, brokered, credentials?.version(own)])
}

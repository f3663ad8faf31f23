/** A WebSocket handshake as a turn: asked of the provider first, answered to the client with what the provider said. */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { Fault } from '#exchange'
import {
  acceptSocket,
  checkHandshake,
  connectSocket,
  type HeaderList,
  type Incoming,
  NO_BODY,
  type Outgoing,
  type Peer,
  subprotocols,
  withoutHandshake,
} from '#relay'
import type { Connection, Host } from './connection.ts'
import { Headed, type SocketHead } from './headed.ts'
import type { Received, Turn } from './turn.ts'

export interface UpgradeOptions {
  readonly head: SocketHead
  readonly request: IncomingMessage
  readonly socket: Duplex
  /** Bytes that came after the request. */
  readonly early: Buffer
  /** Bytes of one message of a client, and of a provider. */
  readonly messageBytes: number
  readonly eventBytes: number
  /** Takes a place for the socket, once it is known who asks. @throws limit.sockets */
  admit(): void
}

/** Both sides, open. */
export interface Opened {
  readonly client: Peer
  readonly upstream: Peer
  readonly shaken: HeaderList
  readonly connection: Connection
  readonly host: Host
}

export class UpgradeTurn extends Headed implements Turn {
  readonly method = 'UPGRADE'
  readonly headers: SocketHead['headers']
  begun = false
  /** Set once the client was told that its WebSocket is open. */
  opened: Opened | undefined
  readonly #options: UpgradeOptions
  readonly #gone = new AbortController()
  readonly #onClose = () => this.#gone.abort(new Fault('client.aborted'))
  #upstream: Omit<Opened, 'client'> | undefined
  #protocol = ''

  constructor(options: UpgradeOptions) {
    super(options.head)
    this.headers = options.head.headers
    this.#options = options
    if (options.socket.destroyed) this.#onClose()
    options.socket.on('close', this.#onClose)
  }

  get gone(): AbortSignal {
    return this.#gone.signal
  }

  async read(): Promise<Received> {
    checkHandshake(this.#options.request)
    this.#options.admit()
    const bytes = Buffer.alloc(0)
    return { bytes, raw: bytes, encoding: 'identity' }
  }

  async send(connection: Connection, host: Host, out: Outgoing, signal: AbortSignal): Promise<Incoming> {
    const { request, eventBytes } = this.#options
    const { connect_ms, idle_ms } = connection.timeouts
    const shake = { path: out.path, headers: withoutHandshake(out.headers), protocols: subprotocols(request.headers) }
    const limits = { connect_ms, stall_ms: idle_ms, message_bytes: eventBytes, signal }
    const answer = await connectSocket(host.upstream, shake, limits)
    if (!('peer' in answer)) return answer
    this.#upstream = { upstream: answer.peer, shaken: answer.headers, connection, host }
    this.#protocol = answer.protocol
    return { status: 101, headers: answer.headers, body: NO_BODY }
  }

  head(status: number, headers: HeaderList): void {
    this.begun = true
    const upstream = this.#upstream
    if (status === 101 && upstream) this.#accept(upstream, headers)
    else this.#answer(status, headers)
  }

  /** What is told instead of a WebSocket. */
  #answer(status: number, headers: HeaderList): void {
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const first = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
    this.#options.socket.write(Buffer.from(`${first}${lines}connection: close\r\n\r\n`, 'latin1'))
  }

  deliver(bytes: Uint8Array): Promise<void> | undefined {
    if (bytes.length > 0 && !this.#options.socket.destroyed) this.#options.socket.write(bytes)
    return undefined
  }

  end(): void {
    this.#options.socket.off('close', this.#onClose)
    if (this.opened) return
    this.#upstream?.upstream.terminate()
    this.#options.socket.end()
  }

  abort(): void {
    this.#options.socket.destroy()
  }

  #accept(upstream: Omit<Opened, 'client'>, headers: HeaderList): void {
    const { request, socket, early, messageBytes } = this.#options
    const client = acceptSocket({
      ...{ request, socket, head: early, protocol: this.#protocol, message_bytes: messageBytes },
      headers: headers.filter(([name]) => name.toLowerCase() !== 'content-length'),
      stall_ms: upstream.connection.timeouts.idle_ms,
    })
    if (client) this.opened = { ...upstream, client }
  }
}

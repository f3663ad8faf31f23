/** A turn over HTTP/1.1: node:http towards the client, undici towards the provider. Knows no rule. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type BodyLimits, Delivery, type Incoming, type Outgoing, type Relay, readBody } from '#relay'
import type { Connection, Host } from './connection.ts'
import type { Address, Received, Turn } from './turn.ts'

export interface HttpOptions {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly address: Address
  readonly relay: Relay
  readonly limits: BodyLimits
  readonly insecure: boolean
  readonly door?: 'reverse' | 'forward'
}

export class HttpTurn implements Turn {
  begun = false
  readonly #options: HttpOptions
  readonly #delivery: Delivery

  constructor(options: HttpOptions) {
    this.#options = options
    this.#delivery = new Delivery(options.response)
  }

  get door() {
    return this.#options.door ?? 'reverse'
  }

  get method(): string {
    return this.#options.request.method ?? 'GET'
  }

  get address(): Address {
    return this.#options.address
  }

  get headers() {
    return this.#options.request.headers
  }

  get rawHeaders(): readonly string[] {
    return this.#options.request.rawHeaders
  }

  get remote(): string {
    return this.#options.request.socket.remoteAddress ?? ''
  }

  get came(): string {
    const { localAddress = '', localPort } = this.#options.request.socket
    return `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`
  }

  get insecure(): boolean {
    return this.#options.insecure
  }

  get gone(): AbortSignal {
    return this.#delivery.gone
  }

  read(take: (bytes: number) => void, unread = false): Promise<Received> {
    return readBody(this.#options.request, this.#options.limits, take, unread)
  }

  send(connection: Connection, host: Host, out: Outgoing, signal: AbortSignal): Promise<Incoming> {
    return this.#options.relay.forward(host.upstream, out, { timeouts: connection.timeouts, signal })
  }

  head(status: number, headers: readonly (readonly [string, string])[]): void {
    this.begun = true
    this.#delivery.writeHead(status, headers)
  }

  deliver(bytes: Uint8Array): Promise<void> | undefined {
    return this.#delivery.write(bytes)
  }

  end(): void {
    this.#delivery.end()
  }

  abort(): void {
    this.#options.response.destroy()
  }
}

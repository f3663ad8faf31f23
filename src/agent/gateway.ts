/** The way from the agent to the gateway: TLS that trusts the pinned certificates alone. It never falls back to plain text. */
import { Agent } from 'node:https'
import { isIP } from 'node:net'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { Fault } from '#exchange'
import { readPrivate } from './private.ts'

const CONNECT_MS = 10_000

export interface GatewayOptions {
  readonly url: URL
  /** PEM: nothing else is trusted. */
  readonly ca: string
  /** A file that only its user may read; read anew for each connection, so that a new key needs no restart. */
  readonly keyFile: string
}

export class Gateway {
  readonly #options: GatewayOptions
  readonly #tls: ConnectionOptions
  readonly agent: Agent

  constructor(options: GatewayOptions) {
    const { url, ca } = options
    if (url.protocol !== 'https:') throw new Fault('usage.option', '--gateway: it is an https address')
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const port = Number(url.port || 443)
    this.#options = options
    this.#tls = { host, port, ca, ...(isIP(host) ? {} : { servername: host }), minVersion: 'TLSv1.2' }
    this.agent = new Agent({ ...this.#tls, keepAlive: true, ALPNProtocols: ['http/1.1'] })
    this.key()
  }

  get url(): URL {
    return this.#options.url
  }

  /** @throws usage.input where the file is missing, empty, or others may read it */
  key(): string {
    const { keyFile } = this.#options
    const key = readPrivate(keyFile, 'chmod 600')
    if (!/^gtl_[\x21-\x7e]+$/.test(key)) throw new Fault('usage.input', `${keyFile}: it holds no Gatelog key`)
    return key
  }

  /** A connection that has shaken hands. @throws server.unreachable */
  open(): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ ...this.#tls, ALPNProtocols: ['http/1.1'] })
      const failed = (cause: Error) => {
        socket.destroy()
        reject(this.unreachable(cause))
      }
      socket.setTimeout(CONNECT_MS, () => failed(new Error('it took too long')))
      socket.once('error', failed)
      socket.once('secureConnect', () => {
        socket.setTimeout(0)
        socket.off('error', failed)
        resolve(socket)
      })
    })
  }

  unreachable(cause: Error): Fault {
    return new Fault(
      'server.unreachable',
      `${this.url.origin}: ${(cause as NodeJS.ErrnoException).code ?? cause.message}`,
      {
        cause,
      },
    )
  }
}

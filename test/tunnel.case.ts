/** Raw clients of the forward door: CONNECT by hand, TLS within it, one request over it. Trusts what it is told to. */
import { request } from 'node:http'
import { connect as open, type Socket } from 'node:net'
import { type ConnectionOptions, connect as secure, type TLSSocket } from 'node:tls'

export interface Connected {
  readonly status: number
  /** The whole answer to CONNECT where it was refused, else its head. */
  readonly told: string
  readonly socket: Socket
}

export const basic = (key: string, user = 'ana'): Record<string, string> => ({
  'proxy-authorization': `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}`,
})

/** Says CONNECT. @param first bytes that are sent right behind it, without waiting */
export function connectTo(
  gateway: string,
  target: string,
  headers: Record<string, string>,
  first = '',
): Promise<Connected> {
  const { hostname, port } = new URL(gateway)
  const lines = Object.entries({ host: target, 'user-agent': 'raw/1', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  return new Promise((resolve, reject) => {
    const socket = open({ host: hostname, port: Number(port) }, () =>
      socket.write(`CONNECT ${target} HTTP/1.1\r\n${lines.join('')}\r\n${first}`),
    )
    let told = ''
    const status = () => Number(/^HTTP\/1\.1 (\d+)/.exec(told)?.[1] ?? 0)
    const settle = () => {
      socket.off('data', onData).off('close', settle)
      resolve({ status: status(), told, socket })
    }
    const onData = (part: Buffer) => {
      told += part.toString('latin1')
      if (status() === 200 && told.includes('\r\n\r\n')) settle()
    }
    socket.on('data', onData).on('close', settle).on('error', reject)
  })
}

/** TLS within a tunnel. */
export function shake(socket: Socket, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const inner = secure({ socket, ALPNProtocols: ['http/1.1'], ...options }, () => resolve(inner))
    inner.once('error', reject)
  })
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export interface Asking {
  readonly method?: string
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** One request over a socket that stands. */
export function askOver(
  socket: Socket,
  host: string,
  { method = 'POST', path, headers = {}, body }: Asking,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const all = { host, 'content-type': 'application/json', ...headers }
    const asked = request({ method, path, headers: all, createConnection: () => socket }, (answer) => {
      answer.toArray().then((chunks) => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text })
      }, reject)
    })
    asked.once('error', reject)
    asked.end(body)
  })
}

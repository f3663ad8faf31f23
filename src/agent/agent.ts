/** Takes requests on loopback, adds the key, and hands them to the gateway over TLS. It reads no body and keeps nothing. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { request } from 'node:https'
import type { Socket } from 'node:net'
import { type Duplex, pipeline } from 'node:stream'
import { type Fault, faultOf } from '#exchange'
import { endToEnd, type Listening, listen } from '#relay'
import { Gateway, type GatewayOptions } from './gateway.ts'
import { admit, isOwnTunnel } from './guard.ts'

export interface AgentOptions extends GatewayOptions {
  /** Loopback only. 0 for any free port. */
  readonly port: number
  /** What a program shows where the system does not tell whose it is. */
  readonly secret: string
}

export interface Agent extends Pick<Listening, 'url' | 'port'> {
  close(): Promise<void>
}

const HEADER_BYTES = 64 * 1024
const DRAIN_MS = 10_000
const QUIET = () => undefined

/** @throws config.bind, usage.option, usage.input */
export async function openAgent(options: AgentOptions): Promise<Agent> {
  const gateway = new Gateway(options)
  const beyond = (incoming: IncomingMessage, socket: Duplex, head: Buffer) =>
    void tunnel(incoming, socket, head, gateway, options.secret)
  const listening = await listen({
    host: '127.0.0.1',
    port: options.port,
    limits: { header_bytes: HEADER_BYTES, request_ms: 24 * 60 * 60_000 },
    onRequest: (incoming, response) => carry(incoming, response, gateway, options.secret),
    onUpgrade: beyond,
    onConnect: (incoming, socket, head, enter) =>
      isOwnTunnel(incoming) ? within(incoming, socket, head, enter, options.secret) : beyond(incoming, socket, head),
  })
  return {
    url: listening.url,
    port: listening.port,
    close: async () => {
      await listening.drain(DRAIN_MS)
      gateway.agent.destroy()
    },
  }
}

/** A request by the reverse door, or in absolute form. */
function carry(incoming: IncomingMessage, response: ServerResponse, gateway: Gateway, secret: string): void {
  try {
    const { target } = admit(incoming, secret)
    const { method, rawHeaders } = incoming
    const headers = [...withoutGateways(rawHeaders, gateway, target), ...keyFor(gateway, target)].flat()
    const asked = request({ agent: gateway.agent, method, path: target, headers, setDefaultHeaders: false })
    response.once('close', () => asked.destroy())
    asked.once('error', (cause) => tell(response, gateway.unreachable(cause)))
    asked.once('response', (answer) => {
      response.sendDate = false
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToHere(answer.rawHeaders))
      response.flushHeaders()
      pipeline(answer, response, QUIET)
    })
    pipeline(incoming, asked, QUIET)
  } catch (error) {
    tell(response, faultOf(error))
  }
}

/** CONNECT, or a WebSocket handshake: from the gateway's answer on, bytes as they are. */
async function tunnel(incoming: IncomingMessage, socket: Duplex, head: Buffer, gateway: Gateway, secret: string) {
  socket.on('error', QUIET)
  try {
    const { target } = admit(incoming, secret)
    const up = await gateway.open()
    up.write(`${incoming.method} ${target} HTTP/1.1\r\n`)
    for (const [name, value] of [...handshake(incoming, gateway, target), ...keyFor(gateway, target)])
      up.write(`${name}: ${value}\r\n`)
    up.write('\r\n')
    up.write(head)
    pipeline(socket, up, socket, () => {
      up.destroy()
      socket.destroy()
    })
  } catch (error) {
    turnAway(socket, faultOf(error))
  }
}

/** CONNECT to the agent itself: what comes within is asked of it like any other request, each admitted for itself. */
function within(incoming: IncomingMessage, socket: Socket, head: Buffer, enter: Enter, secret: string): void {
  try {
    admit(incoming, secret)
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    enter(socket)
  } catch (error) {
    turnAway(socket, faultOf(error))
  }
}

type Enter = (inner: Socket) => void

function turnAway(socket: Duplex, { message, remedy, code, status }: Fault): void {
  const text = `${message}. ${remedy} [${code}]\n`
  const length = Buffer.byteLength(text)
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${length}\r\n\r\n${text}`,
  )
}

/** The forward door knows the key as proxy credentials, the reverse door as a field of its own. */
const keyFor = (gateway: Gateway, target: string): [string, string][] =>
  target.startsWith('/')
    ? [['x-gatelog-key', gateway.key()]]
    : [['proxy-authorization', `Basic ${Buffer.from(`agent:${gateway.key()}`).toString('base64')}`]]

/** The client's fields, without those that are the agent's to say. A length stays, for it says how the body is framed. */
function withoutGateways(raw: readonly string[], { url }: Gateway, target: string): [string, string][] {
  const kept = raw.flatMap((name, at): [string, string][] =>
    at % 2 === 0 && /^(content-length|transfer-encoding|accept-encoding|expect)$/i.test(name)
      ? [[name, raw[at + 1] ?? '']]
      : [],
  )
  return [['host', target.startsWith('/') ? url.host : new URL(target).host], ...endToEnd(raw), ...kept]
}

/** The fields of a handshake, in which `connection` and `upgrade` are meant for the far end. */
function handshake({ rawHeaders, method }: IncomingMessage, gateway: Gateway, target: string): [string, string][] {
  if (method === 'CONNECT') return [['host', target]]
  const upgrade: [string, string][] = [
    ['connection', 'Upgrade'],
    ['upgrade', 'websocket'],
  ]
  return [...withoutGateways(rawHeaders, gateway, target), ...upgrade]
}

/** The gateway's fields, less those of its hop. */
const endToHere = (raw: readonly string[]): string[] => {
  const out: string[] = []
  for (let at = 0; at + 1 < raw.length; at += 2)
    if (!/^(connection|keep-alive|proxy-.*|te|trailer|upgrade)$/i.test(raw[at] ?? ''))
      out.push(raw[at] as string, raw[at + 1] as string)
  return out
}

function tell(response: ServerResponse, { message, remedy, code, status }: Fault): void {
  if (response.headersSent || response.destroyed) return void response.destroy()
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
  response.end(`${message}. ${remedy} [${code}]\n`)
}

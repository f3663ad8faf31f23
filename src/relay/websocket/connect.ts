/** The handshake towards an upstream (RFC 6455 §4): a WebSocket, or the answer that it gave instead. Tries nothing twice. */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import { Fault } from '#exchange'
import { failureOf } from '../failure.ts'
import { toClient } from '../headers.ts'
import type { HeaderList, Incoming, Upstream } from '../upstream.ts'
import { dial } from './dial.ts'
import { CLOSE_MS, Peer } from './peer.ts'

export interface Handshake {
  /** Origin form: path and query. */
  readonly path: string
  /** Without hop-by-hop fields and those of the handshake itself; see `withoutHandshake`. */
  readonly headers: HeaderList
  /** The subprotocols that the client offers. */
  readonly protocols: readonly string[]
}

export interface ConnectOptions {
  readonly connect_ms: number
  readonly stall_ms: number
  /** Bytes of one message. */
  readonly message_bytes: number
  readonly signal: AbortSignal
}

/** An open WebSocket, and the fields that came with it. */
export interface Shaken {
  readonly peer: Peer
  readonly protocol: string
  readonly headers: HeaderList
}

/** Fields that the two handshakes write for themselves. No extension is offered, so that no frame is compressed. */
export const withoutHandshake = (headers: HeaderList): HeaderList =>
  headers.filter(([name]) => !/^sec-websocket-/i.test(name))

/** @throws upstream.*, client.aborted, limit.time */
export function connectSocket(
  upstream: Upstream,
  shake: Handshake,
  options: ConnectOptions,
): Promise<Shaken | Incoming> {
  const { host } = upstream.origin
  const { connect_ms, signal } = options
  const late = new AbortController()
  const timer = setTimeout(
    () => late.abort(new Fault('upstream.timeout', `${host}: no WebSocket within ${connect_ms} ms`)),
    connect_ms,
  )
  const either = AbortSignal.any([signal, late.signal])
  return shaking(upstream, shake, { ...options, signal: either })
    .catch((error) => {
      throw either.aborted ? failureOf(either.reason, host) : handshakeFault(error, host)
    })
    .finally(() => clearTimeout(timer))
}

function shaking(upstream: Upstream, { path, headers, protocols }: Handshake, options: ConnectOptions) {
  const { signal, message_bytes, stall_ms } = options
  return new Promise<Shaken | Incoming>((resolve, reject) => {
    let raw: Socket | undefined
    const socket = new WebSocket(upstream.origin, [...protocols], {
      ...{ perMessageDeflate: false, maxPayload: message_bytes, closeTimeout: CLOSE_MS, headers: grouped(headers) },
      createConnection: ((_options: unknown, connected: (error: Error | null, socket?: Socket) => void) => {
        dial(upstream, signal).then(
          (dialled) => {
            raw = dialled
            connected(null, dialled)
          },
          (error) => connected(error),
        )
      }) as never,
      finishRequest: (request) => {
        request.path = path
        request.end()
      },
    })
    const onAbort = () => socket.terminate()
    signal.addEventListener('abort', onAbort)
    const settled = () => signal.removeEventListener('abort', onAbort)
    let told: HeaderList = []
    socket.once('upgrade', (reply) => {
      told = withoutHandshake(toClient(reply.rawHeaders))
    })
    socket.once('open', () => {
      settled()
      resolve({ peer: new Peer(socket, raw as Socket, { stall_ms }), protocol: socket.protocol, headers: told })
    })
    socket.once('unexpected-response', (_request, reply) => {
      settled()
      resolve(incomingOf(reply, upstream.origin.host))
    })
    socket.on('error', (error) => {
      settled()
      reject(error)
    })
    if (signal.aborted) onAbort()
  })
}

/** What `ws` says of a reply that is no handshake, in our words; all else is the socket's own. */
function handshakeFault(error: Error, host: string): Fault {
  const wrong = /Sec-WebSocket|Upgrade header|subprotocol/i.test(error.message)
  return wrong ? new Fault('upstream.malformed', `${host}: ${error.message}`, { cause: error }) : failureOf(error, host)
}

/** An answer that is no WebSocket, as a reply like any other. */
const incomingOf = (reply: IncomingMessage, host: string): Incoming => ({
  status: reply.statusCode ?? 502,
  headers: toClient(reply.rawHeaders),
  body: bodyOf(reply, host),
})

async function* bodyOf(reply: IncomingMessage, host: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of reply) yield chunk as Buffer
  } catch (error) {
    throw failureOf(error, host)
  }
}

/** Fields as Node takes them: one that comes twice has a list of values. */
function grouped(headers: HeaderList): Record<string, string | string[]> {
  const fields = new Map<string, { name: string; values: string[] }>()
  for (const [name, value] of headers) {
    const known = fields.get(name.toLowerCase()) ?? { name, values: [] }
    fields.set(name.toLowerCase(), { ...known, values: [...known.values, value] })
  }
  return Object.fromEntries(
    [...fields.values()].map(({ name, values }) => [name, values.length > 1 ? values : (values[0] as string)]),
  )
}

/** A listener: HTTP/1.1, plain or TLS, with limits on slow and broken clients, and an end that lets replies finish. */
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttps, type Server as HttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Fault } from '#exchange'
import { expectsContinue } from './body.ts'
import { answerBroken, brokenAs } from './broken.ts'
import { lingerAfter } from './linger.ts'

/** PEM texts. */
export interface Tls {
  readonly cert: string
  readonly key: string
}

export interface ServerLimits {
  /** All header fields of a request together, in bytes. */
  readonly header_bytes: number
  /** How long a client may take for its headers, and for a TLS handshake, in ms: 10 s unless told. */
  readonly headers_ms?: number
  /** How long for the whole request, in ms: 5 min unless told. */
  readonly request_ms?: number
  /** How long an idle connection is kept, in ms: 65 s unless told. */
  readonly keep_alive_ms?: number
  /** Open connections; more are closed at once. No limit unless told. */
  readonly connections?: number
}

export interface ListenOptions {
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  readonly tls?: Tls
  readonly limits: ServerLimits
  onRequest(request: IncomingMessage, response: ServerResponse): void
  /** A request to leave HTTP: a WebSocket handshake, or CONNECT. The socket is the callee's. Other upgrades are ignored. */
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** CONNECT, where it is not to be told as an upgrade. `enter` hands a socket in as one that speaks HTTP. */
  onConnect?(request: IncomingMessage, socket: Socket, head: Buffer, enter: (inner: Socket) => void): void
  /** Bytes that are no request, answered already: who sent them, on which socket, and the parser's code. */
  onBroken?(remote: string, code: string, socket: Socket): void
}

export interface Listening {
  /** `http://127.0.0.1:8484`, without a trailing slash. */
  readonly url: string
  readonly port: number
  /** A new certificate for the handshakes from now on. @throws config.invalid, and the old one stays */
  reload(tls: Tls): void
  /** Accepts nothing new, closes idle connections, gives open replies `ms` to end, then cuts. */
  drain(ms: number): Promise<void>
}

/** @throws config.bind where the address cannot be bound; config.invalid where the certificate cannot be read */
export async function listen(options: ListenOptions): Promise<Listening> {
  const server = create(options)
  const sockets = watchSockets(server, options)
  server.on('clientError', (error: NodeJS.ErrnoException, duplex) => {
    const socket = duplex as Socket
    const remote = socket.remoteAddress ?? ''
    const within = sockets.asking(socket)
    const fault = brokenAs(error.code ?? '', options.limits.header_bytes)
    const heard = answerBroken(error, fault, socket, sockets.busy(socket))
    if (heard && !within) options.onBroken?.(remote, error.code ?? '', socket)
  })
  await bind(server, options)
  const { port } = server.address() as AddressInfo
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `${options.tls ? 'https' : 'http'}://${host}:${port}`,
    port,
    reload: (tls) => {
      readable(() => (server as HttpsServer).setSecureContext({ ...tls, minVersion: 'TLSv1.2' }))
    },
    drain: (ms) => drain(server, sockets, ms),
  }
}

function create({ tls, limits }: ListenOptions): Server {
  const headersTimeout = limits.headers_ms ?? 10_000
  const requestTimeout = Math.max(limits.request_ms ?? 300_000, headersTimeout)
  const common = {
    maxHeaderSize: limits.header_bytes,
    headersTimeout,
    requestTimeout,
    keepAliveTimeout: limits.keep_alive_ms ?? 65_000,
    connectionsCheckingInterval: Math.min(1000, headersTimeout),
    highWaterMark: 64 * 1024,
    insecureHTTPParser: false,
    shouldUpgradeCallback: isWebSocket,
    requireHostHeader: false, // `checkRequest` does: Node would answer without telling anybody
    noDelay: true,
  }
  const secure = {
    ...common,
    ...tls,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: headersTimeout,
  } as const
  const server = tls ? readable(() => createHttps(secure)) : createHttp(common)
  server.maxHeadersCount = 0
  if (limits.connections !== undefined) server.maxConnections = limits.connections
  return server
}

function readable<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new Fault('config.invalid', 'tls: the certificate or its key cannot be read', { cause: error })
  }
}

function bind(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) =>
      reject(new Fault('config.bind', `${host}:${port} ${error.code}`, { cause: error }))
    server.once('error', onError)
    server.listen(port, host, () => {
      server.off('error', onError)
      resolve()
    })
  })
}

/** RFC 9110 §7.8: a server may ignore an upgrade. Java's client offers `h2c` with its every first request. */
const isWebSocket = ({ headers }: IncomingMessage): boolean => /\bwebsocket\b/i.test(headers.upgrade ?? '')

interface Sockets {
  /** True while a reply has begun on it, or would be the answer to another request than the last. */
  busy(socket: Socket): boolean
  /** True while a request is under way on it whose head was read and whose body was not, to its end. */
  asking(socket: Socket): boolean
  /** Closes idle connections and those still in their TLS handshake, now and whenever one becomes idle; replies from now on say `connection: close`. */
  retire(): void
  destroy(): void
}

/** Follows every connection, and hands requests on. */
function watchSockets(server: Server, { tls, onRequest, onUpgrade, onConnect }: ListenOptions): Sockets {
  const all = new Set<Socket>()
  const shaking = new Map<string, Socket>()
  const open = new Map<Socket, Set<ServerResponse>>()
  let retiring = false
  const track = (socket: Socket) => {
    const peer = peerOf(socket)
    all.add(socket)
    shaking.set(peer, socket)
    socket.once('close', () => {
      all.delete(socket)
      if (shaking.get(peer) === socket) shaking.delete(peer)
    })
  }
  const ready = (socket: Socket) => {
    shaking.delete(peerOf(socket))
    open.set(socket, new Set())
    socket.once('close', () => open.delete(socket))
  }
  const take = (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    const replies = open.get(socket)
    replies?.add(response)
    if (retiring) response.shouldKeepAlive = false
    response.once('close', () => {
      replies?.delete(response)
      if (retiring && replies?.size === 0) socket.destroySoon()
    })
    lingerAfter(request, response)
    onRequest(request, response)
  }
  server.on('connection', track).on(tls ? 'secureConnection' : 'connection', ready)
  server
    .on('request', take)
    .on('checkExpectation', take)
    .on('checkContinue', (request, response) => {
      expectsContinue(request, response)
      take(request, response)
    })
  const enter = (inner: Socket) => void server.emit(tls ? 'secureConnection' : 'connection', inner)
  for (const leaving of ['upgrade', 'connect'] as const)
    server.on(leaving, (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy())
      open.delete(socket as Socket) // no reply is under way on it any more: its owner ends it
      if (leaving === 'connect' && onConnect) onConnect(request, socket as Socket, head, enter)
      else onUpgrade(request, socket, head)
    })
  return {
    busy: (socket) => [...(open.get(socket) ?? [])].some(({ headersSent }, nth) => headersSent || nth > 0),
    asking: (socket) => [...(open.get(socket) ?? [])].some(({ req }) => !req.complete),
    retire() {
      retiring = true
      for (const socket of shaking.values()) socket.destroy()
      for (const [socket, replies] of open) {
        if (replies.size === 0) socket.destroy()
        for (const response of replies) if (!response.headersSent) response.shouldKeepAlive = false
      }
    },
    destroy: () => all.forEach((socket) => void socket.destroy()),
  }
}

/** The same for a TCP socket and for the TLS socket on top of it. */
const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`

function drain(server: Server, sockets: Sockets, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => sockets.destroy(), ms)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    sockets.retire()
  })
}

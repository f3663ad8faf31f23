/** The handshake with a client (RFC 6455 §4.2): checked before anything is asked of an upstream, answered after. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { Fault } from '#exchange'
import type { HeaderList } from '../upstream.ts'
import { CLOSE_MS, Peer } from './peer.ts'

/** 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/
/** RFC 9110, token: what a subprotocol may be called. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/

/** Whether a request is a handshake that can be answered. @throws request.websocket naming the field */
export function checkHandshake({ method, headers }: IncomingMessage): void {
  const wrong = (field: string) => new Fault('request.websocket', `the handshake's ${field}`)
  if (method !== 'GET') throw wrong('method')
  if (headers['sec-websocket-version'] !== '13') throw wrong('sec-websocket-version is not 13')
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) throw wrong('sec-websocket-key')
  const offered = subprotocols(headers)
  if (!offered.every((each) => TOKEN.test(each)) || new Set(offered).size < offered.length)
    throw wrong('sec-websocket-protocol')
}

/** The subprotocols that a client offers. */
export const subprotocols = (headers: IncomingMessage['headers']): string[] =>
  (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)

export interface AcceptOptions {
  readonly request: IncomingMessage
  readonly socket: Duplex
  /** Bytes that came after the request. */
  readonly head: Buffer
  /** Fields for the answer, beside those of the handshake. */
  readonly headers: HeaderList
  /** The subprotocol that the upstream chose, or ''. */
  readonly protocol: string
  readonly message_bytes: number
  readonly stall_ms: number
}

/**
 * Answers 101; undefined where the client has gone. No extension is accepted: permessage-deflate is declined by not being
 * named (RFC 7692 §5). Only after `checkHandshake`.
 */
export function acceptSocket(options: AcceptOptions): Peer | undefined {
  const { request, socket, head, headers, protocol, message_bytes, stall_ms } = options
  const server = new WebSocketServer({
    ...{ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: message_bytes },
    ...{ closeTimeout: CLOSE_MS }, // known to `ws` since 8.19, not to its types
    handleProtocols: () => protocol || false,
  })
  server.on('headers', (lines) => void lines.push(...headers.map(([name, value]) => `${name}: ${value}`)))
  let peer: Peer | undefined
  server.handleUpgrade(request, socket, head, (accepted) => {
    peer = new Peer(accepted, socket, { stall_ms })
  })
  return peer
}

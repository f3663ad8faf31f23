/**
 * Plain HTTP to hosts of no connection, asked for by an absolute target: relayed unread, its bytes counted. Keeps no body, and
 * sends nothing in clear that was to go over TLS.
 */
import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { type Ending, Fault, faultOf } from '#exchange'
import { findCredential } from '#identity'
import { dial, endToEnd, failureOf, type Reach, toClient } from '#relay'
import { readClient } from '#wire'
import { recordRefusal } from '../answer.ts'
import { asked, begin, type Exchange, ended } from '../exchange.ts'
import type { House } from '../house.ts'
import { lineOf } from '../refusals.ts'
import type { Head } from '../turn.ts'
import type { ForwardOptions } from './settings.ts'
import { readAbsolute, shown, type Target } from './target.ts'
import { IDLE_MS, reachOf } from './tunnel.ts'

const CONNECT_MS = 10_000

export interface Plain {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly target: Target
  readonly house: House
  readonly options: Pick<ForwardOptions, 'insecure' | 'ownPorts' | 'draining' | 'idle_ms'>
}

/** Relays one request, or refuses it. Resolves once the record has it; never rejects. */
export async function relayPlain(plain: Plain): Promise<void> {
  const { request, response, house } = plain
  const exchange = begin(headOf(plain), house, readClient(request.headers))
  try {
    await relay(plain, exchange)
  } catch (error) {
    const fault = faultOf(error)
    tell(response, fault, exchange.id)
    await recordRefusal(exchange, fault)
  }
}

async function relay({ request, response, target, house, options }: Plain, exchange: Exchange<Head>): Promise<void> {
  const settings = house.forward
  const found = findCredential(request.headers)
  if (!settings || !found) throw new Fault(settings ? 'identity.missing' : 'ca.off')
  const key = house.identity.recognise(found.secret)
  exchange.actor = key.actor
  exchange.key = key.id
  const caller = house.identity.admit(key, found.channel, undefined, exchange.turn)
  if (options.draining()) throw new Fault('gateway.draining')
  const { secure, path, query } = readAbsolute(request.url ?? '')
  if (secure) throw new Fault('forward.clear', shown(target).slice(0, 128))
  const reach = reachOf(settings, target, options.ownPorts())
  const release = house.limits.admit(caller.actor.id)
  exchange.route = 'unread'
  try {
    await house.trail.append(asked(exchange))
    const { idle_ms: idle = IDLE_MS } = options
    const o = { request, response, target, reach, proxy: settings.proxy, path: path + query, idle }
    const ending = await onward(o, exchange, caller.revoked)
    await house.endings.appendOrKeep(ending)
  } finally {
    release()
  }
}

type Onward = Pick<Plain, 'request' | 'response' | 'target'> & {
  readonly reach: Reach
  readonly proxy: URL | undefined
  /** With its query. */
  readonly path: string
  /** So many ms without a byte end it. */
  readonly idle: number
}

/** How the body is framed: as it came. Node would send some bodies, as one of GET, without any framing. */
function framing({ headers, method = '' }: IncomingMessage): [string, string][] {
  if (headers['transfer-encoding'] !== undefined) return [['transfer-encoding', 'chunked']]
  const { 'content-length': length = /^(POST|PUT|PATCH)$/.test(method) ? '0' : undefined } = headers
  return length === undefined ? [] : [['content-length', length]]
}

/** Sends it on and gives the reply as it comes. Resolves with its ending once that is over, however it went. */
async function onward(o: Onward, exchange: Exchange<Head>, revoked: AbortSignal): Promise<Ending> {
  const { request, response, target, path } = o
  let tunnel = { sent: 0, received: 0 }
  let far: Socket | undefined
  try {
    const socket = await dial({ ...target, reach: o.reach, proxy: o.proxy, ms: CONNECT_MS })
    far = socket
    const cut = () => void socket.destroy()
    revoked.addEventListener('abort', cut)
    response.once('close', cut)
    socket.once('close', () => revoked.removeEventListener('abort', cut))
    socket.setTimeout(o.idle, () => socket.destroy(new Fault('upstream.timeout', `${o.idle} ms without a byte`)))
    const own = [['host', shown(target)] as const, ['connection', 'close'] as const, ...framing(request)]
    const headers = [...endToEnd(request.rawHeaders), ...own].flat()
    const method = request.method ?? 'GET'
    const sent = ask({ method, path, headers, createConnection: () => socket })
    const came = new Promise<IncomingMessage>((resolve, reject) => sent.once('response', resolve).once('error', reject))
    const [answer] = await Promise.all([came, pipeline(request, sent)])
    const status = answer.statusCode ?? 502
    response.writeHead(status, toClient(answer.rawHeaders).flat())
    await pipeline(answer, response)
    tunnel = { sent: socket.bytesWritten, received: socket.bytesRead }
    return { ...ended(exchange, { kind: 'replied', status, delivered: status }), tunnel }
  } catch (error) {
    const fault = failureOf(far?.errored ?? error, shown(target))
    tell(response, fault, exchange.id)
    return ended(exchange, { kind: 'failed', status: 0, delivered: fault.status, fault })
  }
}

function tell(response: ServerResponse, fault: Fault, id: string): void {
  if (response.headersSent) return void response.destroy()
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-gatelog-error': fault.code, connection: 'close' }
  response.writeHead(fault.status, headers).end(`${lineOf(fault, id)}\n`)
}

function headOf({ request, target, options }: Plain): Head {
  const { method = '', headers, socket } = request
  const address = { connection: '', host: undefined, path: shown(target), query: '', pathKey: undefined }
  return { method, address, headers, door: 'forward', remote: socket.remoteAddress ?? '', insecure: options.insecure }
}

/** The gateway's listeners: the reverse door, and health. Every request becomes a turn and is carried. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Fault, faultOf } from '#exchange'
import { type BodyLimits, brokenAs, checkRequest, type Listening, listen, type Relay, type Tls } from '#relay'
import { readClient } from '#wire'
import { recordRefusal } from './answer.ts'
import { carry } from './carry.ts'
import { begin } from './exchange.ts'
import { giveCaFile, isCaFile } from './forward/ca-file.ts'
import { Forward } from './forward/forward.ts'
import { relayPlain } from './forward/plain.ts'
import type { ForwardOptions } from './forward/settings.ts'
import { shown, type Target } from './forward/target.ts'
import { CHALLENGE, statusOf, textOf } from './forward/told.ts'
import { HttpTurn } from './http.ts'
import { lineOf } from './refusals.ts'
import { readAddress } from './reverse.ts'
import { isCollector, takeCollected } from './second/collector.ts'
import { isTelemetry, takeTelemetry } from './second/door.ts'
import type { Address, Head } from './turn.ts'
import { recogniseIn, turnAway } from './turned.ts'
import { Sockets } from './upgrades.ts'

/** `house`: as it stands now. `draining`: what comes still, on a connection that is open, is turned away. */
export interface DoorOptions extends ForwardOptions {
  readonly host: string
  readonly port: number
  readonly tls?: Tls
  readonly headerBytes: number
  readonly body: BodyLimits
  readonly relay: Relay
}

/** Opens the gateway's port: the reverse door, and the forward door where the house has one. */
export async function openDoors(options: DoorOptions): Promise<Listening> {
  const forward = new Forward(options)
  const sockets = new Sockets(options)
  const listening = await listen({
    host: options.host,
    port: options.port,
    ...(options.tls && { tls: options.tls }),
    limits: { header_bytes: options.headerBytes },
    onRequest: (request, response) => void onRequest(request, response, { ...options, forward }),
    onUpgrade: (request, socket, early) => {
      forward.lend(request)
      void sockets.open({ request, socket, early, ...addressOf(request, forward) })
    },
    onConnect: (request, socket, head, enter) => void forward.connect(request, socket, head, enter),
    onBroken: (remote, code, socket) =>
      void recordBroken({ remote, code, within: forward.headIn(socket, remote) }, options),
  })
  return {
    ...listening,
    drain(ms) {
      forward.retire()
      sockets.retire()
      return listening.drain(ms)
    },
  }
}

interface Doors extends DoorOptions {
  readonly forward: Forward
}

async function onRequest(request: IncomingMessage, response: ServerResponse, options: Doors): Promise<void> {
  const { relay, body: limits, insecure, forward } = options
  const house = options.house()
  forward.lend(request)
  const { address, refused, door, other, own = '' } = addressOf(request, forward)
  const told = { house, insecure, target: own }
  if (isCaFile(request.method, own)) return giveCaFile(request, response, house.forward)
  if (isTelemetry(own)) return takeTelemetry(request, response, told)
  if (isCollector(own)) return takeCollected(request, response, { ...told, draining: options.draining() })
  if (other) return relayPlain({ request, response, target: other, house, options })
  const turn = new HttpTurn({ request, response, address, relay, limits, insecure, door })
  if (!refused) return options.draining() ? turnAway(turn, house) : carry(turn, house)
  const exchange = begin(turn, house, readClient(turn.headers))
  plain(response, refused, exchange.id)
  if (door === 'forward') recogniseIn(exchange)
  await recordRefusal(exchange, refused)
}

interface Placed {
  readonly address: Address
  readonly door: 'reverse' | 'forward'
  readonly refused?: Fault
  /** The forward door: a host of no connection. */
  readonly other?: Target
  /** The gateway itself: what it is asked for, in origin form. */
  readonly own?: string
}

/** Where a request wants to go, or why it goes nowhere: it names no connection, or could be read in two ways. */
function addressOf(request: IncomingMessage, forward: Forward): Placed {
  const door = forward.owns(request) ? 'forward' : 'reverse'
  try {
    checkRequest(request)
    const way = forward.wayOf(request)
    if (!way) return ownAddress(originForm(request.url ?? '/'))
    if ('port' in way) return { door, address: { ...NOWHERE, path: shown(way) }, other: way }
    return { door, address: way }
  } catch (error) {
    const fault = faultOf(error)
    const path = (request.url ?? '/').split('?', 1)[0] ?? ''
    const told = fault.code === 'forward.provider' ? (fault.detail ?? '') : UNREAD.test(path) ? '' : path
    return { door, address: { ...NOWHERE, path: told }, refused: fault }
  }
}

/** What asks for the gateway itself: a connection, or what it has beside them. */
function ownAddress(own: string): Placed {
  try {
    return { door: 'reverse', address: readAddress(own), own }
  } catch (error) {
    const path = own.split('?', 1)[0] ?? ''
    return {
      door: 'reverse',
      address: { ...NOWHERE, path: UNREAD.test(path) ? '' : path },
      refused: faultOf(error),
      own,
    }
  }
}

/** Hosts of Copilot on which most is relayed unread: of what cannot be read there, the path is not told either. */
const UNREAD = /^(?:\/k\/[^/]*)?\/c\/[^/]*\/(?:github|uploads)(?:\/|$)/

/** Answers at once, before the record: the parser may close the connection next, and nothing of it goes anywhere. */
function plain(response: ServerResponse, fault: Fault, id: string): void {
  const missing = fault.code === 'identity.missing'
  const body = missing ? textOf(fault, id) : `${lineOf(fault, id)}\n`
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'x-gatelog-exchange': id,
    'x-gatelog-error': fault.code,
    connection: 'close',
    ...(missing && { [CHALLENGE[0]]: CHALLENGE[1] }),
  }
  response.writeHead(missing ? statusOf(fault) : fault.status, headers).end(body)
}

const NOWHERE: Address = { connection: '', host: undefined, path: '', query: '', pathKey: undefined }

interface Broken {
  readonly remote: string
  /** The parser's own, for what was wrong. */
  readonly code: string
  /** Set where it came through a tunnel. */
  readonly within: Head | undefined
}

/** Bytes that the parser gave up on. */
async function recordBroken(
  { remote, code, within }: Broken,
  { house, insecure, headerBytes }: DoorOptions,
): Promise<void> {
  const head: Head = within ?? { method: '', address: NOWHERE, headers: {}, door: 'reverse', remote, insecure }
  const exchange = begin(head, house(), readClient({}))
  if (within) recogniseIn(exchange)
  await recordRefusal(exchange, brokenAs(code, headerBytes))
}

/** An absolute target of the gateway's own, as clients send it that use the gateway as their proxy for everything. */
const originForm = (target: string): string => target.replace(/^https?:\/\/[^/?]*/i, '') || '/'

export interface HealthOptions {
  readonly host: string
  readonly port: number
  readonly tls?: Tls
  readonly insecure: boolean
  readonly headerBytes: number
  /** `undefined` when ready, else the reason why not. */
  notReady(): string | undefined
  /** How many exchanges have passed that the trail does not tell of yet. */
  unrecorded(): number
  /** Why what is recorded is not sealed, where it should be. */
  unsealed(): string | undefined
  /** Entries that were acknowledged and vanished of late. */
  vanished(): number
  /** Documents beside the entries that nobody wrote who had the record's key. */
  forged(): number
  /** What of the record is not true where somebody acts by it. */
  doubted(): string | undefined
}

/** Opens `/healthz` (the process answers) and `/readyz` (the record can be written, and nothing drains). */
export function openHealth(options: HealthOptions): Promise<Listening> {
  return listen({
    host: options.host,
    port: options.port,
    ...(options.tls && { tls: options.tls }),
    limits: { header_bytes: options.headerBytes },
    onRequest: (request, response) => {
      const why = options.notReady()
      const [unsealed, vanished, forged] = [options.unsealed(), options.vanished(), options.forged()]
      const doubted = options.doubted()
      const ready = {
        ready: why === undefined,
        ...(why && { why }),
        insecure_listen: options.insecure,
        unrecorded: options.unrecorded(),
        ...(unsealed && { unsealed }),
        ...(vanished > 0 && { vanished }),
        ...(forged > 0 && { forged_documents: forged }),
        ...(doubted && { doubted }),
      }
      const [status, body] =
        request.url === '/healthz'
          ? [200, { ok: true }]
          : request.url === '/readyz'
            ? [why ? 503 : 200, ready]
            : [404, {}]
      response.writeHead(status as number, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
    },
    onUpgrade: (_request, socket) => socket.destroy(),
  })
}

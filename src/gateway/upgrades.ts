/** The WebSockets of a door: opened where the connection records them, refused else, followed until they end. */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { Fault } from '#exchange'
import type { BodyLimits } from '#relay'
import { readClient, routeFor } from '#wire'
import { recordRefusal } from './answer.ts'
import { carry } from './carry.ts'
import { begin } from './exchange.ts'
import type { House } from './house.ts'
import { lineOf } from './refusals.ts'
import { hostOf } from './reverse.ts'
import { OpenSocket } from './sockets.ts'
import { identify, type Way } from './steps.ts'
import type { Address, Head, Turn } from './turn.ts'
import { recogniseIn, turnAway } from './turned.ts'
import { UpgradeTurn } from './upgrade.ts'

/** What a door knows of a request to leave HTTP. The door may be any: its socket may be one inside TLS. */
export interface Upgrading {
  readonly request: IncomingMessage
  readonly socket: Duplex
  /** Bytes that came after the request. */
  readonly early: Buffer
  readonly address: Address
  /** Why it goes nowhere, where it could be read in two ways. */
  readonly refused?: Fault
}

export interface SocketsOptions {
  readonly insecure: boolean
  readonly body: BodyLimits
  house(): House
  draining(): boolean
}

export class Sockets {
  readonly #options: SocketsOptions
  readonly #open = new Set<OpenSocket>()

  constructor(options: SocketsOptions) {
    this.#options = options
  }

  /** Opens a WebSocket, or refuses it. Resolves once the client was told; never rejects. */
  async open(upgrading: Upgrading): Promise<void> {
    const { request, refused, address } = upgrading
    const house = this.#options.house()
    const remote = request.socket.remoteAddress ?? ''
    const { insecure } = this.#options
    const { method = '', headers, rawHeaders } = request
    const head = { method, address, headers, rawHeaders, door: 'websocket' as const, remote, insecure }
    if (refused || !records(house, address)) return refuseUpgrade(head, upgrading, house)
    await this.#shake({ ...head, method: 'UPGRADE' }, upgrading, house)
  }

  /** Each ends now, or with the reply that is under way. */
  retire(): void {
    for (const socket of this.#open) socket.retire()
  }

  async #shake(head: Head & Pick<Turn, 'rawHeaders'>, upgrading: Upgrading, house: House): Promise<void> {
    const { body, draining } = this.#options
    const way = whoAsks(head, house)
    let release: () => void = () => undefined
    const turn = new UpgradeTurn({
      ...upgrading,
      ...{ head, messageBytes: body.body_bytes, eventBytes: house.settings.eventBytes },
      admit() {
        if (way) release = house.limits.socket(way.caller.actor.id)
      },
    })
    if (draining()) await turnAway(turn, house)
    else await carry(turn, house)
    if (!turn.opened || !way) return release()
    const over = () => {
      release()
      this.#open.delete(socket)
    }
    const { revoked } = way.caller
    const options = { ...turn.opened, head, revoked, messageBytes: body.body_bytes, over }
    const socket = new OpenSocket({ ...options, house: () => this.#options.house(), draining })
    this.#open.add(socket)
  }
}

/** Whether a WebSocket there is read: its connection says so, and what is spoken at that address is known. */
function records(house: House, address: Address): boolean {
  const connection = house.connections.get(address.connection)
  if (connection?.websocket !== 'record') return false
  try {
    const { host, path } = hostOf(connection, address, 'UPGRADE')
    const route = routeFor('UPGRADE', path, connection.kind === 'copilot' ? host.name : undefined)
    return route?.kind === 'metadata' && route.name === 'websocket'
  } catch {
    return false // no such host: refused, and the record says why
  }
}

/** Who asks, as far as the key tells; why not is told where the handshake is carried. */
function whoAsks(head: Head, house: House): Way | undefined {
  try {
    return identify(begin(head, house, readClient(head.headers)))
  } catch {
    return undefined // carried all the same, and refused there
  }
}

/** A WebSocket that is not recorded is refused: Copilot CLI and Codex then fall back to HTTP. Whose it was is on the record. */
async function refuseUpgrade(head: Head, { refused, socket }: Upgrading, house: House): Promise<void> {
  const fault = refused ?? new Fault('request.upgrade')
  const exchange = begin(head, house, readClient(head.headers))
  const line = lineOf(fault, exchange.id)
  const status = `${fault.status} ${STATUS_CODES[fault.status]}`
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: text/plain; charset=utf-8\r\nx-gatelog-exchange: ${exchange.id}\r\n` +
      `content-length: ${Buffer.byteLength(line)}\r\nconnection: close\r\n\r\n${line}`,
  )
  await recordRefusal(exchange, refused ?? new Fault('request.upgrade', recogniseIn(exchange)))
}

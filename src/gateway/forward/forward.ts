/**
 * The forward door: CONNECT and absolute requests on the gateway's own port. Hosts of connections are opened and handed to
 * the same server as every other request; others are tunnelled or refused. Judges no prompt.
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Fault, faultOf } from '#exchange'
import { type Caller, type Found, findCredential } from '#identity'
import { checkRequest, sniff, terminate } from '#relay'
import { readClient } from '#wire'
import { recordRefusal } from '../answer.ts'
import { begin, type Exchange } from '../exchange.ts'
import type { House } from '../house.ts'
import type { Address, Head } from '../turn.ts'
import { agentOf, type Credential, coversOf, credentialOf, recognise, whoOf } from './caller.ts'
import { isHost, type Place, placeFor, placesAt } from './places.ts'
import type { ForwardOptions, ForwardSettings } from './settings.ts'
import { isAbsolute, pathOf, readAbsolute, readTarget, same, shown, type Target } from './target.ts'
import { ESTABLISHED, refuseConnect } from './told.ts'
import { Ended, reachOf, Tunnels } from './tunnel.ts'

/** How long a client may take for its first byte, and for its handshake. */
const FIRST_MS = 10_000

/** How a handshake fails whose client goes away without an alert, as Node's does with a certificate that it does not trust. */
const LEFT = /^(closed within it|ECONNRESET)$/

/** A socket within a tunnel: what CONNECT said of it. */
interface Entered {
  readonly target: Target
  /** The credential of CONNECT, as its header bore it. */
  readonly credential: Credential
  readonly who: string
  readonly agent: string
  /** Why nothing that comes on it goes anywhere. */
  readonly refused?: Fault
  asked: boolean
}

interface Connecting {
  readonly exchange: Exchange<Head>
  readonly house: House
  readonly settings: ForwardSettings
  readonly target: Target
  readonly credential: Credential
  readonly found: Found
  readonly socket: Socket
  readonly head: Buffer
  readonly enter: (inner: Socket) => void
}

export class Forward {
  readonly #options: ForwardOptions
  readonly #entered = new WeakMap<object, Entered>()
  readonly #tunnels: Tunnels

  constructor(options: ForwardOptions) {
    this.#options = options
    this.#tunnels = new Tunnels(options.idle_ms)
  }

  /** Takes CONNECT. Resolves once the tunnel stands, or has ended; never rejects. */
  async connect(request: IncomingMessage, socket: Socket, head: Buffer, enter: (inner: Socket) => void): Promise<void> {
    const house = this.#options.house()
    const exchange = begin(this.#headOf(request), house, readClient(request.headers))
    try {
      await this.#connect(request, { exchange, house, socket, head, enter })
    } catch (error) {
      const fault = error instanceof Ended ? error.fault : faultOf(error)
      refuseConnect(socket, fault, exchange.id)
      if (!(error instanceof Ended)) await recordRefusal(exchange, fault)
    }
  }

  async #connect(
    request: IncomingMessage,
    { house, ...rest }: Pick<Connecting, 'exchange' | 'house' | 'socket' | 'head' | 'enter'>,
  ): Promise<void> {
    checkRequest(request)
    const target = readTarget(request.url ?? '')
    if (this.#entered.has(request.socket)) throw new Fault('forward.nested')
    const settings = house.forward
    if (!settings) throw new Fault('ca.off')
    const credential = credentialOf(request)
    const found = credential && findCredential({ [credential.name]: credential.value })
    if (!credential || !found) throw new Fault('identity.missing')
    recognise(rest.exchange, found)
    if (this.#options.draining()) throw new Fault('gateway.draining')
    const connecting = { ...rest, house, settings, target, credential, found }
    const places = placesAt(house.connections, target)
    if (places.length > 0) return this.#intercept(connecting, places)
    const caller = this.#admit(connecting)
    const isOurs = (name: string) => isHost(this.#options.house().connections, name)
    if (isOurs(target.host)) throw new Fault('forward.host', `${target.host} belongs to a connection, at another port`)
    const reach = reachOf(settings, target, this.#options.ownPorts())
    await this.#tunnels.carry({ ...connecting, caller, reach, isOurs, proxy: settings.proxy })
  }

  /** Nothing of a model's host is refused here: clients show no refusal of CONNECT. */
  async #intercept(connecting: Connecting, places: readonly Place[]): Promise<void> {
    const { exchange, settings, socket, head, target } = connecting
    const secure = places.some((place) => place.secure)
    if (secure) await settings.leaves.contextFor(target.host)
    socket.write(ESTABLISHED)
    const spoken = await sniff(socket, head, FIRST_MS)
    if (spoken === 'gone') {
      socket.destroy()
      await recordRefusal(exchange, new Fault('forward.silent'))
    } else if (spoken === 'tls') {
      await this.#open(connecting)
    } else {
      const refused = secure ? new Fault('forward.handshake', 'plain text, where TLS is wanted') : undefined
      this.#enter(connecting, socket, refused)
    }
  }

  async #open(connecting: Connecting): Promise<void> {
    const { exchange, settings, socket, target } = connecting
    const { trust } = this.#options
    try {
      const inner = await terminate(socket, await settings.leaves.contextFor(target.host), FIRST_MS)
      const named = typeof inner.servername === 'string' ? inner.servername.toLowerCase().replace(/\.$/, '') : ''
      const refused =
        named && named !== target.host
          ? new Fault('forward.name', `the handshake says ${named.slice(0, 64)}`)
          : undefined
      if (refused) await recordRefusal(exchange, refused)
      const entered = this.#enter(connecting, inner, refused)
      inner.once('close', () => {
        if (!entered.asked) trust.doubts(entered.who, entered.agent, false)
      })
    } catch (error) {
      const fault = faultOf(error)
      socket.destroy()
      if (fault.code === 'forward.untrusted') trust.doubts(whoOf(exchange), agentOf(exchange), true)
      else if (LEFT.test(fault.detail ?? '')) trust.doubts(whoOf(exchange), agentOf(exchange), false)
      await recordRefusal(exchange, fault)
    }
  }

  #enter({ exchange, target, credential, enter }: Connecting, inner: Socket, refused: Fault | undefined): Entered {
    const entered: Entered = {
      ...{ target, credential, who: whoOf(exchange), agent: agentOf(exchange), asked: false },
      ...(refused && { refused }),
    }
    this.#entered.set(inner, entered)
    enter(inner)
    return entered
  }

  /** Whether a request came through a tunnel, or names a host of the world. */
  owns(request: IncomingMessage): boolean {
    return this.#entered.has(request.socket) || isAbsolute(request.url ?? '')
  }

  /**
   * Where a request of this door goes: one within a tunnel, or one with an absolute target. undefined where it is none.
   * The credential of CONNECT becomes one of the request, so that whoever takes the request finds it; it is not among its
   * raw fields, of which alone upstream is sent any.
   * @throws forward.*, identity.missing, ca.off
   */
  wayOf(request: IncomingMessage): Address | Target | undefined {
    const entered = this.#entered.get(request.socket)
    if (!entered) return isAbsolute(request.url ?? '') ? this.#absolute(request) : undefined
    if (!entered.asked) this.#options.trust.trusts(entered.who, entered.agent)
    entered.asked = true
    request.headers[entered.credential.name] = entered.credential.value
    if (entered.refused) throw entered.refused
    const { target } = entered
    const said = readTarget(request.headers.host ?? '', target.port)
    if (!same(said, target)) throw new Fault('forward.name', `Host says ${shown(said).slice(0, 64)}`)
    return this.#addressOf(request, target, pathOf(request.url ?? '/')) ?? target
  }

  #absolute(request: IncomingMessage): Address | Target | undefined {
    const { target, path, query } = readAbsolute(request.url ?? '')
    const { house, ownPorts } = this.#options
    if (ownPorts().includes(target.port) && /^(127\.|localhost$|::1$)/.test(target.host)) return undefined
    if (!house().forward) throw new Fault('ca.off')
    const credential = credentialOf(request)
    if (!credential || !findCredential({ [credential.name]: credential.value })) throw new Fault('identity.missing')
    return this.#addressOf(request, target, { path, query }) ?? target
  }

  #addressOf(
    request: IncomingMessage,
    target: Target,
    { path, query }: { path: string; query: string },
  ): Address | undefined {
    const house = this.#options.house()
    const places = placesAt(house.connections, target)
    if (places.length === 0) return undefined
    const place = placeFor(places, path, coversOf(house, request))
    if (!place) throw new Fault('request.host', `${shown(target)} has no such path here`)
    const { connection, host, base } = place
    return { connection, host, path: path.slice(base.length) || '/', query, pathKey: undefined }
  }

  retire(): void {
    this.#tunnels.retire()
  }

  #admit({ exchange, house, found }: Connecting): Caller {
    return house.identity.admit(house.identity.recognise(found.secret), found.channel, undefined, exchange.turn)
  }

  #headOf({ method = '', url = '', headers, socket }: IncomingMessage): Head {
    const address = { connection: '', host: undefined, path: url.slice(0, 256), query: '', pathKey: undefined }
    const { insecure } = this.#options
    return { method, address, headers, door: 'forward', remote: socket.remoteAddress ?? '', insecure }
  }
}

/**
 * The forward door: CONNECT and absolute requests on the gateway's own port. Hosts of connections are opened and handed to
 * the same server as every other request, and so is the gateway's own address; others are tunnelled or refused. Judges no prompt.
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
import { agentOf, type Credential, coversOf, credentialOf, headOf, recognise, whoOf } from './caller.ts'
import { type Opening, openingOf } from './opening.ts'
import { isOwn } from './own.ts'
import { addressAt, isHost } from './places.ts'
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
  /** The gateway itself: what comes on it takes the reverse door. */
  readonly own: boolean
  asked: boolean
  /** What `Host` said where it was the target's: one tunnel's requests all say the same. */
  host?: string
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
    const exchange = begin(headOf(request, this.#options.insecure), house, readClient(request.headers))
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
    const listener = { port: request.socket.localPort, tls: this.#options.ownTls?.() }
    const opening = openingOf({ ...connecting, ...listener })
    if (opening && !opening.refused) return this.#intercept(connecting, opening)
    const caller = this.#admit(connecting) // a name that the client chose costs a leaf: not for whoever is refused anyway
    if (opening) return this.#intercept(connecting, opening)
    const isOurs = (name: string) =>
      isHost(this.#options.house().connections, name) || settings.isProvider(name.replace(/\.$/, ''))
    if (isHost(house.connections, target.host))
      throw new Fault('forward.host', `${target.host} belongs to a connection, at another port`)
    const reach = reachOf(settings, target, this.#options.ownPorts())
    await this.#tunnels.carry({ ...connecting, caller, reach, isOurs, proxy: settings.proxy })
  }

  /** Nothing of a connection's host is refused here: clients show no refusal of CONNECT. */
  async #intercept(connecting: Connecting, opening: Opening): Promise<void> {
    const { exchange, socket, head } = connecting
    const { secure, own } = opening
    if (secure || opening.refused) await opening.context()
    socket.write(ESTABLISHED)
    const spoken = await sniff(socket, head, FIRST_MS)
    if (spoken === 'gone') {
      socket.destroy()
      await recordRefusal(exchange, new Fault('forward.silent'))
    } else if (spoken === 'tls') {
      await this.#open(connecting, opening)
    } else {
      const refused = secure ? new Fault('forward.handshake', 'plain text, where TLS is wanted') : opening.refused
      this.#enter(connecting, socket, { refused, own })
    }
  }

  async #open(connecting: Connecting, { own, context, refused: why }: Opening): Promise<void> {
    const { exchange, socket, target } = connecting
    const { trust } = this.#options
    try {
      const inner = await terminate(socket, await context(), FIRST_MS)
      const named = typeof inner.servername === 'string' ? inner.servername.toLowerCase().replace(/\.$/, '') : ''
      const refused =
        named && named !== target.host ? new Fault('forward.name', `the handshake says ${named.slice(0, 64)}`) : why
      const entered = this.#enter(connecting, inner, { refused, own })
      inner.once('close', () => {
        if (entered.asked) return
        if (!own) trust.doubts(entered.who, entered.agent, false)
        if (refused) void recordRefusal(exchange, refused)
      })
    } catch (error) {
      const fault = faultOf(error)
      socket.destroy()
      const certain = fault.code === 'forward.untrusted'
      if (!own && (certain || LEFT.test(fault.detail ?? ''))) trust.doubts(whoOf(exchange), agentOf(exchange), certain)
      await recordRefusal(exchange, fault)
    }
  }

  #enter(
    { exchange, target, credential, enter }: Connecting,
    inner: Socket,
    { refused, own }: { readonly refused: Fault | undefined; readonly own: boolean },
  ): Entered {
    const entered: Entered = {
      ...{ target, credential, who: whoOf(exchange), agent: agentOf(exchange), own, asked: false },
      ...(refused && { refused }),
    }
    this.#entered.set(inner, entered)
    enter(inner)
    return entered
  }

  /** Whether a request came through a tunnel to elsewhere, or names a host of the world. */
  owns(request: IncomingMessage): boolean {
    const entered = this.#entered.get(request.socket)
    return entered ? !entered.own : isAbsolute(request.url ?? '')
  }

  /**
   * The credential of CONNECT becomes one of each request within, so that whoever takes the request finds it; it is not among
   * its raw fields, of which alone upstream is sent any.
   */
  lend(request: IncomingMessage): void {
    const { credential } = this.#entered.get(request.socket) ?? {}
    if (credential) request.headers[credential.name] = credential.value
  }

  /**
   * Where a request of this door goes: one within a tunnel, or one with an absolute target. undefined where it is none, or
   * where it asks for the gateway itself. @throws forward.*, identity.missing, ca.off
   */
  wayOf(request: IncomingMessage): Address | Target | undefined {
    const entered = this.#entered.get(request.socket)
    if (!entered) return isAbsolute(request.url ?? '') ? this.#absolute(request) : undefined
    if (!entered.asked) this.#options.trust.trusts(entered.who, entered.agent)
    entered.asked = true
    if (entered.refused) throw entered.refused
    const { target } = entered
    const { host = '' } = request.headers
    if (host !== entered.host) {
      const said = readTarget(host, target.port)
      if (!same(said, target)) throw new Fault('forward.name', `Host says ${shown(said).slice(0, 64)}`)
      entered.host = host
    }
    return entered.own ? undefined : this.#placed(request, target, pathOf(request.url ?? '/'))
  }

  #absolute(request: IncomingMessage): Address | Target | undefined {
    const { target, path, query } = readAbsolute(request.url ?? '')
    const { house } = this.#options
    if (isOwn(target, request.socket.localPort, house().connections)) return undefined
    if (!house().forward) throw new Fault('ca.off')
    const credential = credentialOf(request)
    if (!credential || !findCredential({ [credential.name]: credential.value })) throw new Fault('identity.missing')
    return this.#placed(request, target, { path, query })
  }

  #placed(request: IncomingMessage, target: Target, at: { path: string; query: string }): Address | Target {
    const house = this.#options.house()
    return addressAt(house.connections, { ...at, target }, coversOf(house, request)) ?? target
  }

  retire(): void {
    this.#tunnels.retire()
  }

  #admit({ exchange, house, found }: Connecting): Caller {
    return house.identity.admit(house.identity.recognise(found.secret), found.channel, undefined, exchange.turn)
  }

  /** What is known of bytes that came broken through a tunnel; undefined where they came through none. */
  headIn(socket: Socket, remote: string): Head | undefined {
    const entered = this.#entered.get(socket)
    if (!entered) return undefined
    entered.asked = true
    const { target, credential } = entered
    const request = { method: '', url: shown(target), headers: { [credential.name]: credential.value }, socket }
    return { ...headOf(request, this.#options.insecure), remote }
  }
}

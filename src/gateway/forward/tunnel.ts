/** Tunnels to hosts of no connection: refused, or carried unread. The record tells who, where to, and how many bytes. */
import type { Socket } from 'node:net'
import { Fault, faultOf } from '#exchange'
import type { Caller } from '#identity'
import { dial, isOwnAddress, type Reach, splice } from '#relay'
import { asked, type Exchange, ended } from '../exchange.ts'
import type { Head } from '../turn.ts'
import type { ForwardSettings } from './settings.ts'
import { listed, shown, type Target } from './target.ts'
import { ESTABLISHED } from './told.ts'

const CONNECT_MS = 10_000
/** Neither side said a byte for so long. */
export const IDLE_MS = 600_000
/** Open tunnels of one actor. */
const MOST = 256

/** Where a tunnel may lead. `own`: ports of the gateway itself. @throws forward.host, forward.provider */
export function reachOf(
  { others, privateAddresses, isProvider }: ForwardSettings,
  target: Target,
  own: readonly number[],
): Reach {
  if (isProvider(target.host)) throw new Fault('forward.provider', shown(target))
  const isListed = typeof others !== 'string' && listed(others, target)
  if (others !== 'tunnel' && !isListed) throw new Fault('forward.host', target.host.slice(0, 128))
  const loops = own.includes(target.port) ? { own: isOwnAddress } : {}
  return { private: privateAddresses, literal: isListed, fault: 'forward.private', ...loops }
}

export interface Tunnelling {
  readonly exchange: Exchange<Head>
  readonly socket: Socket
  readonly head: Buffer
  readonly target: Target
  readonly caller: Caller
  readonly reach: Reach
  readonly proxy: URL | undefined
  /** Whether a name is one of a connection's hosts, or of a provider: a tunnel to it would go round the record. */
  isOurs(name: string): boolean
}

export class Tunnels {
  readonly #idle: number
  readonly #open = new Map<string, Set<Socket>>()

  constructor(idle = IDLE_MS) {
    this.#idle = idle
  }

  /**
   * Carries one from its `asked` entry to its ending. Resolves once both are on the record.
   * @throws limit.requests, trail.*, and what dialling throws before the client has been told anything
   */
  async carry({ exchange, socket, head, target, caller, reach, proxy, isOurs }: Tunnelling): Promise<void> {
    const { trail, endings } = exchange.house
    const release = this.#admit(caller.actor.id, socket)
    exchange.route = 'unread'
    try {
      await trail.append(asked(exchange))
      const far = await dial({ ...target, reach, proxy, ms: CONNECT_MS }).catch(async (error: unknown) => {
        const fault = faultOf(error)
        await endings.appendOrKeep(ended(exchange, { kind: 'failed', status: 0, delivered: fault.status, fault }))
        throw new Ended(fault)
      })
      socket.write(ESTABLISHED)
      let refused: Fault | undefined
      const mayName = (name: string | undefined) => {
        if (name === undefined) refused = new Fault('forward.handshake', 'its name cannot be read')
        else if (isOurs(name)) refused = new Fault('forward.name', `the handshake says ${name.slice(0, 64)}`)
        return !refused
      }
      const tunnel = await splice(socket, far, { idle: this.#idle, cut: caller.revoked, head, mayName })
      const cut = caller.revoked.aborted ? new Fault('identity.revoked') : refused
      const kind = refused ? 'denied' : cut ? 'aborted' : 'replied'
      const how = { kind, ...(cut && { fault: cut }) } as const
      await endings.appendOrKeep({ ...ended(exchange, { ...how, status: 200, delivered: 200 }), tunnel })
    } finally {
      release()
    }
  }

  /** Cuts what is idle, now and from now on: nobody waits for an answer there. */
  retire(): void {
    for (const sockets of this.#open.values())
      for (const socket of sockets) {
        socket.setTimeout(1000, () => socket.destroy())
      }
  }

  #admit(actor: string, socket: Socket): () => void {
    const own = this.#open.get(actor) ?? new Set()
    if (own.size >= MOST) throw new Fault('limit.requests', `${MOST} tunnels at a time`)
    this.#open.set(actor, own.add(socket))
    return () => {
      own.delete(socket)
      if (own.size === 0) this.#open.delete(actor)
    }
  }
}

/** A tunnel that has failed and whose ending is on the record: the client is to be told, and nothing more. */
export class Ended extends Error {
  readonly fault: Fault

  constructor(fault: Fault) {
    super(fault.message, { cause: fault })
    this.fault = fault
  }
}

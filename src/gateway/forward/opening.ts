/** Which tunnels are opened so that their requests are read, and with which certificate. Opens none itself. */
import type { SecureContext } from 'node:tls'
import { Fault } from '#exchange'
import { contextOf, type Tls } from '#relay'
import type { House } from '../house.ts'
import { isOwn } from './own.ts'
import { isHost, placesAt } from './places.ts'
import type { ForwardSettings } from './settings.ts'
import { shown, type Target } from './target.ts'

export interface Opening {
  /** Whether plain text is wrong there. */
  readonly secure: boolean
  /** The gateway itself: what comes takes the reverse door. */
  readonly own: boolean
  /** Why nothing that comes goes anywhere; told within, where clients show it. */
  readonly refused?: Fault
  /** @throws forward.constraint, forward.handshake, ca.expired */
  context(): Promise<SecureContext>
}

export interface Asked {
  readonly house: Pick<House, 'connections'>
  readonly settings: ForwardSettings
  readonly target: Target
  /** The listener's own port, and what it speaks TLS with. */
  readonly port: number | undefined
  readonly tls: Tls | undefined
}

/** For a host of a connection, the gateway itself, or a provider's host that no connection has; undefined for any other. */
export function openingOf({ house: { connections }, settings, target, port, tls }: Asked): Opening | undefined {
  const places = placesAt(connections, target)
  const context = () => settings.leaves.contextFor(target.host)
  if (places.length > 0) return { secure: places.some(({ secure }) => secure), own: false, context }
  if (isOwn(target, port, connections))
    return { secure: tls !== undefined, own: true, context: async () => contextOf(tls) }
  if (isHost(connections, target.host) || !settings.isProvider(target.host)) return undefined
  return { secure: false, own: false, context, refused: new Fault('forward.provider', shown(target)) }
}

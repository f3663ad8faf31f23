/** A configuration, and what outlives it, to the house that the doors carry exchanges in. Opens nothing. */
import { type House, Sightings } from '#gateway'
import { type Engine, originalsTo } from '#masking'
import type { Trail } from '#trail'
import type { HeldCa } from './ca/held.ts'
import { isProvider } from './ca/providers.ts'
import type { Config } from './config.ts'
import { actionsIn, brokeredKnown, engineOf } from './engine.ts'
import type { Leases } from './leases.ts'
import { type Policy, policyOf } from './policy.ts'
import { uuid7 } from './uuid.ts'

/** What a reload leaves as it is. */
export type Fixed = Pick<
  House,
  | 'limits'
  | 'identity'
  | 'trail'
  | 'keyring'
  | 'memory'
  | 'endings'
  | 'gaps'
  | 'strangers'
  | 'latched'
  | 'accounts'
  | 'outcomes'
  | 'sightings'
>

interface Means {
  readonly demo?: URL | undefined
  readonly ca?: HeldCa | undefined
  readonly leases?: Leases
}

/** The rooms of a configuration, and the text of what decides in them. */
export interface Made {
  readonly house: House
  readonly policy: Policy
}

export function houseOf(config: Config, fixed: Fixed, { demo, ca, leases }: Means): Made {
  const { limits, forward } = config
  const engine = engineOf(config, brokeredKnown(leases?.values ?? []))
  const policy = policyOf(config, engine, fixed.keyring, brokeredKnown(leases?.current ?? []))
  const house: House = {
    ...fixed,
    connections: config.connections(demo),
    engine,
    ...(leases && { credentials: leases.own }),
    actions: actionsIn(config),
    rules: config.rules,
    policy: policy.id,
    ...(config.originals && { originals: originalsTo(config.originals) }),
    recording: config.recording,
    ...(ca && {
      forward: {
        leaves: ca,
        certificates: () => ca.export(),
        others: forward.other_hosts,
        privateAddresses: forward.private_addresses === 'allow',
        proxy: forward.proxy,
        isProvider,
      },
    }),
    settings: {
      gap: config.on_trail_failure === 'gap' ? limits.gap : undefined,
      pathKeys: config.path_keys,
      eventBytes: limits.event_bytes,
      replyBytes: limits.reply_bytes,
    },
    now: Date.now,
    clock: () => performance.now(),
    uuid: () => uuid7(Date.now()),
  }
  return { house, policy }
}

export const limitsOf = ({ limits: { actor, open_bytes } }: Config) => ({
  openStreams: actor.open_streams,
  openSockets: actor.open_sockets,
  bytesPerHour: actor.bytes_per_hour,
  openBytes: actor.open_bytes,
  openBytesInAll: open_bytes,
})

export const sightingsOf = (trail: Trail, engine: () => Engine, tell: (line: string) => void): Sightings =>
  new Sightings({ trail, engine, tell, now: Date.now, uuid: () => uuid7(Date.now()) })

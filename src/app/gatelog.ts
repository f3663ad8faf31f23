/** A running house: configuration to open rooms, listeners and a clean end. The only place that wires rooms. */

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openApi, routes } from '#console'
import type { Fault } from '#exchange'
import { Endings, Gaps, type House, openHealth, openMemory, openReverse, Strangers } from '#gateway'
import { type Identity, openIdentity, openLimits } from '#identity'
import { compile, RULES } from '#masking'
import { type Listening, openRelay } from '#relay'
import { openTrail } from '#trail'
import { backendOf } from './backend.ts'
import type { Config } from './config.ts'
import { startDemo } from './demo/index.ts'
import { openKeyring } from './keyring.ts'
import { uuid7 } from './uuid.ts'

export interface Gatelog {
  readonly gateway: string
  readonly health: string
  readonly identity: Identity
  /** Puts a new configuration in force for the exchanges that begin from now on. */
  reload(config: Config): void
  /** Stops accepting, lets open exchanges end, closes the trail. */
  close(): Promise<void>
}

/** The trail and the identities of a data folder, with no listener: what the command line opens when no server runs. */
async function openRecord(config: Config, onLatch?: (fault: Fault) => void) {
  const keyring = openKeyring(config.data)
  const trail = await openTrail({ folder: config.data, keyring, now: Date.now, ...(onLatch && { onLatch }) })
  const documents = trail.documents
  const identity = await openIdentity({
    keyring,
    now: Date.now,
    random: randomBytes,
    pathKeys: config.path_keys,
    store: {
      list: async () => (await documents.list('key')) as never,
      put: (record) => documents.put('key', record.id, record as never),
    },
  })
  return { keyring, trail, identity }
}

/** Who is told what the gateway cannot put on the record. */
export interface Ears {
  /** The disk has failed and the process must end. */
  onLatch(fault: Fault): void
  /** A line for whoever runs the gateway. */
  tell(line: string): void
}

/** Opens everything. */
export async function openGatelog(first: Config, { onLatch, tell }: Ears): Promise<Gatelog> {
  const { keyring, trail, identity } = await openRecord(first, onLatch)
  const demo = first.demo ? await startDemo({}) : undefined
  const relay = openRelay()
  const strangers = new Strangers(trail)
  const gaps = new Gaps({ trail, keyring, tell, now: Date.now, uuid: () => uuid7(Date.now()) })
  const fixed = { identity, trail, keyring, memory: openMemory(), endings: new Endings(trail, tell), gaps, strangers }
  let config = first
  let house = houseOf(config, fixed, demo?.url)
  let draining = false
  const listeners: Listening[] = []
  const gateway = await openReverse({
    ...config.listen.gateway,
    ...(config.listen.tls && { tls: config.listen.tls }),
    insecure: config.insecure,
    headerBytes: config.limits.header_bytes,
    body: config.limits,
    relay,
    house: () => house,
  })
  listeners.push(gateway)
  const notReady = () => (draining ? 'draining' : trail.state.kind === 'open' ? undefined : trail.state.fault.message)
  const health = await openHealth({
    ...config.listen.health,
    insecure: config.insecure,
    headerBytes: config.limits.header_bytes,
    notReady,
  })
  listeners.push(health)
  const backend = backendOf({
    trail,
    identity,
    keyring,
    config: () => config,
    connections: () => house.connections,
    notReady,
  })
  const api = await openApi(join(config.data, 'gatelog.sock'), backend)
  return {
    gateway: gateway.url,
    health: health.url,
    identity,
    reload(next) {
      house = houseOf(next, fixed, demo?.url)
      config = next
    },
    async close() {
      draining = true
      await gateway.drain(config.timeouts.drain_ms)
      strangers.flush(Number.POSITIVE_INFINITY)
      await fixed.endings.flush()
      await gaps.close()
      await Promise.all([health.drain(0), api.close(), relay.close(), demo?.close()])
      await trail.close()
    },
  }
}

type Fixed = Pick<House, 'identity' | 'trail' | 'keyring' | 'memory' | 'endings' | 'gaps' | 'strangers'>

function houseOf(config: Config, fixed: Fixed, demo: URL | undefined): House {
  const { limits } = config
  return {
    ...fixed,
    connections: config.connections(demo),
    limits: openLimits({
      openStreams: limits.actor.open_streams,
      bytesPerHour: limits.actor.bytes_per_hour,
      now: Date.now,
    }),
    engine: compile(RULES, config.masking.known),
    rules: config.rules,
    settings: {
      prompts: config.masking.prompts,
      gap: config.on_trail_failure === 'gap' ? limits.gap : undefined,
      pathKeys: config.path_keys,
      eventBytes: limits.event_bytes,
      replyBytes: limits.reply_bytes,
    },
    now: Date.now,
    clock: () => performance.now(),
    uuid: () => uuid7(Date.now()),
  }
}

/** The admin API over a record that no server holds, for the command line. @throws trail.locked, trail.unavailable */
export async function openLocal(config: Config) {
  const { keyring, trail, identity } = await openRecord(config)
  const connections = () => config.connections(undefined)
  const app = routes(backendOf({ trail, identity, keyring, config: () => config, connections }))
  return { request: async (path: string, init: RequestInit) => app.request(path, init), close: () => trail.close() }
}

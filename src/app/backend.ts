/** What the admin API may ask of a running house, or of a record that no server holds. */
import { join } from 'node:path'
import type { Backend, CheckRow, CoverageSource, ReadHouse, Reviser, SecretSearch, TestRow } from '#console'
import { type Fact, Fault, faultOf, type Keyring } from '#exchange'
import type { AnchorStanding, Standing } from '#export'
import {
  type Connection,
  Erasure,
  fingerprintOf,
  type Host,
  maskFact,
  Rescan,
  type Resuming,
  SHORTEST_PRINTED,
  type Sightings,
  type Untrusting,
} from '#gateway'
import type { Identity } from '#identity'
import type { Engine } from '#masking'
import { dial, reachOf } from '#relay'
import { adopt, type Custody, type Reads, sealsOf, type Trail } from '#trail'
import type { AckedFile } from './acked-mark.ts'
import type { Shipping } from './backup/shipping.ts'
import type { HeldCa } from './ca/held.ts'
import { checksOf } from './checks.ts'
import type { Names } from './config-names.ts'
import { wrappingHouse } from './keyholder/house.ts'
import type { Keyholder } from './keyholder/index.ts'
import { logIn } from './sealed-log.ts'
import type { SignedLast } from './signed-last.ts'
import { uuid7 } from './uuid.ts'

export interface BackendOptions {
  readonly trail: Trail
  readonly identity: Identity
  readonly keyring: Keyring
  config(): Names
  connections(): ReadonlyMap<string, Connection>
  /** `undefined` when ready; absent where no server runs. */
  notReady?(): string | undefined
  /** undefined where the forward door is off. */
  ca(): HeldCa | undefined
  /** Clients that do not trust the CA; absent where no server runs. */
  untrusting?(): readonly Untrusting[]
  sightings(): Sightings
  /** How its anchors stand; absent where no server runs. */
  anchors?(): Promise<readonly AnchorStanding[]>
  /** How its sinks stand; absent where no server runs. */
  standings?(): Promise<readonly Standing[]>
  readonly reads: Reads
  readonly custody: Custody
  /** How the gateway's own credentials stand; absent where no server runs. */
  credentials?(): readonly CheckRow[]
  /** Forgets what was said; absent where no server runs. */
  forget?(): void
  readonly keyholder: Keyholder
  readonly shipping: Shipping
  /** Who reads a record that no server holds. */
  readonly reader?: Fact
  /** What was signed last, as is known outside of the record. */
  signed(): Promise<SignedLast>
  /** Where it is remembered how far entries were acknowledged; absent where nothing is written. */
  readonly acked?: AckedFile | undefined
  /** Compiled when it is asked for first. */
  engine(): Engine
  /** The version of the rules in force; absent where no server runs. */
  policy?(): string
  /** Told what is waited for, where somebody does; absent where a server runs. */
  waits?(line: string): void
  /** The version of the rules and known values of `engine`, where no server runs. */
  rules?(): string
}

export function backendOf(options: BackendOptions): Backend {
  const { trail, identity } = options
  return {
    trail,
    identity,
    now: Date.now,
    secrets: secretsOf(options),
    reading: readingOf(options),
    wrapping: wrappingHouse({ ...options, via: viaOf(options), uuid: () => uuid7(Date.now()), now: Date.now }),
    ...waysOf(options.connections),
    coverage: coverageOf(options),
    log: () => logIn(join(options.config().data, 'seal')),
    anchors: () => options.config().export.anchors,
    data: () => options.config().data,
    custody: options.custody,
    signed: options.signed,
    reviser: reviserOf(options),
    backup: options.shipping,
    knows: (name) => options.config().connections(NO_DEMO).has(name),
    ca() {
      const ca = options.ca()
      if (!ca) throw new Fault('ca.off')
      return ca
    },
    checks: () => checksOf(options, () => reviserOf(options).waiting()),
  }
}

/** Stands for the demo's upstream, of which only the name is asked. */
const NO_DEMO = new URL('http://127.0.0.1')

/** What the admin API tells of connections, for which no record is needed. */
export const waysOf = (connections: BackendOptions['connections']): Pick<Backend, 'connections' | 'test'> => ({
  connections: () => [...connections().values()].map(rowOf),
  test: (name) => test(connections().get(name), name),
})

const secretsOf = ({ config, keyring, notReady }: BackendOptions): SecretSearch => ({
  get allowed() {
    return config().masking.secret_search === 'allow'
  },
  get perHour() {
    return config().limits.secret_searches_per_hour
  },
  via: notReady ? 'server' : 'local',
  fingerprint: (value) => (value.length < SHORTEST_PRINTED ? undefined : fingerprintOf(keyring, value)),
  uuid: () => uuid7(Date.now()),
})

const viaOf = ({ notReady }: BackendOptions) => (notReady ? 'server' : 'local')

/** This process, for a rescan that may have been stopped in another. */
const RUN = uuid7(Date.now())

/** Erasure and rescan over the record; both exclude each other, by the holds of its custody. */
export function reviserOf(options: BackendOptions): Reviser & Pick<Erasure, 'resume' | 'waiting'> {
  const { trail, keyring, custody, engine, policy, rules, forget, reads } = options
  const clock = { now: Date.now, uuid: () => uuid7(Date.now()) }
  const house = {
    ...{ trail, keyring, engine, holds: custody.holds, ...clock, clock: () => performance.now() },
    ...{
      async settle() {
        await reads.flush()
        await adopt({ trail, ...clock }, { most: Number.POSITIVE_INFINITY })
      },
      rules: () => rules?.() ?? policy?.() ?? '',
      run: RUN,
      ...(forget && { forget }),
      ...(policy && { policy }),
    },
  }
  const erasure = new Erasure(house)
  const rescan = new Rescan(house)
  return {
    plan: (scope) => erasure.plan(scope),
    erase: (scope, doer) => erasure.erase(scope, doer),
    rescan: (since, doer) => rescan.page(since, doer),
    // a command that opened the record to release a hold seals nothing, and what goes is sealed first
    resume: async (resuming?: Resuming) => (options.notReady ? erasure.resume(resuming) : 0),
    waiting: () => erasure.waiting(),
  }
}

const LONGEST_QUERY = 4096

const readingOf = ({ reads, reader, engine, notReady }: BackendOptions): ReadHouse => ({
  reads,
  via: notReady ? 'server' : 'local',
  ...(reader && { reader }),
  masked: (text) => maskFact(engine(), text, LONGEST_QUERY),
})

const coverageOf = ({ trail, sightings }: BackendOptions): CoverageSource => ({
  async coverage() {
    const found = await trail.bypasses()
    const { marks, fault } = await sealsOf(
      trail,
      found.map(({ seq }) => seq),
    )
    const told = found.map(({ seq, bypass }) => ({ ...bypass, ...(marks.has(seq) && { seal: marks.get(seq) }) }))
    const { tally, waiting } = sightings()
    return { tally: { ...tally }, waiting, bypasses: told.toReversed(), ...(fault !== undefined && { fault }) }
  },
  review: (via, reports) =>
    sightings().review(reports.map(({ github, ...report }) => ({ ...report, who: { github }, via }))),
})

const rowOf = ({ name, kind, credentials, hosts }: Connection) => ({
  name,
  kind,
  credentials,
  hosts: Object.fromEntries(
    [...hosts.values()].map((host) => [host.name, host.upstream.origin.origin + (host.base || '/')]),
  ),
})

async function test(connection: Connection | undefined, name: string): Promise<TestRow[]> {
  if (!connection) throw new Fault('request.connection', name)
  return Promise.all([...connection.hosts.values()].map(reach))
}

const REACH_MS = 5000

/** Opens and closes a connection, by the way that traffic takes; sends nothing, so that no exchange passes unrecorded. */
async function reach({ name: host, upstream }: Host): Promise<TestRow> {
  const { origin, proxy } = upstream
  const port = Number(origin.port) || (origin.protocol === 'https:' ? 443 : 80)
  const bare = origin.hostname.replace(/^\[|\]$/g, '')
  try {
    const socket = await dial({ host: bare, port, reach: reachOf(upstream), proxy, ms: REACH_MS })
    socket.destroy()
    return { host, ok: true, told: `${origin.host} answers` }
  } catch (error) {
    const { code, message } = faultOf(error)
    const late = code === 'upstream.timeout' && `${origin.host} does not answer within 5 s`
    return { host, ok: false, told: late || message }
  }
}

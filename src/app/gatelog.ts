/** A running house: configuration to open rooms, listeners and a clean end. The only place that wires rooms. */

import { join } from 'node:path'
import { openApi } from '#console'
import { type Fault, faultOf, type Ruled } from '#exchange'
import { Exports } from '#export'
import {
  Endings,
  forgetSaid,
  Gaps,
  type House,
  Outcomes,
  openAccounts,
  openDoors,
  openHealth,
  openMemory,
  type Resuming,
  Sightings,
  Strangers,
  Trust,
} from '#gateway'
import { type Identity, openLimits } from '#identity'
import type { Engine } from '#masking'
import { openRelay } from '#relay'
import type { Trail } from '#trail'
import { type Anchoring, anchoring } from './anchored.ts'
import { backendOf, reviserOf } from './backend.ts'
import { Shipping } from './backup/shipping.ts'
import { variablesOfCa } from './ca/configured.ts'
import { HeldCa } from './ca/held.ts'
import { PROVIDER_HOSTS } from './ca/providers.ts'
import { ClockWatch } from './clock-watch.ts'
import type { Config } from './config.ts'
import { socketIn } from './config-place.ts'
import { daily } from './daily.ts'
import { startDemo } from './demo/index.ts'
import { watchDocuments } from './documents.ts'
import { Doubts } from './doubts.ts'
import { openGapMark } from './gap-mark.ts'
import { variablesIn } from './keyholder/credentials.ts'
import { type Keyholder, startKeyholder } from './keyholder/index.ts'
import { Leases } from './leases.ts'
import { type Fixed, houseOf, limitsOf, type Made } from './made.ts'
import { type OpenRecord, openRecord } from './record.ts'
import { Ruling } from './ruled.ts'
import { watchSeal } from './seal-watch.ts'
import { logIn } from './sealed-log.ts'
import { uuid7 } from './uuid.ts'
import { toldLately, vanishedLately } from './vanished.ts'

export interface Gatelog {
  readonly gateway: string
  readonly health: string
  readonly identity: Identity
  /** Puts a new configuration in force for the exchanges that begin from now on; addresses stay as they are. */
  reload(config: Config): Promise<void>
  /** Stops accepting, lets open exchanges end, closes the trail. */
  close(): Promise<void>
}

/** Who is told what the gateway cannot put on the record. */
export interface Ears {
  /** The disk has failed and the process must end. */
  onLatch(fault: Fault): void
  /** All is loaded and compiled, and nothing is served yet. */
  loaded?(): Promise<void>
  /** A line for whoever runs the gateway. */
  tell(line: string): void
}

/** Opens everything, or nothing. @throws trail.*, config.bind, config.invalid */
export async function openGatelog(first: Config, ears: Ears): Promise<Gatelog> {
  await using opened = new AsyncDisposableStack()
  const anchored = anchoring({
    ...{ folder: join(first.data, 'seal'), settings: first.export.anchors, tell: ears.tell },
    graceMs: first.export.anchors_grace_ms,
  })
  opened.defer(() => anchored.anchors?.close())
  const record = await openRecord(first, {
    guard: (signer) => anchored.guard(signer),
    ...{ lostKey: 'refuse', onLatch: ears.onLatch, ...(first.seal && { seal: first.seal }) },
    keys: (options) => startKeyholder(options, ears.tell),
    variables: [...variablesIn(first.credentials), ...variablesOfCa(first.forward.ca.configured)],
  })
  opened.defer(() => record.close())
  const { keyholder } = record
  if (keyholder.made)
    ears.tell(`a wrapping key was made in ${keyholder.place}: without it no body can be read, keep a copy`)
  if (record.begunAfter > 0)
    ears.tell(
      `the journal ${record.journal?.path} was not there or not to be read, and was begun anew from the record and its ${record.begunAfter} entries: what it alone told is lost (docs/backup.md)`,
    )
  for (const told of record.late) ears.tell(told)
  for (const told of record.acked?.unread ?? []) ears.tell(told)
  const vanished = await record.trail.vanished()
  for (const told of toldLately(vanished, Date.now())) ears.tell(told)
  const documents = watchDocuments(record.trail, ears.tell)
  await documents.look()
  const accounts = await openAccounts({ documents: record.trail.documents, now: Date.now, tell: ears.tell })
  const running = new Running(first, { ...record, accounts, anchored }, ears)
  opened.defer(() => running.end())
  await running.start()
  const erased = await running.resume({
    held: (by) => ears.tell(`an erasure that was cut short waits, for it is held by ${by.join(', ')}`),
    more: (seq, count) =>
      ears.tell(
        `the erasure of entry ${seq} was to take ${count} exchanges or lines that its entry does not list: they stay, look at gatelog verify`,
      ),
  })
  if (erased > 0) ears.tell(`${erased} erasures that were cut short are done`)
  tellNotes(first, ears)
  const doubts = new Doubts(record, ears.tell)
  await doubts.look()
  const seal = watchSeal(record.trail, ears.tell)
  opened.defer(() => seal.close())
  await seal.look()
  await keyholder.settled() // before a stranger's byte is read: who takes this process later opens nothing with it
  await ears.loaded?.()
  const gateway = await openDoors(running.door)
  opened.defer(() => gateway.drain(running.config.timeouts.drain_ms))
  running.ports.push(gateway.port)
  const health = await openHealth({
    ...running.door,
    ...first.listen.health,
    notReady: () => running.notReady(),
    unrecorded: () => running.unrecorded(),
    unsealed: () => seal.why,
    vanished: () => vanishedLately(vanished, Date.now()),
    forged: () => documents.count,
    doubted: () => doubts.why,
  })
  opened.defer(() => health.drain(0))
  running.ports.push(health.port)
  const api = await openApi(socketIn(first.data), running.backend)
  opened.defer(() => api.close())
  const watch = new ClockWatch({ trail: record.trail, now: Date.now, clock: () => performance.now() })
  const { custody } = record
  const look = async () => {
    await documents.look()
    return watch.look()
  }
  const resume = async () => {
    await doubts.look()
    return running.resume()
  }
  opened.defer(daily({ custody, tell: ears.tell, resume, look }))
  const all = opened.move()
  return {
    gateway: gateway.url,
    health: health.url,
    identity: record.identity,
    async reload(next) {
      await running.reload(next)
      tellNotes(next, ears)
      if (first.listen.tls && next.listen.tls)
        for (const listener of [gateway, health]) listener.reload(next.listen.tls)
      if (fixedAtStart(first) !== fixedAtStart(next)) ears.tell('listen and data are read at start: restart for those')
    },
    async close() {
      running.draining = true
      await gateway.drain(running.config.timeouts.drain_ms)
      await all.disposeAsync()
    },
  }
}

function tellNotes({ masking: { notes } }: Config, { tell }: Ears): void {
  if (notes.length === 1) tell(notes[0]!)
  if (notes.length > 1) tell(`${notes.length} notes on masking rules: gatelog check shows them`)
}

/** What a reload replaces, and what outlives it. */
class Running {
  config: Config
  draining = false
  /** Of the gateway's own listeners. */
  readonly ports: number[] = []
  readonly #trust: Trust
  readonly #record: OpenRecord & { readonly anchored: Anchoring }
  readonly #fixed: Fixed
  readonly #mark: ReturnType<typeof openGapMark>
  readonly #relay = openRelay()
  readonly #exports: Exports
  readonly #ruling: Ruling
  readonly #shipping: Shipping
  readonly #leases: Leases
  #demo: Awaited<ReturnType<typeof startDemo>> | undefined
  readonly #tell: Ears['tell']
  #ca: HeldCa | undefined
  #house: House

  constructor(
    config: Config,
    record: OpenRecord & Pick<House, 'accounts'> & { readonly anchored: Anchoring },
    { tell }: Ears,
  ) {
    const { trail, identity, keyring, accounts } = record
    this.config = config
    this.#record = record
    this.#tell = tell
    this.#mark = openGapMark(config.data)
    this.#fixed = {
      ...{ identity, trail, keyring, accounts, outcomes: new Outcomes() },
      limits: openLimits({ ...limitsOf(config), now: Date.now }),
      memory: openMemory(),
      endings: new Endings(trail, tell),
      gaps: new Gaps({ trail, keyring, tell, mark: this.#mark, now: Date.now, uuid: () => uuid7(Date.now()) }),
      strangers: new Strangers(trail),
      latched: record.latched,
      sightings: sightingsOf(trail, () => this.#house.engine, tell),
    }
    this.#trust = new Trust(tell, Date.now)
    const { data } = config
    this.#shipping = new Shipping({ ...record, data, now: Date.now, tell, settings: () => this.config.backup })
    this.#exports = new Exports({
      trail,
      tell,
      now: Date.now,
      log: () => logIn(join(config.data, 'seal'), record.anchored.origin),
    })
    this.#ruling = new Ruling({ trail, tell, now: Date.now, uuid: () => uuid7(Date.now()) })
    this.#leases = new Leases({
      clock: () => performance.now(),
      tell,
      changed: () => void this.#rotated(),
    })
    this.#house = houseOf(config, this.#fixed, {}).house
  }

  /** A credential is another one: what masks it is in force before it is sent. Never rejects. */
  async #rotated(): Promise<void> {
    const { config } = this
    try {
      await this.#enforce(config, 'reload', () => this.config === config)
    } catch (error) {
      this.#tell(`a credential that was rotated is not in force: ${faultOf(error).message}`)
    }
  }

  /** Makes the house of a configuration, says so on the record, and moves in, unless it is too late for it then. */
  async #enforce(config: Config, via: Ruled['via'], still: () => boolean): Promise<void> {
    const { house, policy } = this.#made(config)
    await this.#ruling.set(policy, via)
    if (still()) this.#house = house
  }

  #made(config: Config): Made {
    return houseOf(config, this.#fixed, { demo: this.#demo?.url, ca: this.#ca, leases: this.#leases })
  }

  /** Puts the first configuration in force, and a gap on the trail that the process before this one left. */
  async start(): Promise<void> {
    await this.#fixed.gaps.close()
    await this.#fixed.sightings.start()
    await this.reload(this.config, 'start')
  }

  async reload(next: Config, via: Ruled['via'] = 'reload'): Promise<void> {
    if (next.demo) this.#demo ??= await startDemo({})
    this.#ca = await caOf(next, this.#record.keyholder)
    const exposed = await this.#ca?.exposed()
    if (exposed) this.#tell(`others may read the CA’s key, and vouch with it: chmod 600 ${exposed}`)
    await this.#lease(next)
    await this.#enforce(next, via, () => true)
    this.#fixed.limits.set(limitsOf(next))
    this.#record.retain(next.retention)
    this.config = next
    await this.#exports.set(next.export.sinks)
    await this.#record.anchored.anchors?.set(next.export.anchors)
    await this.#shipping.start()
  }

  /** What the connections of a configuration send. Where it cannot be had, those of the one before stay. @throws upstream.credential */
  async #lease({ credentials }: Config): Promise<void> {
    const { keyholder } = this.#record
    const names = Object.keys(credentials)
    try {
      await this.#leases.take(names, await keyholder.credentials(credentials))
    } catch (error) {
      if (credentials !== this.config.credentials) await keyholder.credentials(this.config.credentials)
      throw error
    }
  }

  notReady(): string | undefined {
    const { state } = this.#record.trail
    if (this.draining) return 'draining'
    return state.kind === 'open' ? undefined : state.fault.message
  }

  /** Exchanges that passed and that the trail does not tell of yet. */
  unrecorded(): number {
    return this.#fixed.gaps.open
  }

  /** The reverse door's options; limits and house are those in force when a request comes. */
  get door() {
    const running = this
    const { listen, insecure, limits } = this.config
    return {
      ...listen.gateway,
      ...(listen.tls && { tls: listen.tls }),
      insecure,
      headerBytes: limits.header_bytes,
      relay: this.#relay,
      get body() {
        return running.config.limits
      },
      house: () => running.#house,
      draining: () => running.draining,
      trust: this.#trust,
      ownPorts: () => running.ports,
      ownTls: () => listen.tls && running.config.listen.tls,
    }
  }

  get backend() {
    return backendOf(this.#options)
  }

  /** Ends what a process before this one had begun to erase; what is held by now waits. */
  resume(resuming?: Resuming): Promise<number> {
    return reviserOf(this.#options).resume(resuming)
  }

  get #options() {
    return {
      ...this.#record,
      config: () => this.config,
      connections: () => this.#house.connections,
      engine: () => this.#house.engine,
      policy: () => this.#house.policy,
      notReady: () => this.notReady(),
      ca: () => this.#ca,
      untrusting: () => this.#trust.list(),
      sightings: () => this.#fixed.sightings,
      standings: () => this.#exports.standings(),
      anchors: async () => (await this.#record.anchored.anchors?.standings()) ?? [],
      credentials: () => this.#leases.rows(this.config.credentials),
      forget: () => forgetSaid(this.#house),
      shipping: this.#shipping,
    }
  }

  /** Puts on the record what was kept back, and lets go of upstreams. */
  async end(): Promise<void> {
    const { strangers, endings, gaps } = this.#fixed
    this.#leases.close()
    strangers.flush(Number.POSITIVE_INFINITY)
    await endings.flush()
    await gaps.close()
    await this.#record.reads.close()
    await this.#ruling.close()
    await this.#shipping.close()
    await this.#exports.close()
    this.#mark.close()
    await Promise.all([this.#relay.close(), this.#demo?.close()])
  }
}

/** The CA of a data folder, made where there is none; undefined where the forward door is off. @throws ca.* */
export async function caOf(
  { data, forward: { enabled, ca } }: Pick<Config, 'data' | 'forward'>,
  keyholder: Keyholder,
): Promise<HeldCa | undefined> {
  if (!enabled) return undefined
  const permitted = [...PROVIDER_HOSTS, ...ca.hosts]
  return new HeldCa(await keyholder.ca({ data, permitted, configured: ca.configured }), Date.now)
}

const fixedAtStart = ({ data, listen: { gateway, health, tls } }: Config): string =>
  JSON.stringify([data, gateway, health, tls !== undefined])

export const sightingsOf = (trail: Trail, engine: () => Engine, tell: (line: string) => void): Sightings =>
  new Sightings({ trail, engine, tell, now: Date.now, uuid: () => uuid7(Date.now()) })

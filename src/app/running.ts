/** What a reload replaces in a running house, and what outlives it. Listens nowhere: whoever opens the doors asks it. */
import { join } from 'node:path'
import { faultOf, type Ruled } from '#exchange'
import { Exports } from '#export'
import { Endings, forgetSaid, Gaps, type House, Outcomes, openMemory, type Resuming, Strangers, Trust } from '#gateway'
import { openLimits } from '#identity'
import { openRelay } from '#relay'
import type { Anchoring } from './anchored.ts'
import { backendOf, reviserOf } from './backend.ts'
import { Shipping } from './backup/shipping.ts'
import { caOf, type HeldCa } from './ca/held.ts'
import type { Config } from './config.ts'
import { startDemo } from './demo/index.ts'
import { openGapMark } from './gap-mark.ts'
import { Leases } from './leases.ts'
import { type Fixed, houseOf, limitsOf, type Made, sightingsOf } from './made.ts'
import type { OpenRecord } from './record.ts'
import { Ruling } from './ruled.ts'
import { logIn } from './sealed-log.ts'
import { uuid7 } from './uuid.ts'

/** Takes a line for whoever runs the gateway. */
type Tell = (line: string) => void

export class Running {
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
  readonly #tell: Tell
  #ca: HeldCa | undefined
  #house: House

  constructor(
    config: Config,
    record: OpenRecord & Pick<House, 'accounts'> & { readonly anchored: Anchoring },
    tell: Tell,
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

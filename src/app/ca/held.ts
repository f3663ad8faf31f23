/** The CA as the gateway has it: certificates and leaves, and never the key that signs. Asks whoever holds that. */
import type { Ca, CaRow, Rotation } from '#console'
import { type DatedLeaf, type Leaves, openLeaves } from '#relay'
import type { Config } from '../config.ts'
import type { Keyholder } from '../keyholder/index.ts'
import { PROVIDER_HOSTS } from './providers.ts'

/** What may be asked of a CA. @throws ca.* */
export interface CaKeys extends Ca {
  /** Signs a leaf for a host. @throws forward.constraint, ca.expired */
  leaf(host: string): Promise<DatedLeaf>
  /** Hosts of these that the CA may not vouch for. */
  beyond(hosts: readonly string[]): Promise<string[]>
  /** Whether somebody else than the owner may read a key that signs: its file. */
  exposed(): Promise<string | undefined>
}

export class HeldCa implements CaKeys, Leaves {
  readonly #keys: CaKeys
  readonly #now: () => number
  #leaves: Leaves

  /** @param now milliseconds since the Unix epoch */
  constructor(keys: CaKeys, now: () => number) {
    this.#keys = keys
    this.#now = now
    this.#leaves = this.#fresh()
  }

  #fresh(): Leaves {
    return openLeaves((host) => this.#keys.leaf(host), this.#now)
  }

  contextFor(host: string) {
    return this.#leaves.contextFor(host)
  }

  leaf(host: string) {
    return this.#keys.leaf(host)
  }

  rows() {
    return this.#keys.rows()
  }

  export() {
    return this.#keys.export()
  }

  request() {
    return this.#keys.request()
  }

  beyond(hosts: readonly string[]) {
    return this.#keys.beyond(hosts)
  }

  exposed() {
    return this.#keys.exposed()
  }

  /** Leaves of the one before are let go: it may be one that nobody is to trust any more. */
  async rotate(rotation: Rotation): Promise<readonly CaRow[]> {
    const rows = await this.#keys.rotate(rotation)
    this.#leaves = this.#fresh()
    return rows
  }

  async import(chain: string): Promise<readonly CaRow[]> {
    const rows = await this.#keys.import(chain)
    this.#leaves = this.#fresh()
    return rows
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

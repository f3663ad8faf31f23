/** The holder of keys, as the rest of the house sees it: a process of its own under a server, this one elsewhere. */
import type { Signer, Wrapping } from '#trail'
import { variablesOfCa } from '../ca/configured.ts'
import type { CaKeys } from '../ca/held.ts'
import type { Seal } from '../config-trail.ts'
import { type CredentialSource, variablesIn } from './credentials.ts'
import { type CaOptions, type Counts, type HolderOptions, type Known, openHolder } from './holder.ts'
import { type Ask, Link } from './link.ts'
import { takeOut } from './variables.ts'

export interface Keyholder extends Wrapping {
  /** The folder of the wrapping keys; undefined where the configuration says them. */
  readonly place: string | undefined
  /** Whether the key that wraps was made since it was opened. */
  readonly made: boolean
  /** What is to be said of files of keys that are damaged. */
  readonly damaged: readonly string[]
  /** The process that holds them; undefined where it is this one. */
  readonly pid: number | undefined
  /** Makes a new wrapping key, or takes up that which the configuration says now. */
  renew(): Promise<void>
  /** Opens the key of the seal. @throws seal.key */
  signer(seal: Seal, data: string): Promise<Signer>
  /** Opens a CA; it stands for it until another is opened. @throws ca.* */
  ca(options: CaOptions): Promise<CaKeys>
  /** Says where the gateway's own credentials come from; what each is now can be asked from then on. */
  credentials(sources: Readonly<Record<string, CredentialSource>>): Promise<(connection: string) => Promise<string>>
  /** All is opened: another is opened only by another process. */
  settled(): Promise<void>
  counts(): Promise<Counts>
  close(): Promise<void>
}

/**
 * Starts a process that holds the keys. @throws trail.key, trail.keyholder
 * @param tell told when it ends by itself
 */
export async function startKeyholder(options: HolderOptions, tell: (line: string) => void): Promise<Keyholder> {
  const link = new Link(options, tell)
  try {
    await link.opened()
    takeOut(options.variables)
    return await keyholderOf(link.ask, { pid: () => link.pid, close: () => link.close() })
  } catch (error) {
    await link.close()
    throw error
  }
}

/**
 * Holds the keys in this process: for a command that runs as whoever may read them, and reads nothing from a network.
 * @throws trail.key
 */
export function holdKeys(options: HolderOptions): Promise<Keyholder> {
  const calls = openHolder(options)
  const ask: Ask = async (name, ...args) => (calls[name] as (...given: unknown[]) => never)(...args)
  return keyholderOf(ask, { pid: () => undefined, close: async () => undefined })
}

interface Line {
  pid(): number | undefined
  close(): Promise<void>
}

async function keyholderOf(ask: Ask, { pid, close }: Line): Promise<Keyholder> {
  let known: Known = await ask('known')
  return {
    get name() {
      return known.name
    },
    get known() {
      return known.known
    },
    get place() {
      return known.place
    },
    get missing() {
      return known.missing
    },
    get damaged() {
      return known.damaged ?? []
    },
    get made() {
      return known.made === true
    },
    get pid() {
      return pid()
    },
    wrap: (keys) => ask('wrap', keys),
    unwrap: (wrapped) => ask('unwrap', wrapped),
    async renew() {
      known = await ask('renew')
    },
    async signer(seal, data) {
      const { vkey } = await ask('signer', seal, data)
      return {
        vkey,
        sign: (text, told) => ask('sign', text, told),
        last: () => ask('signLast'),
        known: () => ask('signKnown'),
      }
    },
    async credentials(sources) {
      await ask('credentials', sources)
      takeOut(variablesIn(sources))
      return (connection) => ask('credential', connection)
    },
    settled: () => ask('settled'),
    async ca(options) {
      await ask('ca', options)
      takeOut(variablesOfCa(options.configured))
      return caOver(ask)
    },
    counts: () => ask('counts'),
    close,
  }
}

const caOver = (ask: Ask): CaKeys => ({
  leaf: (host) => ask('leaf', host),
  rows: () => ask('caRows'),
  export: () => ask('caExport'),
  rotate: (rotation) => ask('caRotate', rotation),
  request: () => ask('caRequest'),
  import: (chain) => ask('caImport', chain),
  beyond: (hosts) => ask('caBeyond', hosts),
  exposed: () => ask('caExposed'),
})

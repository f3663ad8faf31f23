/** Who holds the keys: does what may be asked for with them, counts it, and gives no key out. Knows no transport. */
import { Fault } from '#exchange'
import { type Signer, type Wrapped, type Wrapping, wrappingOf } from '#trail'
import type { AuthoritiesOptions } from '../ca/authorities.ts'
import type { CaKeys } from '../ca/held.ts'
import type { Seal } from '../config-trail.ts'
import type { CredentialSource, Credentials } from './credentials.ts'
import { Once } from './once.ts'
import { paced } from './pace.ts'
import { makeWrappingKey, openWrappingKeys, type WrappingKeys, type WrappingOptions } from './wrapping-keys.ts'

/** What a holder is started with: places and names, no secret. */
export interface HolderOptions {
  readonly wrapping: WrappingOptions
  /** Names of the environment's variables that it may read. */
  readonly variables: readonly string[]
}

/** The wrapping keys by their names, and where they lie. */
export interface Known {
  readonly name: string
  readonly known: readonly string[]
  readonly place?: string
  readonly made?: true
  /** Why the one that wraps is not here; `name` is none's then. */
  readonly missing?: string
  /** What is to be said of files of keys that are none. */
  readonly damaged?: readonly string[]
}

/** What may be asked. */
export interface Calls {
  known(): Known
  wrap(keys: readonly Uint8Array[]): ReturnType<Wrapping['wrap']>
  unwrap(wrapped: readonly Wrapped[]): ReturnType<Wrapping['unwrap']>
  /** A new wrapping key, or with one of the configuration that which is there now. */
  renew(): Known
  /** Opens the key that heads of the log are signed with; its verifier key. Once. @throws seal.key, keys.fixed */
  signer(seal: Seal, data: string): Promise<{ readonly vkey: string }>
  /** Only a head of its own log, none that takes back one before, and none beside another log of the record. @throws seal.key, seal.behind */
  sign: Signer['sign']
  /** The head that it signed last, as a note. */
  signLast(): Promise<string | undefined>
  /** The last heads of all logs of the record, likewise. */
  signKnown(): Promise<readonly string[]>
  /** Where the gateway's own credentials come from, by connection. Once. @throws keys.fixed */
  credentials(sources: Readonly<Record<string, CredentialSource>>): void
  /** What its source says now. @throws upstream.credential */
  credential(connection: string): Promise<string>
  /** Opens the CA of a data folder, or of the configuration, for what follows; made at the first start. Once. @throws ca.*, keys.fixed */
  ca(options: CaOptions): Promise<void>
  /** A leaf for a host within the CA's constraints, with its key; the CA's own never leaves. */
  leaf: CaKeys['leaf']
  caRows: CaKeys['rows']
  caExport: CaKeys['export']
  caRotate: CaKeys['rotate']
  caRequest: CaKeys['request']
  caImport: CaKeys['import']
  caBeyond: CaKeys['beyond']
  caExposed: CaKeys['exposed']
  /** Nothing that was not opened by now can be opened any more. */
  settled(): void
  counts(): Counts
}

export type CaOptions = Omit<AuthoritiesOptions, 'now'>

/** How often each was asked since it was started. */
export type Counts = Readonly<Partial<Record<keyof Calls | 'begin', number>>>

/** The most keys of one call. */
const MOST_KEYS = 1024
/** How often a minute leaves and credentials are given out, and keys made. */
const OFTEN = 600
const SELDOM = 30

/** The calls over keys that are opened at once. @throws trail.key */
export function openHolder(options: HolderOptions): Calls {
  const counts = new Map<keyof Counts, number>([['begin', 1]])
  const opening = new Once()
  const seal = sealCalls(opening, { record: options.wrapping.id, place: () => place() })
  const { place, ...wrapping } = wrappingCalls(options.wrapping)
  return counted(
    {
      ...wrapping,
      ...seal,
      ...credentialCalls(opening),
      ...caCalls(opening),
      settled: () => opening.close(),
      counts: () => Object.fromEntries(counts),
    },
    counts,
  )
}

/** The same calls, each counted before it is done. */
function counted(calls: Calls, counts: Map<keyof Counts, number>): Calls {
  const wrapped = Object.entries(calls).map(([name, call]) => [
    name,
    (...args: never[]) => {
      counts.set(name as keyof Calls, (counts.get(name as keyof Calls) ?? 0) + 1)
      return (call as (...given: never[]) => unknown)(...args)
    },
  ])
  return Object.fromEntries(wrapped) as Calls
}

/** Stands for the name of a key that is not there. */
const NONE = 'none'

function wrappingCalls(options: WrappingOptions) {
  let opened = openWrappingKeys(options)
  let wrapping = wrappingIn(opened)
  const known = (): Known => ({
    name: (opened.missing === undefined && wrapping?.name) || NONE,
    known: wrapping?.known ?? [],
    ...(opened.place !== undefined && { place: opened.place }),
    ...(opened.made && { made: true }),
    ...(opened.missing !== undefined && { missing: opened.missing }),
    ...(opened.damaged && { damaged: opened.damaged }),
  })
  const held = (): Wrapping => {
    if (!wrapping || opened.missing !== undefined) throw new Fault('trail.key', opened.missing)
    return wrapping
  }
  return {
    known,
    place: () => opened.place,
    wrap: (keys: readonly Uint8Array[]) => held().wrap(few(keys)),
    unwrap: async (wrapped: readonly Wrapped[]) => wrapping?.unwrap(few(wrapped)) ?? wrapped.map(() => undefined),
    renew: paced(SELDOM, () => {
      opened = options.form.key ? openWrappingKeys(options) : makeWrappingKey(options)
      wrapping = wrappingIn(opened)
      return known()
    }),
  }
}

function wrappingIn({ keys: [first, ...rest] }: WrappingKeys): Wrapping | undefined {
  return first && wrappingOf([first, ...rest])
}

function few<Each>(all: readonly Each[]): readonly Each[] {
  if (all.length > MOST_KEYS) throw new Fault('keys.asked', `more than ${MOST_KEYS} keys at once`)
  return all
}

/** `place`: the folder of the wrapping keys, outside the data folder where there is one; `record`: the id of the record. */
function sealCalls(opening: Once, { record, place }: { readonly record: string; place(): string | undefined }) {
  let notary: Signer | undefined
  const signs = (): Signer => {
    if (!notary) throw new Fault('seal.key', 'none was opened')
    return notary
  }
  return {
    async signer(seal: Seal, data: string) {
      await opening.of('signer', [seal, data], async () => {
        const [{ keyOutside, memoriesOf, openSigner }, { notaryOf }] = await Promise.all([
          import('../seal-key.ts'),
          import('./notary.ts'),
        ])
        const kept = memoriesOf(seal, { data, keys: place(), record })
        const memories = { data, record, kept, key: keyOutside(seal, data) }
        notary = await notaryOf(await openSigner(seal, data), memories)
      })
      return { vkey: signs().vkey }
    },
    sign: (text: Uint8Array, told?: Parameters<Signer['sign']>[1]) => signs().sign(text, told),
    signLast: async () => signs().last?.(),
    signKnown: async () => (await signs().known?.()) ?? [],
  }
}

/** Each connection has a pace of its own, so that many of them are asked for as often as few. */
function credentialCalls(opening: Once) {
  const held = new Map<string, () => ReturnType<Credentials['of']>>()
  return {
    async credentials(sources: Readonly<Record<string, CredentialSource>>) {
      await opening.of('credentials', [sources], async () => {
        const { Credentials } = await import('./credentials.ts')
        const all = new Credentials(sources, Date.now)
        for (const name of Object.keys(sources))
          held.set(
            name,
            paced(SELDOM, () => all.of(name)),
          )
      })
    },
    async credential(connection: string) {
      const of = held.get(connection)
      if (!of) throw new Fault('upstream.credential', connection)
      return of()
    },
  }
}

function caCalls(opening: Once) {
  let authorities: CaKeys | undefined
  const ca = (): CaKeys => {
    if (!authorities) throw new Fault('ca.off')
    return authorities
  }
  return {
    ca: (asked: CaOptions) =>
      opening.of('ca', [asked], async () => {
        const { openAuthorities } = await import('../ca/authorities.ts') // only where a forward door is
        authorities = await openAuthorities({ ...asked, now: Date.now })
      }),
    leaf: paced(OFTEN, (host: string) => ca().leaf(host)),
    caRows: () => ca().rows(),
    caExport: () => ca().export(),
    caRotate: paced(SELDOM, (rotation: Parameters<CaKeys['rotate']>[0]) => ca().rotate(rotation)),
    caRequest: paced(SELDOM, () => ca().request()),
    caImport: paced(SELDOM, (chain: string) => ca().import(chain)),
    caBeyond: (hosts: readonly string[]) => ca().beyond(hosts),
    caExposed: () => ca().exposed(),
  }
}

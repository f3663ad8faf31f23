/** Who holds the keys: does what may be asked for with them, counts it, and gives no key out. Knows no transport. */
import { Fault } from '#exchange'
import { type Signer, type Wrapped, type Wrapping, wrappingOf } from '#trail'
import type { AuthoritiesOptions } from '../ca/authorities.ts'
import type { CaKeys } from '../ca/held.ts'
import type { Seal } from '../config-trail.ts'
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
}

/** What may be asked. */
export interface Calls {
  known(): Known
  wrap(keys: readonly Uint8Array[]): ReturnType<Wrapping['wrap']>
  unwrap(wrapped: readonly Wrapped[]): ReturnType<Wrapping['unwrap']>
  /** A new wrapping key, or with one of the configuration that which is there now. */
  renew(): Known
  /** Opens the key that heads of the log are signed with; its verifier key, and whether it knows what was signed last. */
  signer(seal: Seal, data: string): Promise<{ readonly vkey: string; readonly keeps: boolean }>
  /** Only a head of its own log, and none that takes back one before. @throws seal.key, seal.behind */
  sign: Signer['sign']
  signLast(): Promise<string | undefined>
  signKeep(note: string): Promise<void>
  /** Opens the CA of a data folder, or of the configuration, for what follows; made at the first start. @throws ca.* */
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
  counts(): Counts
}

export type CaOptions = Omit<AuthoritiesOptions, 'now'>

/** How often each was asked since it was started. */
export type Counts = Readonly<Partial<Record<keyof Calls, number>>>

/** The most keys of one call. */
const MOST_KEYS = 1024

/** The calls over keys that are opened at once. @throws trail.key */
export function openHolder({ wrapping: options }: HolderOptions): Calls {
  const counts = new Map<keyof Calls, number>()
  let opened = openWrappingKeys(options)
  let wrapping = wrappingIn(opened)
  const known = (): Known => ({
    name: wrapping?.name ?? NONE,
    known: wrapping?.known ?? [],
    ...(opened.place !== undefined && { place: opened.place }),
    ...(opened.made && { made: true }),
  })
  const held = (): Wrapping => {
    if (!wrapping) throw new Fault('trail.key', opened.place && `there is none in ${opened.place}`)
    return wrapping
  }
  let authorities: CaKeys | undefined
  const ca = (): CaKeys => {
    if (!authorities) throw new Fault('ca.off')
    return authorities
  }
  let notary: Signer | undefined
  const signs = (): Signer => {
    if (!notary) throw new Fault('seal.key', 'none was opened')
    return notary
  }
  const counted = <Name extends keyof Calls>(name: Name, call: Calls[Name]): Calls[Name] =>
    ((...args: never[]) => {
      counts.set(name, (counts.get(name) ?? 0) + 1)
      return (call as (...given: never[]) => unknown)(...args)
    }) as Calls[Name]
  return {
    known,
    wrap: counted('wrap', (keys) => held().wrap(few(keys))),
    unwrap: counted('unwrap', async (wrapped) => wrapping?.unwrap(few(wrapped)) ?? wrapped.map(() => undefined)),
    renew: counted('renew', () => {
      opened = options.form.key ? openWrappingKeys(options) : makeWrappingKey(options)
      wrapping = wrappingIn(opened)
      return known()
    }),
    signer: async (seal, data) => {
      const [{ openSigner }, { notaryOf }] = await Promise.all([import('../seal-key.ts'), import('./notary.ts')])
      notary = await notaryOf(await openSigner(seal, data), data)
      return { vkey: notary.vkey, keeps: notary.keep !== undefined }
    },
    sign: counted('sign', (text) => signs().sign(text)),
    signLast: counted('signLast', async () => signs().last?.()),
    signKeep: counted('signKeep', async (note) => signs().keep?.(note)),
    ca: async (asked) => {
      const { openAuthorities } = await import('../ca/authorities.ts') // only where a forward door is
      authorities = await openAuthorities({ ...asked, now: Date.now })
    },
    leaf: counted('leaf', (host) => ca().leaf(host)),
    caRows: counted('caRows', () => ca().rows()),
    caExport: counted('caExport', () => ca().export()),
    caRotate: counted('caRotate', (rotation) => ca().rotate(rotation)),
    caRequest: counted('caRequest', () => ca().request()),
    caImport: counted('caImport', (chain) => ca().import(chain)),
    caBeyond: counted('caBeyond', (hosts) => ca().beyond(hosts)),
    caExposed: counted('caExposed', () => ca().exposed()),
    counts: () => Object.fromEntries(counts),
  }
}

/** Stands for the name of a key that is not there. */
const NONE = 'none'

function wrappingIn({ keys: [first, ...rest] }: WrappingKeys): Wrapping | undefined {
  return first && wrappingOf([first, ...rest])
}

function few<Each>(all: readonly Each[]): readonly Each[] {
  if (all.length > MOST_KEYS) throw new Fault('gateway.internal', `more than ${MOST_KEYS} keys at once`)
  return all
}

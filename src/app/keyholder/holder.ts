/** Who holds the keys: does what may be asked for with them, counts it, and gives no key out. Knows no transport. */
import { Fault } from '#exchange'
import { type Wrapped, type Wrapping, wrappingOf } from '#trail'
import { makeWrappingKey, openWrappingKeys, type WrappingKeys, type WrappingOptions } from './wrapping-keys.ts'

/** What a holder is started with: places and names, no secret. */
export interface HolderOptions {
  readonly wrapping: WrappingOptions
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
  counts(): Counts
}

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

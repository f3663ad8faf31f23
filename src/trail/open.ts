/** Opens the trail and recovers what a process that died left open. Passes no traffic before that is durable. */
import { type Ending, type Fault, faultOf, type Keyring, type Opening } from '#exchange'
import { type AckedMark, settleEnd } from './acked.ts'
import { GroupTrail } from './groups.ts'
import type { Journal } from './journal.ts'
import type { LineRetention } from './line-retention.ts'
import { type EditsOf, interrupted, type Words } from './recovery.ts'
import type { Signer } from './seal/signer.ts'
import type { Begun, OpenStore, Store, Unfinished } from './store.ts'
import { STORES, type StoreName } from './stores/index.ts'
import type { Trail } from './trail.ts'
import { type LostKey, type Wrapping, wrappingOf } from './wrapping.ts'

export interface TrailOptions {
  /** Made with mode 0700 where it does not exist. */
  readonly folder: string
  readonly keyring: Keyring
  /** Wraps the keys of sessions. Without one the install key does, which lies in the folder that it would protect. */
  readonly wrapping?: Wrapping
  /** What to do where the wrapping key is not here; `show` opens the record all the same, and writes no body. */
  readonly lostKey?: LostKey
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** `sqlite` unless said otherwise; `memory` is for tests and lasts as long as the process. */
  readonly store?: StoreName
  /** Who signs the heads of the log that the entries are sealed in; without one nothing is sealed. */
  readonly signer?: Signer
  /** Leave open what a process that died left open: the record is only looked at. */
  readonly asItIs?: boolean
  /** What a reply that broke off says, for the full-text index. */
  readonly words?: Words
  /** What is kept of the ending of a reply that broke off; all of it unless said. */
  readonly reduce?: (ending: Ending, opening: Opening) => Ending
  /** What a reply that broke off brought. `opening` with its body, where it can be read. */
  readonly edits?: EditsOf
  /** For how long lines of no exchange are kept that are written from now on; for ever unless said. */
  readonly retention?: () => LineRetention
  /** Where what must outlive a restored copy is noted too. */
  readonly journal?: Journal
  /** Where it is remembered, outside of the folder, how far entries were acknowledged. */
  readonly acked?: AckedMark
  /** That proofs and MACs have begun, as is remembered there; undefined where nothing does. */
  readonly begun?: Begun
  /** It is of a version whose entries and documents proved nothing, as the backup says that it was put back from. */
  readonly ofBefore?: boolean | undefined
  /** Told once, when the disk has failed: nothing will be written again, and the process should end. */
  readonly onLatch?: (fault: Fault) => void
}

/**
 * Opens a trail, and first ends every exchange that was left open with what its journal holds.
 * @throws trail.locked | trail.newer | trail.unavailable | trail.broken
 */
export function openTrail(options: TrailOptions): Promise<Trail> {
  return startTrail(STORES[options.store ?? 'sqlite'], options)
}

/** Opens a trail over any store. @throws as `openTrail` */
export async function startTrail(open: OpenStore, options: TrailOptions): Promise<Trail> {
  const { promise: broken, resolve: onBroken } = Promise.withResolvers<Fault>()
  const { folder, keyring, lostKey, signer } = options
  const wrapping = options.wrapping ?? wrappingOf([keyring.key('wrapping')])
  const some = {
    ...(lostKey && { lostKey }),
    ...(signer && { signer }),
    ...(options.asItIs && { asItIs: true }),
    ...(options.begun && { begun: options.begun }),
    sealedOutside: options.acked?.sealed,
    ofBefore: options.ofBefore,
  }
  const store = await open({ folder, ...keysOf(keyring), wrapping, onBroken, ...some })
  const trail = new GroupTrail(store, options)
  broken.then((fault) => trail.latch(fault))
  if (options.asItIs) return trail
  const without =
    <Value>(value: Value) =>
    (error: unknown): Value => {
      if (lostKey === 'show' && faultOf(error).code === 'trail.key') return value
      throw error
    }
  try {
    const { acked } = options
    await settleEnd(store, acked, (entry) => trail.append(entry)).catch(without(undefined))
    const unfinished = await store.unfinished().catch(without([]))
    const { reduce = (ending) => ending } = options
    for (const one of unfinished) {
      const { opening, bytes } = one
      const edits = options.edits && bytes.byteLength > 0 ? options.edits(await asked(store, one), bytes) : undefined
      await trail.append(reduce({ ...interrupted(one, options), ...(edits && { edits }) }, opening))
    }
    return trail
  } catch (error) {
    await trail.close()
    throw error
  }
}

/** The opening of an exchange that was left open, with its body; without it where that cannot be read any more. */
async function asked(store: Store, { opening }: Unfinished): Promise<Opening> {
  return (await store.exchange(opening.exchange))?.opening ?? opening
}

const keysOf = (keyring: Keyring) => ({ tokenKey: keyring.key('token'), lineKey: keyring.key('line') })

/** Keys of sessions under a wrapping key (AES-256-GCM): who does it, and one that does it in this process. Touches no file. */
import { createSecretKey, hash, type KeyObject } from 'node:crypto'
import { Fault } from '#exchange'
import { open, seal } from './sealed.ts'

/** A key of 32 bytes as it may lie on disk, and the name of the wrapping key that it takes to read it. */
export interface Wrapped {
  readonly by: string
  readonly bytes: Uint8Array
}

/** Holds wrapping keys, or asks whoever holds them. */
export interface Wrapping {
  /** The name of the key that wraps from now on: 16 hexadecimal digits that tell nothing of it. */
  readonly name: string
  /** The names of all keys whose wraps can be read here. */
  readonly known: readonly string[]
  /** Why the key that wraps is not here, where it is not. */
  readonly missing?: string | undefined
  /** Under the key that `by` names. @throws trail.keyholder where nobody answers */
  wrap(keys: readonly Uint8Array[]): Promise<{ readonly by: string; readonly wrapped: readonly Uint8Array[] }>
  /** Undefined for what a key wrapped that is not here, or that was changed since. @throws trail.keyholder */
  unwrap(wrapped: readonly Wrapped[]): Promise<readonly (Uint8Array | undefined)[]>
}

/** What to do where the key that wrapped before is not here. */
export type LostKey = 'refuse' | 'show' | 'go on'

/** Bytes of every key here. */
export const KEY_BYTES = 32
const PLACE = 'gatelog session key'

/** The name of a wrapping key. */
export const nameOfKey = (key: Uint8Array): string =>
  hash('sha256', Buffer.concat([Buffer.from('gatelog wrapping key\n'), key])).slice(0, 16)

/** Wraps in this process: with the first key, and unwraps with any. @throws RangeError for a key that has not 32 bytes */
export function wrappingOf(keys: readonly [Uint8Array, ...Uint8Array[]]): Wrapping {
  for (const { length } of keys) if (length !== KEY_BYTES) throw new RangeError(`a wrapping key of ${length} bytes`)
  const known = new Map<string, KeyObject>(keys.map((key) => [nameOfKey(key), createSecretKey(key)]))
  const name = nameOfKey(keys[0])
  const current = createSecretKey(keys[0])
  const unwrapped = ({ by, bytes }: Wrapped) => {
    const key = known.get(by)
    return key && open(key, PLACE, bytes)
  }
  return {
    name,
    known: [...known.keys()],
    wrap: async (plain) => ({ by: name, wrapped: plain.map((each) => seal(current, PLACE, each)) }),
    unwrap: async (wrapped) => wrapped.map(unwrapped),
  }
}

/** In the place of a wrapping key's name while one is given up for lost: nobody has it, so nobody opens the record meanwhile. */
export const GIVEN_UP = 'given-up'

/** Says of a record whose wrapping key is not here what is wanted. */
export function keyMissing(wanted: string, here: string, why?: string): Fault {
  const cutShort = 'the key was being given up for lost, and that was cut short: it is to be done again'
  const missing = `the record is under key ${wanted}, here is ${here}${why === undefined ? '' : `: ${why}`}`
  return new Fault('trail.key', wanted === GIVEN_UP ? cutShort : missing)
}

/** Says of a record whose file of keys is not the one that they were made in. */
export const keysBehind = (given: number, made: number): Fault =>
  new Fault(
    'trail.key',
    `keys.db is gone or older than the record: key ${given} was given out, ${made === 0 ? 'there is none' : `it goes up to ${made}`}`,
  )

/** The name of the key that is wanted, of what `keyMissing` gave; undefined of any other fault. */
export const keyWantedBy = ({ code, detail = '' }: Fault): string | undefined =>
  code === 'trail.key' ? /under key (\S+),/.exec(detail)?.[1] : undefined

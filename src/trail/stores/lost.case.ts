/** `node lost.case.ts <folder>`: gives up the key of a record for lost, as `gatelog trail rotate-key --lost` does, until it is killed. */
import { createHash, createHmac } from 'node:crypto'
import type { Keyring } from '#exchange'
import { openTrail } from '../open.ts'
import type { Trail } from '../trail.ts'
import { type LostKey, type Wrapping, wrappingOf } from '../wrapping.ts'
import { NOON } from './made.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
export const [ONE, TWO] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]

export type Keys = readonly [Buffer, ...Buffer[]]

/** The record under these keys, the first of which wraps; it is remembered outside that proofs have begun. */
export const openUnder = (folder: string, keys: Keys, lostKey: LostKey, wrapping = wrappingOf(keys)): Promise<Trail> =>
  openTrail({ folder, keyring, now: () => NOON, wrapping, lostKey, begun: { since: 0 } })

export async function giveUp(folder: string, wrapping?: Wrapping): Promise<void> {
  const trail = await openUnder(folder, [TWO], 'show', wrapping)
  await trail.keys.rewrap('go on').finally(() => trail.close())
}

if (process.argv[1] === import.meta.filename) await giveUp(process.argv[2] ?? '')

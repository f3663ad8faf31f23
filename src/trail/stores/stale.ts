/** Whether a body is another by now than the one that a new one was made from. Pure. */

import type { Revision } from '../revision.ts'
import { sha256 } from '../seal/hashes.ts'

/** Not where it is the new one already; and not where any body is to go. `body`: as it is; undefined where it cannot be read. */
export function isStale(
  body: Uint8Array | undefined,
  { from, bytes }: Pick<Revision['bodies'][number], 'from' | 'bytes'>,
): boolean {
  if (!from) return false
  const digest = body && sha256(body)
  return !digest || !(digest.equals(from) || digest.equals(sha256(bytes)))
}

/**
 * What a log tells of what was there before entries were proven, for a record in which nothing else does. Believes no head that
 * the log's own key has not signed, where it is known, or that does not go on from what was signed last. Writes nothing.
 */
import { furthestIn, notBefore } from '../../seal/before.ts'
import { type Head, headIn, LogFiles, parseHead, sealIn } from '../../seal/files.ts'
import { included, inclusionProof, leafHash } from '../../seal/hashes.ts'
import { isFirst } from '../../seal/leaf.ts'
import { isSignedBy, parseVerifier } from '../../seal/note.ts'
import type { Sealing } from './protocol.ts'

/** What is known of the log of a record, beside what lies in its folder. */
export interface Signed {
  /** The key of its heads, and the last one that was signed; undefined where nobody signs here. */
  readonly sealing: Sealing | undefined
  /** So many entries were sealed at least. */
  readonly sealed: number
}

/** What was there before proofs began, and is taken without. */
export interface Before {
  /** The last entry that was there before any was proven; 0 where all must be. */
  readonly since: number
  /** Whether documents are too. */
  readonly documents: boolean
}

const NOTHING: Before = { since: 0, documents: false }

/**
 * What is taken without a proof: all up to `last` where there never was a log, or none of its leaves is of a version that came
 * with proofs, else what has a leaf of the version before. A log that is not believed says nothing for anybody.
 */
export function beforeProofs(path: string, last: number, signed: Signed): Before {
  try {
    const head = believed(path, signed)
    if (head === 'none') return { since: last, documents: true }
    return head ? byLog(new LogFiles(sealIn(path), head.size), head, last) : NOTHING
  } catch {
    return NOTHING
  }
}

function byLog(files: LogFiles, head: Head, last: number): Before {
  const since = lastFirst(files, head, last)
  return { since, documents: since > 0 && isFirst(files.leaf(head.size - 1).toString()) }
}

function believed(path: string, { sealing, sealed }: Signed): Head | 'none' | undefined {
  const folder = sealIn(path)
  const shown = headIn(folder)
  if (!shown && sealed === 0 && sealing?.last === undefined) return 'none'
  if (!shown || shown.size < sealed) return undefined
  if (!sealing) return shown
  const verifier = parseVerifier(sealing.vkey)
  const known = sealing.last === undefined ? [] : [sealing.last]
  const head = furthestIn(folder, { shown, known, verifier })
  if (!head || !verifier || head.origin !== verifier.name || !isSignedBy(head.note, [verifier])) return undefined
  const last = sealing.last === undefined ? undefined : parseHead(sealing.last)
  return last?.origin === head.origin && notBefore(folder, last, head.size) !== undefined ? undefined : head
}

function lastFirst(files: LogFiles, head: Head, last: number): number {
  for (let [at, isProven] = [head.size - 1, false]; at >= 0; at--) {
    const bytes = files.leaf(at)
    if (!isProven && !stands(files, head, at, bytes)) return 0
    if (isFirst(bytes.toString())) return isProven ? at + 1 : Math.max(last, at + 1)
    isProven = true
  }
  return 0
}

function stands(files: LogFiles, { size, root }: Head, index: number, leaf: Buffer): boolean {
  return included(leafHash(leaf), { index, size }, inclusionProof(files.node, index, size), root)
}

/**
 * Which entries a restore says it put back without their keys: that their bodies cannot be read is no alarm. Believes no entry that
 * is not what was sealed in its place, or that has no proof where none is sealed yet; reads through what it is given.
 */
import { faultOf, type Restored } from '#exchange'
import type { Evidence } from './evidence.ts'
import type { LogFiles } from './files.ts'
import { isFirst } from './leaf.ts'
import { Taken } from './taken.ts'

/** A record, and what it says of its being put back. */
type Said = Pick<Evidence, 'held' | 'proof' | 'provenAfter'> & {
  readonly restored: readonly { readonly seq: number; readonly note: Restored }[]
}

export class NotBack {
  readonly #said: readonly { readonly by: number; readonly entries: Taken }[]

  private constructor(said: readonly { readonly by: number; readonly entries: Taken }[]) {
    this.#said = said
  }

  /** @throws trail.* */
  static async in(record: Said, files: LogFiles): Promise<NotBack> {
    const said: { readonly by: number; readonly entries: Taken }[] = []
    for (const { seq, note } of record.restored)
      if (note.locked && (await isOwn(record, files, seq))) said.push({ by: seq, entries: new Taken(note.locked) })
    return new NotBack(said)
  }

  /** The seq of the entry that says so of this one; undefined where none does. */
  by(seq: number): number | undefined {
    return this.#said.find(({ by, entries }) => seq < by && entries.has(seq))?.by
  }
}

/** Whether an entry is what was sealed in its place; of one that is not sealed yet, whether the record’s key proves it. */
async function isOwn({ held, proof, provenAfter }: Said, files: LogFiles, seq: number): Promise<boolean> {
  const leaf = seq > 0 && seq <= files.size ? leafIn(files, seq) : undefined
  const [one, other] = (await held(seq, 1, leaf !== undefined && isFirst(leaf) ? [seq] : [])).filter(
    (each) => each.seq === seq,
  )
  if (seq < 1 || other || one?.leaf === undefined || one.unproven || one.misfiled !== undefined) return false
  if (seq <= files.size) return one.leaf === leaf
  return proof === 'here' && seq > (provenAfter ?? Number.POSITIVE_INFINITY)
}

/** Undefined where the log is damaged there. */
function leafIn(files: LogFiles, seq: number): string | undefined {
  try {
    return files.hashed(seq - 1)
  } catch (error) {
    if (faultOf(error).code === 'seal.damaged') return undefined
    throw error
  }
}

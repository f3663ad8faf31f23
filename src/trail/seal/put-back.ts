/** What stands for removals of a record that was put back and whose log is behind: entries that nothing sealed, and only its key proves. Pure. */
import type { Evidence } from './evidence.ts'

export interface PutBack {
  /** The seq of the entry that says so, the backup's name, and how many entries were known to have been sealed. */
  readonly by: number
  readonly from: string
  readonly known: number
  /** Entries that say of what was removed, and count though they are not sealed. */
  readonly unsealed: readonly number[]
}

const REMOVES: ReadonlySet<string> = new Set(['erase', 'purge', 'redact'])

/**
 * Where the last entry of a restore is proven, not sealed, and of this very head of the log: below a head that was once signed
 * none is signed again, so what the restore did again may stay unsealed for long.
 * @param size entries that the head covers
 * @param proven seqs behind it of entries that have their proof, where that can be told
 */
export function putBackIn(
  { restored = [], notes, proof, provenAfter = Number.POSITIVE_INFINITY }: Evidence,
  size: number,
  proven: readonly number[],
): PutBack | undefined {
  const sure = new Set(proof === 'here' ? proven.filter((seq) => seq > provenAfter) : [])
  const last = restored.findLast(({ seq, note }) => sure.has(seq) && note.sealed === size)
  if (!last) return undefined
  const unsealed = notes.flatMap(({ seq, note }) => (sure.has(seq) && REMOVES.has(note.kind) ? seq : []))
  return { by: last.seq, from: last.note.from, known: last.note.known, unsealed: unsealed.sort((a, b) => a - b) }
}

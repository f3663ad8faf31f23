/** What of an erasure that is taken up again its own entry lists: nothing else goes by it. Erases nothing. */
import type { Erase } from '#exchange'
import { Taken, type Trail } from '#trail'
import type { GoingLine } from './lines.ts'

/** What is to go, by ids and by places. */
interface Going {
  readonly ids: readonly string[]
  readonly notes: readonly GoingLine[]
}

/**
 * Those exchanges of which the entry took one entry at least (what became of one comes later), or of which nothing is here any
 * more, and those lines that it took; how many are left out. An entry of an earlier version says only how many they were.
 */
export async function listedIn(
  { dayFiles }: { readonly dayFiles: Pick<Trail['dayFiles'], 'seqsOf'> },
  { took, exchanges, notes: lines }: Pick<Erase, 'took' | 'exchanges' | 'notes'>,
  { ids, notes }: Going,
): Promise<Going & { readonly more: number }> {
  const taken = took && new Taken(took)
  const own: string[] = []
  for (const id of ids) {
    const seqs = await dayFiles.seqsOf([id])
    if (seqs.length === 0 || (taken ? seqs.some((seq) => taken.has(seq)) : own.length < exchanges)) own.push(id)
  }
  const ownLines = notes.filter(({ seq }, at) => (taken ? taken.has(seq) : at < lines))
  return { ids: own, notes: ownLines, more: ids.length - own.length + notes.length - ownLines.length }
}

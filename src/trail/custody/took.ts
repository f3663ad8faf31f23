/** Which entries an erasure takes, as its entry says it. Takes none. */
import type { DayFiles } from '../dayfiles.ts'
import { printTaken } from '../seal/taken.ts'

/**
 * The entries of these exchanges, and these lines, as they are now. What comes later of such an exchange (what became of a
 * suggestion) is known by its exchange.
 */
export async function tookOf(
  dayFiles: Pick<DayFiles, 'seqsOf'>,
  { ids, notes }: { readonly ids: readonly string[]; readonly notes: readonly { readonly seq: number }[] },
): Promise<number[]> {
  return printTaken([...(await dayFiles.seqsOf(ids)), ...notes.map(({ seq }) => seq)])
}

/** The logs that this one goes on from, as entries tell of them and as they lie there: whether the two fit. Writes nothing. */
import { faultOf } from '#exchange'
import { notBefore } from './before.ts'
import { type Begin, type Covered, covered, type Former, formersIn, isSame } from './former.ts'
import { isSignedBy } from './note.ts'
import type { Alarm } from './report.ts'

/** What entries and the folder say of the logs before this one, and what does not fit. */
export function lineage(
  folder: string,
  size: number,
  notes: readonly { readonly seq: number; readonly note: Begin }[],
): { readonly formers: readonly Former[]; readonly told: readonly ToldFormer[]; readonly alarms: readonly Alarm[] } {
  const alarms: Alarm[] = []
  let formers: Former[] = []
  try {
    formers = formersIn(folder)
  } catch (error) {
    alarms.push({ harm: 'log changed', told: faultOf(error).message })
  }
  const told = formers.flatMap((former): ToldFormer[] => {
    const { vkey, head } = former
    const by = notes.find(({ note }) => isSame(note.former, covered(head)))
    const why = whyNot(folder, size, former, by !== undefined)
    if (why) alarms.push({ ...why, told: `${head.origin}, the log before: ${why.told}` })
    return by ? [{ ...covered(head), vkey, by: by.seq, ...(by.note.known && { known: by.note.known.size }) }] : []
  })
  for (const { seq, note } of notes)
    if (!told.some(({ by }) => by === seq))
      alarms.push({
        harm: 'rolled back',
        seq,
        told: `the head of ${note.former.origin}, from which this log goes on, is gone`,
      })
  return { formers, told, alarms }
}

/** A log before this one, as verification tells of it. */
export interface ToldFormer extends Covered {
  readonly vkey: string
  /** The entry that tells why it ended. */
  readonly by: number
  /** How many entries it is known to have sealed, where that is more than are here. */
  readonly known?: number
}

function whyNot(folder: string, size: number, { head, verifier }: Former, isTold: boolean): Alarm | undefined {
  if (head.origin !== verifier.name || !isSignedBy(head.note, [verifier]))
    return { harm: 'forged', told: 'its head is not signed by its key' }
  const why = notBefore(folder, head, size)
  if (why !== undefined) return { harm: 'rolled back', told: why }
  return isTold
    ? undefined
    : { harm: 'forged', told: 'no entry tells of it (or `gatelog trail begin-log` was cut short)' }
}

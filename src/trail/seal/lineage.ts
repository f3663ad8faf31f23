/** The logs that this one goes on from, as entries tell of them and as they lie there: whether the two fit. Writes nothing. */
import { faultOf } from '#exchange'
import { isDoubted } from '../custody/doubts.ts'
import type { Claim } from '../store.ts'
import { notBefore } from './before.ts'
import type { Evidence } from './evidence.ts'
import { type Begin, type Covered, covered, type Former, formersIn, isSame, toldBy } from './former.ts'
import { lostBy, lostIn } from './lost.ts'
import { isSignedBy } from './note.ts'
import type { Alarm } from './report.ts'

/** Entries that tell of a log before this one; of those that are known to be false, none. */
export const begunBy = (notes: Evidence['notes']) =>
  notes.filter((one) => !isDoubted(one)).flatMap(({ seq, note }) => (note.kind === 'begun' ? [{ seq, note }] : []))

/** The heads that such entries tell of, of logs that another one went on from. */
export const toldOf = (claims: readonly Claim[]): Covered[] =>
  claims.filter((one) => !isDoubted(one)).flatMap(({ note }) => (note?.kind === 'begun' ? toldBy(note) : []))

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
  told.push(...lostOf(folder, notes, alarms))
  for (const { seq, note } of notes)
    if (!told.some(({ by }) => by === seq))
      alarms.push({
        harm: 'rolled back',
        seq,
        told: `the head of ${note.former.origin}, from which this log goes on, is gone`,
      })
  return { formers, told, alarms }
}

/** Logs of which nothing is here: an entry tells of each. */
function lostOf(folder: string, notes: readonly { readonly seq: number; readonly note: Begin }[], alarms: Alarm[]) {
  try {
    return lostIn(folder).flatMap((head): ToldFormer[] => {
      const by = notes.find(({ note }) => lostBy([note]).some((known) => isSame(known, covered(head))))
      if (!by) alarms.push({ harm: 'forged', told: `${head.origin}, the log before: ${UNTOLD}` })
      return by ? [{ ...by.note.former, by: by.seq, known: head.size }] : []
    })
  } catch (error) {
    alarms.push({ harm: 'log changed', told: faultOf(error).message })
    return []
  }
}

const UNTOLD = 'no entry tells of it (or `gatelog trail begin-log` was cut short)'

/** A log before this one, as verification tells of it. */
export interface ToldFormer extends Covered {
  /** Absent of a log of which nothing is here. */
  readonly vkey?: string
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
  return isTold ? undefined : { harm: 'forged', told: UNTOLD }
}

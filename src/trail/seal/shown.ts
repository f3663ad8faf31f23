/** Which head of a log counts: the one that it shows, or what was signed last. Looks at no leaf, and writes nothing. */
import { faultOf } from '#exchange'
import { furthestIn, missed } from './before.ts'
import type { Evidence, VerifyOptions } from './evidence.ts'
import { type Head, headIn, parseHead } from './files.ts'
import { type Covered, toldBy } from './former.ts'
import { begunBy } from './lineage.ts'
import { lostBy } from './lost.ts'
import { isSignedBy, printVerifier, type Verifier } from './note.ts'
import { untoldOf } from './remembered.ts'
import type { Alarm } from './report.ts'

type Alarming = (...alarms: readonly Alarm[]) => void

/** The head to verify under, and an alarm for each thing that is wrong with it; undefined where there is none. */
export function headShown(
  { folder, sealedOnce, notes }: Pick<Evidence, 'folder' | 'sealedOnce' | 'notes'>,
  { heads = [], known = [] }: Pick<VerifyOptions, 'heads' | 'known'>,
  verifier: Verifier | undefined,
  alarm: Alarming,
): Head | undefined {
  try {
    const shown = shownIn(folder, alarm)
    if (shown === 'damaged') return furthestIn(folder, { shown: undefined, known, verifier })
    const head = !shown && sealedOnce > 0 ? undefined : furthestIn(folder, { shown, known, verifier })
    if (!head && sealedOnce > 0) alarm({ harm: 'rolled back', told: 'the log is gone: entries were sealed before' })
    else if (!head)
      alarm(...missed([...heads, ...untoldOf(headsIn(known), headsToldBy(notes)).map(({ printed }) => printed)]))
    else if (!verifier) alarm({ harm: 'forged', told: 'there is no key to verify the checkpoint with' })
    else if (head.origin !== verifier.name || !isSignedBy(head.note, [verifier]))
      alarm({ harm: 'forged', told: `the checkpoint is not signed by ${printVerifier(verifier)}` })
    return head
  } catch (error) {
    alarm({ harm: 'log changed', told: faultOf(error).message })
    return undefined
  }
}

/** One that cannot be read is an alarm; what was signed last stands for it. */
function shownIn(folder: string, alarm: Alarming): Head | undefined | 'damaged' {
  try {
    return headIn(folder)
  } catch (error) {
    alarm({ harm: 'log changed', told: faultOf(error).message })
    return 'damaged'
  }
}

/** What entries tell of logs of which nothing is here. */
export const lostToldBy = (notes: Evidence['notes']): Covered[] => lostBy(begunBy(notes).map(({ note }) => note))

/** What entries tell of all logs that another one went on from. */
export const headsToldBy = (notes: Evidence['notes']): Covered[] => begunBy(notes).flatMap(({ note }) => toldBy(note))

const headsIn = (notes: readonly string[]): Head[] => notes.flatMap((note) => parseHead(note) ?? [])

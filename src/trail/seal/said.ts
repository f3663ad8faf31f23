/** What is said of one entry, or of a document beside them, that is not as it should be. Judges nothing. */
import type { HoldRow } from '../custody/in-force.ts'
import type { Held } from './held.ts'
import { parseLeaf } from './leaf.ts'
import type { Alarm } from './report.ts'

/** `leaf`, here and below: what the record makes of it, or what was sealed. */
export function misfiled(seq: number, told: string, leaf?: string): Alarm {
  const exchange = parseLeaf(leaf ?? '')?.exchange
  return { harm: 'index changed', seq, ...(exchange !== undefined && { exchange }), told }
}

/** Of what was derived of a reply: of a body it is told with all else that is wrong with its entry. */
export function destroyed(seq: number, leaf: string | undefined): Alarm {
  const exchange = parseLeaf(leaf ?? '')?.exchange
  const told = 'the key of what was derived of it was destroyed, and no entry says why'
  return { harm: 'unreadable', seq, ...(exchange !== undefined && { exchange }), told }
}

export function forged(seq: number, leaf: string | undefined): Alarm {
  const exchange = parseLeaf(leaf ?? '')?.exchange
  return {
    harm: 'forged',
    seq,
    ...(exchange !== undefined && { exchange }),
    told: 'nobody wrote it who had the key of this record',
  }
}

export const forgedDocument = (document: { readonly kind: string; readonly id: string }): Alarm => ({
  ...{ harm: 'forged', document },
  told: `the document ${document.kind} ${document.id} of head.db: nobody wrote it there who had the key of this record, and nothing acts on it`,
})

/** Holds of which `head.db` does not say what their entries do; what is wrong with an entry itself is told in its place. */
export const heldWrong = (holds: readonly HoldRow[]): Alarm[] =>
  holds.flatMap(({ id: exchange, seq, wrong }) => {
    if (seq === undefined || wrong === undefined || wrong === 'entry') return []
    const why = wrong === 'gone' ? 'is gone' : 'is another one than its entry tells'
    const told = `what this hold is about ${why}, and no entry releases it: until one does it keeps all that it may be about`
    return [{ harm: 'hold changed', seq, exchange, told }]
  })

/** Seqs of which there is more than one row: whichever is true, who reads the record may be shown the other. */
export function repeatedIn(held: readonly Held[]): Set<number> {
  const seen = new Set<number>()
  return new Set(held.flatMap(({ seq }) => (seen.size === seen.add(seq).size ? [seq] : [])))
}

export function repeated(seq: number, leaf: string): Alarm {
  const exchange = parseLeaf(leaf)?.exchange
  const told = 'the record has more than one entry in its place'
  return { harm: 'duplicated', seq, ...(exchange !== undefined && { exchange }), told }
}

/** Entries that were sealed by heads that the log here does not go on from: what is gone of those had not vanished before. Pure. */
import type { Head } from './files.ts'
import { type Covered, type Former, toldBy } from './former.ts'
import type { begunBy } from './lineage.ts'
import { untoldOf } from './remembered.ts'

export interface Elsewhere {
  /** Their seqs, inclusive. */
  readonly from: number
  readonly to: number
  /** The log that they were sealed in. */
  readonly log: string
  /** An entry tells that so much was signed there, and that another log goes on. */
  readonly isTold: boolean
}

/** `known`: what was signed last; `formers`: the logs that lie there, whose leaves the one here begins with. */
export function sealedElsewhere(
  known: readonly Head[],
  formers: readonly Former[],
  { head, begun }: { readonly head: Head | undefined; readonly begun: ReturnType<typeof begunBy> },
): Elsewhere[] {
  const told = begun.flatMap(({ note: { former, known, beside = [] } }) =>
    [...(known ? [known] : []), ...beside].map((one) => stretch(former.size, one, true)),
  )
  const covered = begun.flatMap(({ note }) => toldBy(note))
  const untold = untoldOf(known, covered).map((one) => stretch(sharedWith(one, formers, head), one, false))
  return [...told, ...untold].filter(({ from, to }) => from <= to)
}

const stretch = (shared: number, { origin, size }: Pick<Covered, 'origin' | 'size'>, isTold: boolean): Elsewhere => ({
  ...{ from: shared + 1, to: size },
  ...{ log: origin, isTold },
})

/** Up to here the leaves are those of the log here; of one that is not known they may all be others. */
function sharedWith({ origin }: Head, formers: readonly Former[], head: Head | undefined): number {
  if (origin === head?.origin) return head.size
  return Math.max(0, ...formers.filter((one) => one.head.origin === origin).map((one) => one.head.size))
}

/** In which log some of these entries had been sealed; undefined where that is not known of any. */
export const sealedIn = (all: readonly Elsewhere[], { from, to }: { readonly from: number; readonly to: number }) =>
  all.find((one) => one.from <= to && one.to >= from)?.log

/** What is told of anchors, in one wording for every surface: only what was checked says "anchored until". Pure; checks nothing. */
import type { KeptAnchor } from './anchor.ts'

/** What came of looking at the proof of an anchor. */
export type Proven =
  | {
      readonly state: 'checked'
      /** The time in the proof itself, ms since the Unix epoch. */
      readonly at: number
      /** Where the time is not the outside's but the gateway's own. */
      readonly clock?: 'own'
    }
  /** Nothing was found wrong, and nothing proved: why, and what would prove it. */
  | { readonly state: 'claimed'; readonly why: string; readonly how: string }
  /** It proves something else, or nothing. */
  | { readonly state: 'false'; readonly why: string }

/** Checks the proof of an anchor; never rejects. Whoever opens the record hands it in: the trail knows no provider. */
export type ProveAnchor = (kept: KeptAnchor) => Promise<Proven>

/** An anchor, and what came of its proof. `size`: how many entries its head covers. */
export type ToldAnchor = { readonly by: string; readonly size: number } & Proven

const UNCHECKED: Proven = {
  state: 'claimed',
  why: 'nobody looked at its proof',
  how: 'gatelog verify',
}

/** Each anchor with what came of its proof. */
export const toldAnchors = (kept: readonly KeptAnchor[], prove?: ProveAnchor): Promise<readonly ToldAnchor[]> =>
  Promise.all(
    kept.map(async (one) => ({
      ...{ by: one.name, size: one.checkpoint.size },
      ...((await prove?.(one)) ?? UNCHECKED),
    })),
  )

/**
 * How a log stands whose entries fit it: "internally consistent", or "anchored until <time> by <name>, <size> entries", and
 * what is claimed beside that.
 */
export function standingOf({ anchors = [] }: { readonly anchors?: readonly ToldAnchor[] | undefined }): string {
  const best = anchors.reduce<ToldAnchor | undefined>((one, other) => (isBetter(other, one) ? other : one), undefined)
  const rest = anchors.filter(({ state }) => state !== 'checked').map((one) => `anchor of ${one.by} ${toldAnchor(one)}`)
  return [best ? toldAnchor(best, ` by ${best.by}`) : 'internally consistent', ...rest].join('; ')
}

/** One anchor: what was checked, or why it was not and how to. */
export function toldAnchor(anchor: ToldAnchor, by = ''): string {
  if (anchor.state === 'false') return `is false: ${anchor.why}`
  if (anchor.state === 'claimed') return `claimed, not checked (${anchor.why}; ${anchor.how})`
  const own = anchor.clock === 'own' ? ' (the time is the gateway’s own)' : ''
  return `anchored until ${timeOf(anchor.at)}${by}, ${anchor.size} entries${own}`
}

/** A time from outside counts before the gateway’s own, the later before the earlier. */
function isBetter(one: ToldAnchor, than: ToldAnchor | undefined): boolean {
  if (one.state !== 'checked') return false
  if (than?.state !== 'checked') return true
  return one.clock === than.clock ? one.at > than.at : than.clock === 'own'
}

const timeOf = (at: number): string => {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? 'no time' : date.toISOString()
}

/** What anchors vouch for, in words: only what was checked says a time. Shared with the server, which writes bundles. Checks nothing. */
import { type Anchor, filesOf, timeOf } from './form.ts'

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

/** An anchor with what came of it. `last`: the number of the last entry of what was asked for, 0 where there is none. */
export type Vouched = Anchor & { readonly last: number } & Proven

/** How somebody else than this verifier can check it, or this one with something more. */
export function howOf(anchor: Pick<Anchor, 'name' | 'size' | 'kind'>): string {
  const [checkpoint, proof] = filesOf(anchor)
  if (anchor.kind === 'witness') return 'give its key: --witness <vkey>'
  if (anchor.kind === 'timestamp')
    return `give its CA: --tsa-ca <file>; or openssl ts -verify -data ${checkpoint} -in ${proof} -CAfile <file>`
  return `look for the commit that ${proof} names in your clone, then give it: --commit <id>`
}

/** All of them as nobody looked at them yet. */
export const unlooked = (anchors: readonly Anchor[] = [], last: number): Vouched[] =>
  anchors.map((anchor) => ({
    ...anchor,
    last,
    state: 'claimed',
    why: 'nobody looked at its proof yet',
    how: howOf(anchor),
  }))

const OWN = ' (the time is the gateway’s own)'

/** One of them in a sentence. */
export function toldOf(one: Vouched): string {
  const { name, size, last } = one
  if (one.state === 'false') return `${name}, ${size} entries: ${one.why}.`
  if (one.state === 'claimed')
    return `That ${name} saw ${size} entries of this log: claimed, not checked (${one.why}; ${one.how}).`
  const reach =
    last <= size
      ? 'all that was asked for is among them'
      : `number ${last}, the last that was asked for, is not among them`
  return `Anchored until ${timeOf(one.at)} by ${name}${one.clock === 'own' ? OWN : ''}, ${size} entries: ${reach}.`
}

/** How the log stands where a bundle of it is intact: "internally consistent", or until when it is anchored, and by whom. */
export function standingOf(vouched: readonly Vouched[]): string {
  const best = vouched.reduce<Vouched | undefined>((one, other) => (isBetter(other, one) ? other : one), undefined)
  if (best?.state !== 'checked') return 'internally consistent: no anchor was checked'
  return `anchored until ${timeOf(best.at)} by ${best.name}${best.clock === 'own' ? OWN : ''}, ${best.size} entries`
}

/** A time from outside counts before the gateway’s own, the later before the earlier, the larger head where they are one. */
function isBetter(one: Vouched, than: Vouched | undefined): boolean {
  if (one.state !== 'checked') return false
  if (than?.state !== 'checked') return true
  if (one.clock !== than.clock) return than.clock === 'own'
  return one.at > than.at || (one.at === than.at && one.size > than.size)
}

/** The largest head that somebody saw who would not see another one of its size: no witness cosigns two, no branch has two. */
export function seenBySome(vouched: readonly Vouched[]): number {
  const sizes = vouched.filter(({ state, kind }) => state === 'checked' && kind !== 'timestamp').map(({ size }) => size)
  return Math.max(0, ...sizes)
}

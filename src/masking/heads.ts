/** How much of each known value is a literal, so that few of them begin where one literal is hit. Pure. */

/** The least, in UTF-16 units; a shorter value is one whole. */
export const KNOWN_HEAD = 8
/** So many values at most share a head, unless they are the same: each that begins is followed on its own. */
const MOST_ALIKE = 4

/** By value its head: what follows it is compared once it was hit. Beginnings that many share cost the automaton nothing. */
export function headsOf(values: readonly string[]): ReadonlyMap<string, string> {
  const sorted = [...new Set(values)].sort()
  const lengths = sorted.map(() => KNOWN_HEAD)
  for (let first = 0; first + MOST_ALIKE < sorted.length; first++) {
    const last = first + MOST_ALIKE
    const length = alike(sorted[first]!, sorted[last]!) + 1
    for (let nth = first; nth <= last; nth++) lengths[nth] = Math.max(lengths[nth]!, length)
  }
  return new Map(sorted.map((value, nth) => [value, value.slice(0, lengths[nth])]))
}

/** How many units two texts begin with alike. */
function alike(one: string, other: string): number {
  let length = 0
  while (length < one.length && one.charCodeAt(length) === other.charCodeAt(length)) length++
  return length
}

/** Whether a run looks like a random token from its first twelve characters, as a small automaton; never looks at more. */

/** So many characters may look like a word; a token that still does is let go. Fewer than eight of it are seen. */
const PLAIN = 7
/** By here it is decided for a run that has ceased to look like a word. */
const LENGTH = 12
/** So many changes between upper and lower case pass as well as a digit. */
const CHANGES = 5

/** What a run is so far: a word in one case, a capitalised one, or neither; only in the last case is it suspect. */
const NONE = 0
const LOWER = 1
const UPPER = 2
const CAPITALISED = 3
const MIXED_LOWER = 4
const MIXED_UPPER = 5
const KINDS = 6

/**
 * A gate is a number that counts units, changes of case and what the run is so far. It opens at the first character that
 * no word has there (a digit, a second change of case), and has passed once a digit or five changes of case stood among
 * the first twelve: names in code have neither. Of random tokens in base 62, one in a hundred still looks like a word after
 * seven characters, and one in twenty has too few changes after twelve.
 */
export const Gate = {
  PASSED: -1,
  FAILED: -2,

  /** Whether a run in this gate is suspect. */
  isOpen: (gate: number): boolean => gate === Gate.PASSED || (gate >= 0 && gate % KINDS >= MIXED_LOWER),

  /** After one more symbol; 0 before the first. */
  step(gate: number, symbol: number): number {
    if (gate < 0) return gate
    if (symbol >= 48 && symbol <= 57) return Gate.PASSED
    const kind = gate % KINDS
    const counted = Math.floor(gate / KINDS)
    const isLower = symbol >= 97 && symbol <= 122
    const units = Math.floor(counted / (CHANGES + 1)) + 1
    const next = kind === UPPER && isLower && units === 2 ? CAPITALISED : kindAfter(kind, isLower)
    const changes = (counted % (CHANGES + 1)) + (isChange(kind, isLower) ? 1 : 0)
    if (changes >= CHANGES) return Gate.PASSED
    if (units >= (next >= MIXED_LOWER ? LENGTH : PLAIN)) return Gate.FAILED
    return (units * (CHANGES + 1) + changes) * KINDS + next
  },
} as const

function isChange(kind: number, isLower: boolean): boolean {
  if (kind === NONE) return false
  return isLower === (kind === UPPER || kind === MIXED_UPPER)
}

function kindAfter(kind: number, isLower: boolean): number {
  if (kind === NONE) return isLower ? LOWER : UPPER
  if (isLower && (kind === LOWER || kind === CAPITALISED)) return kind
  if (!isLower && kind === UPPER) return UPPER
  return isLower ? MIXED_LOWER : MIXED_UPPER
}

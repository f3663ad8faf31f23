/** Whether a run looks like a random token from its first characters, as a small automaton; never looks at more. */

/** So many changes between upper and lower case pass as well as a digit. */
const CHANGES = 5
const KINDS = 3

/**
 * A gate is open while it is not decided: a number that counts units, changes of case and the last unit's case. It has
 * passed once a digit stood among the first characters, or five changes of case: names in code have neither. Of random
 * tokens in base 62 about one in twenty has neither among twelve, and of two hundred among sixteen.
 */
export const Gate = {
  PASSED: -1,
  FAILED: -2,

  /** After one more symbol; 0 before the first. It is decided after `length` of them. */
  step(gate: number, symbol: number, length: number): number {
    if (gate < 0) return gate
    if (symbol >= 48 && symbol <= 57) return Gate.PASSED
    const kind = symbol >= 97 && symbol <= 122 ? 1 : symbol >= 65 && symbol <= 90 ? 2 : 0
    const last = gate % KINDS
    const changed = kind > 0 && last > 0 && kind !== last ? 1 : 0
    const changes = (Math.floor(gate / KINDS) % (CHANGES + 1)) + changed
    const units = Math.floor(gate / KINDS / (CHANGES + 1)) + 1
    if (changes >= CHANGES) return Gate.PASSED
    if (units >= length) return Gate.FAILED
    return (units * (CHANGES + 1) + changes) * KINDS + kind
  },
} as const

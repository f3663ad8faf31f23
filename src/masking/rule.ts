/** The shape of a masking rule: data that says what a secret looks like. Types only. */

/** A text that holds a secret: the secret alone, or [what stands before, the secret, what stands after]. */
export type Sample = string | readonly [before: string, secret: string, after: string]

/** Patterns are written in the subset of `parsePattern`. */
export interface MaskingRule {
  /** Lower-case words and hyphens; shown to developers in the placeholder. */
  readonly id: string
  readonly description: string
  /** Every match begins with one of these; nothing is looked at where none stands. */
  readonly literals: readonly string[]
  /** Ignore ASCII case in literals and patterns; the literals are then written in lower case. */
  readonly fold?: boolean
  /** True: the literals count also inside a word. Otherwise no letter or digit may stand directly before them. */
  readonly inWord?: boolean
  /** Context in front of the secret, never masked and never held. It begins with the literal. */
  readonly before?: string
  /** What is masked; it begins with the literal where there is no `before`. The longest match counts. */
  readonly secret: string
  /** A class: one of these must follow. */
  readonly after?: string
  /** A class: none of these may follow. */
  readonly notAfter?: string
  /** A last look at the whole secret, which must then have a longest length. */
  readonly check?: (secret: string) => boolean
  /** Assembled at run time, so that no secret scanner fires on this file. */
  readonly examples: { readonly match: readonly (() => Sample)[]; readonly miss: readonly (() => string)[] }
}

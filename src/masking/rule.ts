/** The shape of a masking rule: data alone, that says what a secret looks like. Types only. */
import type { Check, Proof } from './checks.ts'
import type { CharSet, Pattern } from './pattern.ts'

/**
 * A text written as a template (see `examples.ts`): `ghp_<base62:36>`. Where the secret is only a part of it, that part
 * stands in double braces: `password = "{{<base62:14>}}"`.
 */
export type Sample = string

/** Patterns are written in the subset of `parsePattern`. */
export interface MaskingRule {
  /** Lower-case words and hyphens; shown to developers in the placeholder. */
  readonly id: string
  readonly description: string
  /** The page that documents the format, or what else it is known from. */
  readonly source?: string
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
  /** Looks at the whole secret, which must then have a longest length; it is one only where all of them hold. */
  readonly checks?: readonly Check[]
  /** Until every family is data: a look that has no name. */
  readonly check?: (secret: string) => boolean
  /** What marks a finding as verified where it holds; it is masked either way. */
  readonly proof?: Proof
  readonly examples: { readonly match: readonly Sample[]; readonly miss: readonly Sample[] }
}

/** What a foreign rule found, and what stands around it. */
export interface Sight {
  readonly secret: string
  /** From where the pattern began to match to the secret's end. */
  readonly match: string
  /** The line up to the secret's end. */
  readonly line: string
}

/** One program of a rule that was written elsewhere, as a Go pattern: made by `import/`. */
export interface ForeignRule {
  readonly id: string
  readonly description: string
  /** Every match begins with one of these; texts to fold are in lower case. */
  readonly starts: readonly { readonly text: string; readonly fold: boolean }[]
  /** By symbol, and at the last place for the start of the text: whether it may stand directly before. */
  readonly precede: Uint8Array | undefined
  /** Characters, at most so many, that belong to a match where they stand before it. */
  readonly lead: { readonly set: CharSet; readonly max: number } | undefined
  readonly before: Pattern | undefined
  readonly secret: Pattern
  /** The first end counts, not the last. */
  readonly shortest: boolean
  /** By symbol, and at the last place for the end of the text: whether it may follow. */
  readonly follow: Uint8Array | undefined
  /** What may follow instead, where that is longer than one character. */
  readonly after: Pattern | undefined
  /** One of these must stand before the end of the match, anywhere in the text; in lower case. */
  readonly keywords: readonly string[]
  readonly judge: ((sight: Sight) => boolean) | undefined
  /** How much of a sight it looks at. */
  readonly sees: keyof Sight
}

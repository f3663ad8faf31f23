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
  /** Every match begins with one of these; nothing is looked at where none stands. Empty where there is `run`. */
  readonly literals: readonly string[]
  /**
   * For a secret that no literal begins (Terraform's `….atlasv1.…`): a class. It is tried wherever a run of that class
   * begins, that is where none of it stands directly before; after `\n` and `%3D` too. It has then no `before`, is at
   * least 6 characters long, and at most 1,024 but for an open repeat at its end. In profile `fast` the first twentieth
   * of its shortest length, 7 characters at most, is let go, so that ordinary words wait for nothing: a secret of 40
   * characters is masked from its third on.
   */
  readonly run?: string
  /**
   * With `run`, where many words could be the beginning (`[A-Za-z0-9]{76}AZDO…`): only runs that have a digit or five
   * changes of case among their first characters go on being tried: twelve in profile `fast`, sixteen in `thorough`.
   */
  readonly mixed?: boolean
  /** Only in profile `thorough`: too many ordinary words begin as it does. */
  readonly only?: 'thorough'
  /** Ignore ASCII case in literals and patterns; the literals are then written in lower case. */
  readonly fold?: boolean
  /** True: the literals count also inside a word. Otherwise no letter or digit may stand directly before them. */
  readonly inWord?: boolean
  /** Context in front of the secret, never masked and never held. It begins with the literal. */
  readonly before?: string
  /** What is masked; it begins with the literal where there is no `before`. The longest match counts. */
  readonly secret: string
  /** A class: one of these, or the beginning of the text, must stand directly in front of the whole match. */
  readonly prior?: string
  /** A class: none of these may stand directly in front of the whole match. */
  readonly notPrior?: string
  /**
   * Words in lower case of at most 24 characters: none may stand directly in front of the
   * whole match, in any case, with a hyphen, underscore or space between or not (`page` forbids `pageToken` and `next_page_token`).
   */
  readonly notBehind?: readonly string[]
  /** A class or a pattern of at most 64 characters that must follow; `$` in it is the end of the text. It is not masked. */
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
  /** Every match begins with one of these; texts to fold are in lower case. Empty where there is `run`. */
  readonly starts: readonly { readonly text: string; readonly fold: boolean }[]
  /** For a secret without context that no literal begins: it is tried where none of this class stands directly before. */
  readonly run: CharSet | undefined
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

/** The code that a reply brought, as it can be found by later; never the code itself, once it is kept. Types only. */

/** Where a stretch of code came from: a fenced block, a whole completion, or a tool's argument. */
export type EditOrigin = 'fence' | 'completion' | 'edit' | 'patch' | 'shell'

/** A stretch of code that a reply brought. What it is called is the model's word. */
export interface EditUnit {
  readonly from: EditOrigin
  readonly path?: string
  readonly language?: string
  /** Which of the reply's tool calls, from 0; absent where it stands in the reply's text. */
  readonly call?: number
  /** The argument that holds it, keys joined by dots; absent where the call's arguments are a text. */
  readonly field?: string
  /** Its first and last line in that text, from 1. */
  readonly lines: readonly [first: number, last: number]
  /** The numbers of those lines that are fingerprinted: weighty enough, and not in the prompt. */
  readonly fresh: readonly number[]
}

/** What a reply's code can be found by later, in every `keep` mode. */
export interface Edits {
  readonly units: readonly EditUnit[]
  /** The normal form of every fresh line, unit by unit. Never stored: a keyed fingerprint of each is. */
  readonly forms: readonly string[]
  /** True where the reply held more than is looked at. */
  readonly cut?: boolean
}

/** Edits as the record keeps them. */
export interface KeptEdits extends Pick<Edits, 'units' | 'cut'> {
  /** A fingerprint of each fresh line, unit by unit, 12 hexadecimal digits. */
  readonly prints: readonly string[]
}

/** A secret that a rule found. Holds where it was, never what it was. */

export type Direction = 'prompt' | 'reply'

/**
 * What is done with a secret. `mask`: a placeholder goes on in its stead. `alert`: it goes on, and is told. `block`:
 * nothing of the message that holds it goes on. `approve`: the prompt waits for somebody's word.
 */
export type Action = 'mask' | 'alert' | 'block' | 'approve'

export interface Finding {
  /** The id of the masking rule. */
  readonly rule: string
  readonly direction: Direction
  /** The field that held it, as a path of the wire document: `messages.3.content`. */
  readonly lane: string
  /** UTF-16 offsets of its placeholder in the lane's recorded text, end exclusive. */
  readonly start: number
  readonly end: number
  /** Of the secret itself, in UTF-16 units of what its text means. */
  readonly length: number
  /** Whether it proves itself, by a checksum or its structure; absent where its rule knows no proof. */
  readonly verified?: boolean
  readonly action: Action
  /** Whether the copy that went on (to the model, to the client) was masked; the record always is. */
  readonly masked: boolean
  /**
   * Keyed digests of the value, the same wherever it was seen; those of values under 12 characters begin with `s:` and
   * are the same within their session alone. More than one where secrets overlap.
   */
  readonly fingerprints?: readonly string[]
  /** In a reply: a placeholder of an earlier prompt that its own sender got back as the value it stands for. */
  readonly restored?: true
}

/**
 * Findings with the same key are one secret: a streamed reply repeats its text in its last events, so that what stands at
 * the same place of another lane is the same. Lanes of a prompt are different texts. `nth`: its place in the list.
 */
export function secretKey({ rule, direction, start, end, masked }: Finding, nth: number): string {
  return direction === 'prompt' ? String(nth) : JSON.stringify([rule, start, end, masked])
}

/** How many secrets, each counted once. */
export const secretsIn = (findings: readonly Finding[]): number => new Set(findings.map(secretKey)).size

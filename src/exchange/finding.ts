/** A secret that a rule found. Holds where it was, never what it was. */

export type Direction = 'prompt' | 'reply'

export interface Finding {
  /** The id of the masking rule. */
  readonly rule: string
  readonly direction: Direction
  /** The field that held it, as a path of the wire document: `messages.3.content`. */
  readonly lane: string
  /** UTF-16 offsets in the lane's decoded text before masking, end exclusive. */
  readonly start: number
  readonly end: number
  /** Whether the copy that went on (to the model, to the client) was masked; the record always is. */
  readonly masked: boolean
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

/** A secret that a rule found. Holds where it was, never what it was. Types only. */

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

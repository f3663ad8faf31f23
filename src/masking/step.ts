/** One character of a lane as it is followed. Types only. */

/** One decoded unit and its raw place; `quote` marks the quotes around JSON strings, which end every secret. */
export interface Step {
  unit: number
  /** How many decoded units stood before it. */
  index: number
  from: number
  to: number
  quote: boolean
  /** Whether the unit stands outside all strings of a JSON text. */
  outside: boolean
}

/** A row of the table of faults. Types only. */
export interface Row {
  /** HTTP status; `refusals` may render another one for a client that would hide it. */
  readonly status: number
  readonly message: string
  readonly remedy: string
}

/** What a format is: rows to text, one row at a time. Types only. */
import type { Row } from '../row.ts'

export interface Format {
  /** Media type of what it writes. */
  readonly type: string
  /** What stands before the first row, with its line end; empty for most. */
  head(withBodies: boolean): string
  /** The lines of one row, each with its end; empty where this format says nothing of such a row. */
  lines(row: Row, withBodies: boolean): string
}

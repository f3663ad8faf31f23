/** What a sink is: rows out, an acknowledgement back. Types only. */
import type { z } from 'zod'
import type { Row } from './row.ts'

/** An open sink. It keeps nothing: what it has not acknowledged is delivered again, by the same ids. */
export interface Sink {
  /**
   * Resolves once the other side has acknowledged every row. Calls never overlap. Ends soon after `signal` aborts. A sink
   * whose rows are acknowledged one by one says how many of the first ones are.
   * @throws export.refused | export.unreachable | export.answer: then none but those counts as delivered
   */
  deliver(rows: readonly Row[], signal: AbortSignal, taken?: (count: number) => void): Promise<void>
  close(): Promise<void>
}

/** A kind of sink: how it is configured and opened. Opening reaches nothing. */
export interface SinkKind<Form extends z.ZodObject = z.ZodObject> {
  readonly form: Form
  /** How many rows go at a time, and how long they are gathered, ms. */
  readonly rows: number
  readonly gatherMs: number
  open(form: z.infer<Form>): Sink
}

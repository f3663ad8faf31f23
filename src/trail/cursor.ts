/** Where a page of a list ends: a day and a seq, opaque to whoever carries it. Pure. */
import { Fault } from '#exchange'

/** The last row of a page; the next one goes on before it. */
export interface Position {
  /** UTC, `2026-11-24`. */
  readonly day: string
  readonly seq: number
}

const SHAPE = /^(\d{4}-\d\d-\d\d):(\d{1,15})$/

/** Writes a position as base64url. */
export const printCursor = ({ day, seq }: Position): string => Buffer.from(`${day}:${seq}`).toString('base64url')

/** @throws query.syntax for anything that `printCursor` did not write */
export function parseCursor(text: string): Position {
  const [, day, seq] = SHAPE.exec(Buffer.from(text, 'base64url').toString()) ?? []
  if (day === undefined || seq === undefined) throw new Fault('query.syntax', 'the cursor is not one of this trail')
  return { day, seq: Number(seq) }
}

/** Whether a row stands after `position` in a list that runs newest first. */
export const isBefore = (row: Position, position: Position): boolean =>
  row.day < position.day || (row.day === position.day && row.seq < position.seq)

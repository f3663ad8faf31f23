/** A stretch of code as it was found in a reply, before what its prompt held is taken out. Types and bounds. */
import type { EditUnit } from '#exchange'

/** Where it stands, and its lines by their number there, from 1. */
export interface Found extends Omit<EditUnit, 'lines' | 'fresh'> {
  readonly lines: readonly (readonly [number: number, text: string])[]
  /** Text that the edit itself says stood there before. */
  readonly old?: string
}

/** What of one reply is looked at; past it the rest is told to be cut. `text` in UTF-16 units, over all of its texts. */
export const MOST = { text: 2 ** 20, lines: 20_000, units: 256, prints: 4096 } as const

/** The lines of a text, as many as are looked at. */
export const linesOf = (text: string): string[] => text.split('\n', MOST.lines)

/** All lines of a text, by number. */
export const numbered = (text: string): [number, string][] => linesOf(text).map((line, at) => [at + 1, line])

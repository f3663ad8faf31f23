/** How lists say how their lines stand to the log, and that it cannot be read. Asks nothing. */
import type { ListedSeal } from '#trail'
import { line } from './terminal.ts'

/** In the place of what it did, or who told it. */
export const toldSeal = (seal: ListedSeal): string => (seal === 'unknown' ? 'SEAL UNKNOWN' : seal.toUpperCase())

/** Beside a list of which some lines cannot be held against the log. */
export const unread = (fault: string): string =>
  `some of these cannot be held against the log (SEAL UNKNOWN): ${line(fault, 2000)}. gatelog verify tells more`

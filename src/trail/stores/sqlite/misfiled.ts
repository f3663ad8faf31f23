/** Whether an exchange that a search found is what the index has it for. Reads; what was done to its entries `verify` tells. */
import { entryIn } from '../../seal/held.ts'
import type { Day } from './day.ts'
import { Indexed } from './indexed.ts'
import type { Row } from './protocol.ts'

/** What is wrong with the rows that it is found by; undefined where nothing is. `since`: as of `Indexed`. */
export function misfiledIn(day: Day, { seq, opening, closing, ending }: Row, since: number): string | undefined {
  const [begun, ended] = [entryIn(opening), ending === undefined ? undefined : entryIn(ending)]
  if (!begun) return 'the index has it where no entry is'
  const entries = [{ seq, entry: begun }]
  if (ended && closing !== undefined) {
    if (ended['exchange'] !== begun['exchange']) return 'the index has the end of another exchange'
    entries.push({ seq: closing, entry: ended })
  }
  const [wrong] = new Indexed(day, [seq, seq + 1], since).wrong(entries).values()
  return wrong
}

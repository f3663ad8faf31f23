/** What is said of the beginning of an id that several exchanges have. Pure. */
import { Fault } from '#exchange'

/** So many are named. A store need look for one more. */
export const MOST_NAMED = 10

/** `ids`: those that begin so, as many as were looked for. */
export function ambiguous(ids: readonly string[]): Fault {
  const named = ids.slice().sort().reverse().slice(0, MOST_NAMED)
  const count = ids.length > MOST_NAMED ? `more than ${MOST_NAMED}` : String(ids.length)
  return new Fault('trail.ambiguous', `${count} begin so: ${named.join(', ')}`)
}

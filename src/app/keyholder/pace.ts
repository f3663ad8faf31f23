/** How often a call may be made: a bound for whoever speaks for a gateway that was taken. */
import { Fault } from '#exchange'

const MINUTE_MS = 60_000

/** The same call, at most so often a minute; in bursts too. @throws keys.asked beyond that */
export function paced<Args extends readonly unknown[], Result>(
  most: number,
  call: (...args: Args) => Result,
  now: () => number = () => performance.now(),
): (...args: Args) => Result {
  let left = most
  let at = now()
  return (...args) => {
    const since = now() - at
    left = Math.min(most, left + (since * most) / MINUTE_MS)
    at += since
    if (left < 1) throw new Fault('keys.asked', `more than ${most} times a minute`)
    left -= 1
    return call(...args)
  }
}

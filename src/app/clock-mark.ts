/** Whether today can be believed where days are removed by themselves: a clock that jumped is waited for. Pure; reads no clock. */

/** What is kept of the last look. ms since the Unix epoch. */
export interface ClockMark {
  readonly seen: number
  /** The clock was another than it could be: what was seen before, and what was seen then. */
  readonly jumped?: { readonly from: number; readonly at: number }
}

/** So far from what it could be no clock is believed at once. */
export const FAR_MS = 3 * 86_400_000
/** It is believed once it went on for so long from where it jumped to: so a record that was off for a month is purged in the end. */
export const STEADY_MS = 86_400_000

/**
 * What is kept of this look. `ran`: for how long this process has run since the last one (monotonic ms); undefined where another
 * process did that, so that any time may have passed, but a record that is off for long and a clock that is wrong look alike.
 */
export function lookAgain({ seen, jumped }: ClockMark, now: number, ran = 0): ClockMark {
  const isFar = (other: number) => Math.abs(now - other) > FAR_MS
  if (isFar(seen + ran)) {
    const from = jumped?.from ?? seen
    return isFar(from) ? { seen: now, jumped: { from, at: now } } : { seen: now }
  }
  if (jumped && now - jumped.at < STEADY_MS) return { seen: now, jumped }
  return { seen: now }
}

/** A time as people write it, for every query and every option alike: the one parser. Pure: the clock is a parameter. */

const MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const AGO = /^(\d{1,6})([smhdw])$/
const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/i

/** How it is written, for help and faults. */
export const TIME_SHAPE = '2026-11-24, 2026-11-24T08:30Z, or how long ago: 90s 30m 2h 3d 1w'

/**
 * An ISO date (its midnight), a date-time (UTC unless it says otherwise), or how long ago: milliseconds since the Unix epoch;
 * undefined for what is none, days that no calendar has among them.
 * @param now milliseconds since the epoch
 */
export function timeIn(text: string, now: number): number | undefined {
  const [, count, unit] = AGO.exec(text) ?? []
  if (count !== undefined) return Math.max(0, now - Number(count) * MS[unit as keyof typeof MS])
  const match = DATE.exec(text)
  const time = match ? Date.parse(match[1] && !match[4] ? `${text}Z` : text) : Number.NaN
  return Number.isNaN(time) || !isCalendarDay(text.slice(0, 10)) ? undefined : time
}

/** Whether there is such a day, `2026-11-24`: Date.parse takes 31 February for one in March. */
export function isCalendarDay(day: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day)
}

/** The time inside an exchange's id, and the UTC day that its entries live in. Pure: reads no clock. */

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const PREFIX = /^[0-9a-f]{8}[0-9a-f-]{0,28}$/

/** Whether `id` is a UUIDv7 in lower case (RFC 9562 §5.7). */
export const isExchangeId = (id: string): boolean => UUID7.test(id)

/** Whether `text` may begin an exchange's id: at least its first 8 characters. */
export const isExchangePrefix = (text: string): boolean => PREFIX.test(text)

/** No exchange has this id. */
export const NO_EXCHANGE = '00000000-0000-7000-8000-000000000000'

/** The UTC day of a time in milliseconds since the epoch, as `2026-11-24`. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** The first and the last day that an exchange whose id begins with `prefix` can live in. */
export function daysOfPrefix(prefix: string): { from: string; to: string } {
  const hex = prefix.replaceAll('-', '').slice(0, 12)
  return { from: dayOf(lastMs(hex.padEnd(12, '0'))), to: dayOf(lastMs(hex.padEnd(12, 'f'))) }
}

const DAY_MS = 86_400_000
/** The day that was asked for last: nearly always the same one, and asked for with every event. */
let latest = { number: -1, day: '' }

/** The day of one exchange, by the time in its id (48 bits of milliseconds). */
export function dayOfExchange(id: string): string {
  const number = Math.floor(timeOfExchange(id) / DAY_MS)
  if (latest.number !== number) latest = { number, day: dayOf(number * DAY_MS) }
  return latest.day
}

/** The time in an exchange's id, in milliseconds since the epoch. */
export const timeOfExchange = (id: string): number => lastMs(id.slice(0, 8) + id.slice(9, 13))

const LAST = Date.UTC(9999, 11, 31)
const lastMs = (hex: string): number => Math.min(Number.parseInt(hex, 16), LAST)

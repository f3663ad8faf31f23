/** Reads parts of a parsed JSON document whose shape nobody vouches for. Nothing throws. */

export type Json = Readonly<Record<string, unknown>>

export const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
export const string = (value: unknown): string => (typeof value === 'string' ? value : '')
export const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
export const given = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const [EARLIEST, LATEST] = [Date.UTC(2000), Date.UTC(2100)]
/** Whether ms since the Unix epoch are a time that somebody may have meant. */
export const isMoment = (ms: unknown): ms is number =>
  Number.isInteger(ms) && Number(ms) >= EARLIEST && Number(ms) <= LATEST

/** `{ [name]: value }` without what is undefined. */
export function present<Values extends object>(values: Values): { [Name in keyof Values]?: NonNullable<Values[Name]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(entries) as { [Name in keyof Values]?: NonNullable<Values[Name]> }
}

/** Parsed JSON, or the text itself where it is none. */
export function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Values as OTLP's JSON has them: 64-bit integers are texts, keys come in lists. Source: OTLP 1.9, JSON encoding. Pure. */

export type Attribute = { readonly key: string; readonly value: object }

/** An AnyValue; undefined and null are left out of lists and objects. */
export function anyValue(value: unknown): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.filter(present).map(anyValue) } }
  if (typeof value === 'object' && value !== null) return { kvlistValue: { values: attributes(Object.entries(value)) } }
  return {}
}

/** A list of attributes, without those that have no value. */
export const attributes = (pairs: readonly (readonly [key: string, value: unknown])[]): readonly Attribute[] =>
  pairs.filter(([, value]) => present(value)).map(([key, value]) => ({ key, value: anyValue(value) }))

const present = (value: unknown): boolean => value !== undefined && value !== null

/** Milliseconds as nanoseconds, in text: no double holds them. */
export const nanos = (ms: number): string => `${Math.round(ms)}000000`

/** A JSON value as its one canonical text. Pure. Source: RFC 8785 (JSON Canonicalization Scheme). */

/**
 * Prints a value that came from JSON: keys sorted by UTF-16 code units, no blanks, numbers and strings as ECMAScript prints
 * them. A key whose value is undefined is left out. A lone surrogate, which the RFC leaves to an error, is printed as its
 * escape (`\ud800`), so that every entry that can be stored has a text.
 * @throws TypeError for a number that is not finite, or what no JSON can hold
 */
export function canonical(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return JSON.stringify(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object') throw new TypeError(`JSON has no ${typeof value} ${String(value)}`)
  return printObject(value as Readonly<Record<string, unknown>>)
}

function printObject(object: Readonly<Record<string, unknown>>): string {
  const keys = Object.keys(object)
  if (!isSorted(keys)) keys.sort()
  let printed = ''
  for (const key of keys) {
    const value = object[key]
    if (value !== undefined) printed += `${printed && ','}${JSON.stringify(key)}:${canonical(value)}`
  }
  return `{${printed}}`
}

/** Most objects are, or have few keys: to look costs less than to sort. */
function isSorted(keys: readonly string[]): boolean {
  for (let at = 1; at < keys.length; at++) if ((keys[at - 1] as string) > (keys[at] as string)) return false
  return true
}

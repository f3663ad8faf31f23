/** Sets members of an object in a JSON text and leaves every other character as it is. Pure. */
import { Fault } from '#exchange'

interface Member {
  readonly key: string
  /** UTF-16 offsets: of the key's quote, of the value, and after it. */
  readonly start: number
  readonly value: number
  readonly end: number
}

interface Place {
  readonly members: readonly Member[]
  /** Offsets of the braces. */
  readonly open: number
  readonly close: number
}

/** @throws client.settings with line and column of what is no JSON object */
export function parsedObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(isBlank(text) ? '{}' : text.replace(/^\ufeff/, ' '))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch (cause) {
    const position = Number(/position (\d+)/.exec(cause instanceof Error ? cause.message : '')?.[1] ?? text.length)
    const before = text.slice(0, position).split('\n')
    const column = (before.at(-1)?.length ?? 0) + 1
    throw new Fault('client.settings', `line ${before.length}, column ${column} is no JSON`, { cause })
  }
  throw new Fault('client.settings', 'it holds no JSON object')
}

const isBlank = (text: string): boolean => text.trim() === ''

/**
 * Sets strings in the object under `name`, which is made where there is none; `undefined` takes a member out, and the
 * object with its last one where `keep` is false.
 * @throws client.settings
 */
export function withMembers(
  text: string,
  name: string,
  values: Readonly<Record<string, string | undefined>>,
  keep = true,
): string {
  const found = parsedObject(text)[name]
  if (found !== undefined && (typeof found !== 'object' || found === null || Array.isArray(found)))
    throw new Fault('client.settings', `"${name}" is no object`)
  const unit = unitOf(isBlank(text) ? '{}' : text)
  let edited = isBlank(text) ? '{}\n' : text
  if (found === undefined) edited = put(edited, rootOf(edited), name, '{}', unit)
  for (const [key, value] of Object.entries(values)) {
    const place = innerOf(edited, name)
    edited = value === undefined ? without(edited, place, key) : put(edited, place, key, JSON.stringify(value), unit)
  }
  const empty = innerOf(edited, name).members.length === 0
  return empty && !keep ? without(edited, rootOf(edited), name) : edited
}

const rootOf = (text: string): Place => placeAt(text, text.indexOf('{'))

/** The object under a name of the root, which has it. */
function innerOf(text: string, name: string): Place {
  const inner = rootOf(text).members.findLast((member) => member.key === name)
  return placeAt(text, inner?.value ?? 0)
}

/** White space between the brace and the first key. */
const leadOf = (text: string, { open, members }: Place): string | undefined =>
  members[0] && text.slice(open + 1, members[0].start)

/** What a member of the root is indented by, two blanks where it has none; undefined where all stands on one line. */
function unitOf(text: string): string | undefined {
  const lead = leadOf(text, rootOf(text))
  return lead === undefined ? '  ' : /\n([ \t]*)$/.exec(lead)?.[1]
}

/** Replaces a member's value, or adds the member as the last one, laid out like those before it. */
function put(text: string, place: Place, key: string, value: string, unit: string | undefined): string {
  const { members, open, close } = place
  const there = members.findLast((member) => member.key === key)
  if (there) return text.slice(0, there.value) + value + text.slice(there.end)
  const last = members.at(-1)
  const tight = last ? /"\s*:$/.test(text.slice(0, last.value)) : unit === undefined
  const written = `${JSON.stringify(key)}${tight ? ':' : ': '}${value}`
  if (last) return `${text.slice(0, last.end)},${leadOf(text, place) ?? ''}${written}${text.slice(last.end)}`
  const outer = unit === undefined ? '' : `${text.includes('\r\n') ? '\r\n' : '\n'}${indentAt(text, open)}`
  return `${text.slice(0, open + 1)}${outer}${unit ?? ''}${written}${outer}${text.slice(close)}`
}

/** The white space that the line of an offset begins with. */
const indentAt = (text: string, at: number): string =>
  /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', at) + 1))?.[0] ?? ''

/** The text without a member, and without the comma that belonged to it. */
function without(text: string, { members, open, close }: Place, key: string): string {
  const at = members.findLastIndex((member) => member.key === key)
  const [before, there, after] = [members[at - 1], members[at], members[at + 1]]
  if (!there) return text
  if (before) return text.slice(0, before.end) + text.slice(there.end)
  return after ? text.slice(0, there.start) + text.slice(after.start) : text.slice(0, open + 1) + text.slice(close)
}

/** The members of the object whose brace stands at `open`; the text is known to be JSON. */
function placeAt(text: string, open: number): Place {
  const members: Member[] = []
  let at = blank(text, open + 1)
  while (text[at] !== '}') {
    const start = at
    const keyEnd = valueEnd(text, at)
    const value = blank(text, blank(text, keyEnd) + 1)
    const end = valueEnd(text, value)
    members.push({ key: JSON.parse(text.slice(start, keyEnd)) as string, start, value, end })
    at = blank(text, end)
    if (text[at] === ',') at = blank(text, at + 1)
  }
  return { members, open, close: at }
}

function blank(text: string, at: number): number {
  while (/\s/.test(text[at] ?? '')) at += 1
  return at
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}]|[^"[\]{},\s]+|[,\s]/gy

/** The offset after the value that begins at `at`. */
function valueEnd(text: string, at: number): number {
  TOKEN.lastIndex = at
  for (let depth = 0; ; ) {
    const token = TOKEN.exec(text)?.[0]
    if (token === undefined) return text.length
    if (token === '{' || token === '[') depth += 1
    if (token === '}' || token === ']') depth -= 1
    if (depth === 0) return TOKEN.lastIndex
  }
}

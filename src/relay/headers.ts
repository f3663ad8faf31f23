/** Which header fields may cross the gateway, either way. Pure; changes no value. */
import type { HeaderList } from './upstream.ts'

/** RFC 9110 §7.6.1, and what older agents send. `proxy-*` is matched by its prefix. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'http2-settings']

/** Fields that the relay writes itself, or that tell of a hop which the client may not claim. */
const NEVER_UP = ['host', 'content-length', 'accept-encoding', 'expect', 'forwarded', 'via', 'x-real-ip']

/** Fields with which an upstream could change the state of the gateway's own origin in a browser. */
const NEVER_DOWN = [
  'set-cookie',
  'alt-svc',
  'strict-transport-security',
  'clear-site-data',
  'nel',
  'report-to',
  'reporting-endpoints',
]

const UP = new Set([...HOP_BY_HOP, ...NEVER_UP])
const DOWN = new Set([...HOP_BY_HOP, ...NEVER_DOWN])

/**
 * A request's fields as they may go upstream. Names compare without case, and with `_` as `-`, since many servers
 * fold the two (CGI); other names with `_` pass, for Codex sends `session_id`.
 * @param raw name, value, name, value …, as `IncomingMessage.rawHeaders`
 * @param drop further names to leave out, in lower case: the gateway credential that was used
 */
export function endToEnd(raw: readonly string[], drop: readonly string[] = []): [string, string][] {
  return kept(raw, (name) => UP.has(name) || name.startsWith('x-forwarded-') || drop.includes(name))
}

/** A reply's fields as they may reach the client; `content-length` stays. `raw` as for `endToEnd`. */
export function toClient(raw: readonly string[]): [string, string][] {
  return kept(raw, (name) => DOWN.has(name))
}

/** The fields without `content-length`, for a body that may change on its way. */
export function withoutLength(headers: HeaderList): [string, string][] {
  return headers.filter(([name]) => folded(name) !== 'content-length').map(([name, value]) => [name, value])
}

/** Every value of one field, in order. `name` in lower case. */
export function valuesOf(headers: HeaderList, name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
}

/** Folded names by what they were folded from: clients send the same few. Forgets all once it is full. */
const known = new Map<string, string>()
const MOST_KNOWN = 1024
const LONGEST_KNOWN = 64

function folded(name: string): string {
  const before = known.get(name)
  if (before !== undefined) return before
  const key = name.toLowerCase().replaceAll('_', '-')
  if (name.length > LONGEST_KNOWN) return key
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(name, key)
  return key
}

function kept(raw: readonly string[], dropped: (name: string) => boolean): [string, string][] {
  const named = namedByConnection(raw)
  const list: [string, string][] = []
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name, value] = [raw[at] as string, raw[at + 1] as string]
    const key = folded(name)
    if (key.startsWith('proxy-') || key.startsWith('x-gatelog-') || named.has(key) || dropped(key)) continue
    list.push([name, value])
  }
  return list
}

const NONE: ReadonlySet<string> = new Set()

/** The fields that `connection` names: they end at this hop (RFC 9110 §7.6.1). */
function namedByConnection(raw: readonly string[]): ReadonlySet<string> {
  let named: Set<string> | undefined
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (folded(raw[at] as string) !== 'connection') continue
    named ??= new Set()
    for (const token of (raw[at + 1] as string).split(',')) named.add(folded(token.trim()))
  }
  return named ?? NONE
}

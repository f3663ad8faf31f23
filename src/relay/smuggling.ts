/** Requests that two readers could understand differently are refused. Pure; reads the head only. */
import type { IncomingMessage } from 'node:http'
import { Fault } from '#exchange'

/** Fields of which there must be one: a second one is what another reader might go by. */
const ONCE = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'content-type',
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'api-key',
  'x-gatelog-key',
])

type Head = Pick<IncomingMessage, 'rawHeaders' | 'url' | 'httpVersion' | 'method'>

/**
 * Checks framing, host and path. Node's own parser has by then refused bare LF, obs-fold, spaces around names,
 * differing or doubled lengths and most odd transfer encodings; what it lets by is refused here all the same.
 * The target of CONNECT is no path: whoever takes it reads it. Names with `_` pass (Codex sends `session_id`):
 * the gateway never reads `_` as `-`, see `endToEnd`.
 * @throws request.headers, request.target
 */
export function checkRequest(request: Head): void {
  const fields = fieldsOf(request.rawHeaders)
  if (request.httpVersion === '1.1' && !fields.has('host')) refuse('host is missing')
  const expect = fields.get('expect') ?? '100-continue'
  if (expect.toLowerCase() !== '100-continue') refuse('expect other than 100-continue')
  checkFraming(fields, request.httpVersion)
  if (request.method !== 'CONNECT') checkTarget(request.url ?? '', fields.get('host'))
  else if (fields.has('content-length') || fields.has('transfer-encoding')) refuse('CONNECT with a body')
}

function fieldsOf(raw: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] as string).toLowerCase()
    if (ONCE.has(name) && fields.has(name)) refuse(`${name} comes twice`)
    fields.set(name, raw[at + 1] as string)
  }
  return fields
}

function checkFraming(fields: ReadonlyMap<string, string>, version: string): void {
  if (version !== '1.1' && version !== '1.0') refuse('neither HTTP/1.1 nor HTTP/1.0')
  const [length, coding] = [fields.get('content-length'), fields.get('transfer-encoding')]
  if (length !== undefined && coding !== undefined) refuse('content-length beside transfer-encoding')
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') refuse('transfer-encoding other than chunked')
  if (coding !== undefined && version === '1.0') refuse('transfer-encoding in HTTP/1.0')
  if (length !== undefined && !/^\d{1,15}$/.test(length)) refuse('content-length is not a number')
}

/** What a path may not hold, and what it is called in the refusal. Each is read one way here and another elsewhere. */
const PATH: readonly (readonly [RegExp, string])[] = [
  [/\\|%5c/i, 'a backslash'],
  [/%2f/i, 'an encoded slash'],
  [/\/\//, 'an empty segment'],
  [/\/(\.|%2e){1,2}(\/|;|$)/i, 'a dot segment'],
  [/%(0[0-9a-f]|1[0-9a-f]|7f)/i, 'an encoded control character'],
  [/%23/, 'an encoded #'],
  [/%25(2[ef3]|5c|0|1|7f)/i, 'a doubly encoded character'],
  [/%(?![0-9a-f]{2})/i, 'a broken escape'],
]

function checkTarget(target: string, host: string | undefined): void {
  if (/[^\x21-\x7e]/.test(target)) mislead('the path holds a control character, a space or a byte beyond ASCII')
  if (target.includes('#')) mislead('the path holds a #')
  const path = pathOf(target, host)
  for (const [pattern, what] of PATH) if (pattern.test(path)) mislead(`the path holds ${what}`)
}

/** The path of a request target: origin form, or absolute form for this very host. */
function pathOf(target: string, host: string | undefined): string {
  const absolute = /^https?:\/\/([^/?]*)([^?]*)/i.exec(target)
  if (absolute && absolute[1]?.toLowerCase() !== host?.toLowerCase()) mislead('the target names another host')
  const path = absolute ? absolute[2] || '/' : (target.split('?', 1)[0] as string)
  if (!path.startsWith('/')) mislead('the target is no path')
  return path
}

function mislead(what: string): never {
  throw new Fault('request.target', what)
}

function refuse(what: string): never {
  throw new Fault('request.headers', what)
}

/** What a proxy is asked for: host and port of CONNECT, and the address of an absolute request. Pure. */
import { Fault } from '#exchange'

export interface Target {
  /** Lower case; an address in its one canonical form, without brackets; no dot at the end. */
  readonly host: string
  readonly port: number
}

export interface Absolute {
  readonly target: Target
  readonly secure: boolean
  readonly path: string
  /** With its question mark, or ''. */
  readonly query: string
}

const AUTHORITY = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i
const ABSOLUTE = /^(https?):\/\/([^/?#]*)([^?]*)(\?.*)?$/i

/**
 * Reads `host:port` (RFC 9112 §3.2.3). Numbers in any of the ways of inet_aton (`2130706433`, `0x7f.1`) become the address
 * that they are, as the URL standard has it.
 * @throws forward.target
 */
export function readTarget(text: string, port?: number): Target {
  const [, name, digits] = AUTHORITY.exec(text) ?? []
  const given = digits === undefined ? port : Number(digits)
  const hostname = name && URL.parse(`http://${name}/`)?.hostname
  const host = hostname?.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  if (!host || given === undefined || given < 1 || given > 65_535) throw new Fault('forward.target', text.slice(0, 128))
  return { host, port: given }
}

export const isAbsolute = (target: string): boolean => /^https?:\/\//i.test(target)

/** Reads an absolute form (RFC 9112 §3.2.2). @throws forward.target */
export function readAbsolute(text: string): Absolute {
  const [, scheme = '', authority = '', path = '', query = ''] = ABSOLUTE.exec(text) ?? []
  const secure = scheme.toLowerCase() === 'https'
  return { target: readTarget(authority, secure ? 443 : 80), secure, path: path || '/', query }
}

export const same = (one: Target, other: Target): boolean => one.host === other.host && one.port === other.port

/** `host:port`, as the record shows it. */
export const shown = ({ host, port }: Target): string => `${host.includes(':') ? `[${host}]` : host}:${port}`

/** Whether a host is on a list: itself, or below `*.`; with a port where the list names one. */
export function listed(list: readonly string[], { host, port }: Target): boolean {
  return list.some((each) => {
    const colon = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(each)
    const name = (colon?.[1] ?? each).replace(/^\[|\]$/g, '')
    if (colon?.[2] !== undefined && Number(colon[2]) !== port) return false
    return name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name
  })
}

/** Path and query of a request target, in whichever form it came. @throws forward.target */
export function pathOf(url: string): { path: string; query: string } {
  if (isAbsolute(url)) return readAbsolute(url)
  const mark = url.indexOf('?')
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark) }
}

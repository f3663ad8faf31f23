/** The reverse door's addresses: `/c/<connection>/<host>/<path>`, with a key in front where allowed. Pure. */
import { Fault } from '#exchange'
import { routeFor } from '#wire'
import type { Connection, Host } from './connection.ts'
import type { Address } from './turn.ts'

const ADDRESS = /^(?:\/k\/([^/]+))?\/c\/([^/]+)(\/.*)?$/

/**
 * Reads a request target. The host may be left out; `hostOf` decides once the connection is known.
 * @throws request.path
 */
export function readAddress(target: string): Address {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const query = mark < 0 ? '' : target.slice(mark)
  const match = ADDRESS.exec(path)
  if (!match?.[2]) throw new Fault('request.path')
  return { pathKey: match[1], connection: match[2], host: undefined, path: match[3] ?? '/', query }
}

/**
 * The upstream host of an address and the path that is left for it: the first segment where it names a host of the
 * connection, else the connection's first host. A segment that a provider's own route begins with is no host: Ollama
 * has `GET /api/tags`, and the only host of most connections is called `api`.
 * @throws request.host
 */
export function hostOf(connection: Connection, address: Address, method: string): { host: Host; path: string } {
  if (address.host) {
    const named = connection.hosts.get(address.host)
    if (!named) throw new Fault('request.host', address.host)
    return { host: named, path: address.path }
  }
  const end = address.path.indexOf('/', 1)
  const first = address.path.slice(1, end < 0 ? undefined : end)
  const host = connection.hosts.get(first)
  const rest = end < 0 ? '/' : address.path.slice(end)
  const named = host && !(routeFor(method, address.path) && !routeFor(method, rest))
  if (named) return { host, path: rest }
  const [only] = connection.hosts.values()
  if (!only) throw new Fault('request.host')
  return { host: only, path: address.path }
}

/**
 * The path towards upstream: the host's base, then the client's own. A version that the base ends with and that the client
 * says too is said once: no provider has `/v1/v1`.
 */
export function upstreamPath({ base }: Pick<Host, 'base'>, path: string): string {
  const version = /\/v\d+$/.exec(base)?.[0]
  return base + (version && path.startsWith(`${version}/`) ? path.slice(version.length) : path)
}

/** The path as the record may show it: no key, no query values. */
export function shownPath(address: Address): string {
  if (address.query === '') return address.path
  const names = [...new URLSearchParams(address.query).keys()]
  return address.path + (names.length ? `?${names.map((name) => `${encodeURIComponent(name)}=…`).join('&')}` : '')
}

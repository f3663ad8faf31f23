/** Which connection a host of the world belongs to. Pure; knows no socket. */
import { isIP } from 'node:net'
import { Fault } from '#exchange'
import type { Connection } from '../connection.ts'
import type { Address } from '../turn.ts'
import { readTarget, shown, type Target } from './target.ts'

/** One host of one connection, at an address of the world. */
export interface Place {
  readonly connection: string
  readonly host: string
  /** What the provider's paths begin with there, without a trailing slash. */
  readonly base: string
  /** Whether its upstream speaks TLS. */
  readonly secure: boolean
}

type Connections = ReadonlyMap<string, Connection>

interface Known {
  readonly places: ReadonlyMap<string, readonly Place[]>
  readonly hosts: ReadonlySet<string>
}

const known = new WeakMap<Connections, Known>()

/** Every place at a host and port, in the order of the configuration. */
export function placesAt(connections: Connections, { host, port }: Target): readonly Place[] {
  return knownOf(connections).places.get(`${host} ${port}`) ?? []
}

/** Whether a name is a host of a connection, at whatever port. */
export const isHost = (connections: Connections, name: string): boolean =>
  knownOf(connections).hosts.has(name.replace(/\.$/, ''))

function knownOf(connections: Connections): Known {
  const before = known.get(connections)
  if (before) return before
  const [places, hosts] = [new Map<string, Place[]>(), new Set<string>()]
  for (const [connection, each] of connections)
    for (const { name, base, upstream, also = [] } of each.hosts.values()) {
      const secure = upstream.origin.protocol === 'https:'
      const own = readTarget(upstream.origin.host, secure ? 443 : 80)
      for (const { host, port } of [own, ...also.map((known) => ({ host: known, port: 443 }))]) {
        const key = `${host} ${port}`
        places.set(key, [...(places.get(key) ?? []), { connection, host: name, base, secure }])
        if (!isIP(host) && host !== 'localhost') hosts.add(host)
      }
    }
  const read = { places, hosts }
  known.set(connections, read)
  return read
}

/**
 * The place that a path belongs to: the one whose base is the longest beginning of it; of several the first that the key
 * covers, so that its own refusal is told where it covers none. `covers` is asked only where there are several.
 */
export function placeFor(
  places: readonly Place[],
  path: string,
  covers: (connection: string) => boolean,
): Place | undefined {
  const fitting = places.filter(({ base }) => base === '' || path === base || path.startsWith(`${base}/`))
  const longest = Math.max(...fitting.map(({ base }) => base.length))
  const best = fitting.filter(({ base }) => base.length === longest)
  return best.length > 1 ? (best.find(({ connection }) => covers(connection)) ?? best[0]) : best[0]
}

/**
 * Where what asks a host for a path goes; undefined where the host is no connection's. `covers` as for `placeFor`.
 * @throws request.host where no connection has the path there
 */
export function addressAt(
  connections: Connections,
  { target, path, query }: { readonly target: Target; readonly path: string; readonly query: string },
  covers: (connection: string) => boolean,
): Address | undefined {
  const places = placesAt(connections, target)
  if (places.length === 0) return undefined
  const place = placeFor(places, path, covers)
  if (!place) throw new Fault('request.host', `${shown(target)} has no such path here`)
  const { connection, host, base } = place
  return { connection, host, path: path.slice(base.length) || '/', query, pathKey: undefined }
}

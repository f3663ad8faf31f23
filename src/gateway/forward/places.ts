/** Which connection a host of the world belongs to. Pure; knows no socket. */
import type { Connection } from '../connection.ts'
import { readTarget, type Target } from './target.ts'

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

const known = new WeakMap<Connections, ReadonlyMap<string, readonly Place[]>>()

/** Every place at a host and port, in the order of the configuration. */
export function placesAt(connections: Connections, { host, port }: Target): readonly Place[] {
  const all = known.get(connections) ?? readPlaces(connections)
  known.set(connections, all)
  return all.get(`${host} ${port}`) ?? []
}

function readPlaces(connections: Connections): Map<string, Place[]> {
  const all = new Map<string, Place[]>()
  for (const [connection, { hosts }] of connections)
    for (const { name, base, upstream } of hosts.values()) {
      const secure = upstream.origin.protocol === 'https:'
      const { host, port } = readTarget(upstream.origin.host, secure ? 443 : 80)
      const place = { connection, host: name, base, secure }
      all.set(`${host} ${port}`, [...(all.get(`${host} ${port}`) ?? []), place])
    }
  return all
}

/**
 * The place that a path belongs to: the one whose base is the longest beginning of it; of several the first that the key
 * covers, so that its own refusal is told where it covers none.
 */
export function placeFor(
  places: readonly Place[],
  path: string,
  covers: (connection: string) => boolean,
): Place | undefined {
  const fitting = places.filter(({ base }) => base === '' || path === base || path.startsWith(`${base}/`))
  const longest = Math.max(...fitting.map(({ base }) => base.length))
  const best = fitting.filter(({ base }) => base.length === longest)
  return best.find(({ connection }) => covers(connection)) ?? best[0]
}

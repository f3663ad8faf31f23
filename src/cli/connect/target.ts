/** Which way a client is to take: the gateway's address, one connection, a key. Asks nobody; makes no key. */
import type { Names } from '#app'
import type { ConnectionRow } from '#console'
import { Fault } from '#exchange'
import { looksLikeKey } from '#identity'
import { type Client, KEY_VARIABLE, type Target } from './client.ts'

/** What the command line says of the way. */
export interface Asked {
  readonly connection?: string
  readonly gateway?: URL
  readonly brokered?: true
  readonly model?: string
  readonly agent?: true
  readonly forward?: true
  readonly ca?: string
}

/** The gateway as the configuration lets it listen. @throws usage.option where its port is not fixed */
export function gatewayOf({ listen }: Names): string {
  const { host, port } = listen.gateway
  if (port === 0) throw new Fault('usage.option', 'listen.gateway has no fixed port: give --gateway')
  const every = host === '0.0.0.0' || host === '::'
  const named = every ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return `${listen.tls ? 'https' : 'http'}://${named}:${port}`
}

/** The connections that the configuration names. */
export const rowsOf = (config: Names): ConnectionRow[] =>
  [...config.connections(new URL('http://127.0.0.1')).values()].map(({ name, kind, credentials, hosts }) => ({
    ...{ name, kind, credentials },
    hosts: Object.fromEntries(
      [...hosts.values()].map((host) => [host.name, host.upstream.origin.origin + (host.base || '/')]),
    ),
  }))

/** The connection by its name, or the only one that the client can speak to. @throws request.connection, usage.option */
export function connectionFor(client: Client, rows: readonly ConnectionRow[], name: string | undefined): ConnectionRow {
  const fitting = rows.filter(({ kind }) => client.kinds.includes(kind))
  const named = rows.find((row) => row.name === name)
  if (named && !fitting.includes(named)) {
    const kinds = client.kinds.join(', ')
    throw new Fault(
      'usage.option',
      `${named.name} is a connection of kind ${named.kind}; ${client.name} speaks to ${kinds}`,
    )
  }
  if (named) return named
  if (name !== undefined) throw new Fault('request.connection', name)
  const [only, ...others] = fitting
  if (only && others.length === 0) return only
  const names = fitting.map((row) => row.name).join(', ')
  throw new Fault(
    'usage.option',
    only ? `choose with --connection: ${names}` : `no connection that ${client.name} can speak to`,
  )
}

/** A connection of a gateway that cannot be asked: as the command line says, else of the client's first kind. */
export const unknownConnection = (client: Client, name: string, { brokered }: Asked): ConnectionRow => ({
  name,
  kind: client.kinds.find((kind) => kind !== 'copilot') ?? '',
  credentials: brokered ? 'brokered' : 'passthrough',
  hosts: {},
})

/** @throws identity.unknown for a key with a copying error */
export function targetOf(row: ConnectionRow, gateway: string, key: string | undefined, asked: Asked = {}): Target {
  if (key !== undefined && !looksLikeKey(key)) throw new Fault('identity.unknown')
  const inPath = key?.startsWith('gtl_path_') ?? false
  const [address] = Object.values(row.hosts)
  const versioned = row.kind === 'openai-compatible' && address !== undefined && new URL(address).pathname !== '/'
  return {
    connection: row.name,
    kind: row.kind,
    own: row.credentials === 'passthrough' && row.kind !== 'demo',
    base: `${gateway}${inPath ? `/k/${key}` : ''}/c/${row.name}`,
    version: versioned ? '' : '/v1',
    key: inPath || asked.agent ? undefined : (key ?? `$${KEY_VARIABLE}`),
    model: asked.model,
    gateway,
    agent: asked.agent ?? false,
    forward: asked.forward ?? false,
    ca: asked.ca ?? 'gatelog-ca.pem',
  }
}

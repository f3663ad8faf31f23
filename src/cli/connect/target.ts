/** Which way a client is to take: the gateway's address, one connection, a key. Asks nobody; makes no key. */
import type { Names } from '#app'
import type { ConnectionRow } from '#console'
import { Fault } from '#exchange'
import { looksLikeKey } from '#identity'
import { type Client, KEY_VARIABLE, KINDS, type Target } from './client.ts'

/** What the command line says of the way. */
export interface Asked {
  readonly connection?: string
  readonly kind?: string
  readonly gateway?: URL
  readonly brokered?: true
  readonly model?: string
  readonly agent?: true
  readonly forward?: true
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

/** Whether the client is to use the gateway as its proxy: then one connection is as good as another. */
export const isForward = (client: Client, { forward }: Asked): boolean => client.forward === 'only' || forward === true

/** The connection by its name, or the only one that the client can speak to. @throws request.connection, usage.option */
export function connectionFor(client: Client, rows: readonly ConnectionRow[], asked: Asked): ConnectionRow {
  const { connection: name, kind } = asked
  const fitting = rows.filter((row) => fits(client, row.kind))
  const named = rows.find((row) => row.name === name)
  if (named && kind !== undefined && kind !== named.kind)
    throw new Fault('usage.option', `--kind: ${named.name} is a connection of kind ${named.kind}`)
  if (named && !fitting.includes(named)) throw unfit(client, named)
  if (named) return named
  if (name !== undefined) throw new Fault('request.connection', name)
  const [only, ...others] = fitting
  if (only && (others.length === 0 || isForward(client, asked))) return only
  const also = client.forward === 'can' ? '; or --forward, by which each of them is reached' : ''
  if (only)
    throw new Fault('usage.option', `choose with --connection: ${fitting.map((row) => row.name).join(', ')}${also}`)
  const kinds = client.kinds.filter((each) => each !== 'demo').join(', ')
  const elsewhere = 'or name the gateway that has one: --agent, or --gateway <url>'
  throw new Fault(
    'usage.option',
    `the configuration has no connection that ${client.name} can speak to (kind ${kinds}): add one, ${elsewhere}`,
  )
}

const fits = (client: Client, kind: string): boolean => (client.kinds as readonly string[]).includes(kind)

const unfit = (client: Client, { name, kind }: Pick<ConnectionRow, 'name' | 'kind'>) =>
  new Fault(
    'usage.option',
    `${name} is a connection of kind ${kind}; ${client.name} speaks to ${client.kinds.join(', ')}`,
  )

/** Kinds whose settings are the same. */
const ALIKE: readonly (readonly string[])[] = [['openai', 'openai-compatible']]

/**
 * A connection of a gateway that cannot be asked: of the kind that the command line says, else of the one that its name
 * is, else of the only one that makes sense. Nothing is guessed where the settings would differ. @throws usage.option
 */
export function unknownConnection(client: Client, asked: Asked): ConnectionRow {
  const { connection: name, brokered } = asked
  const forward = isForward(client, asked)
  if (name === undefined && !forward) throw new Fault('usage.option', 'with --gateway: name the --connection')
  const kind = asked.kind ?? KINDS.find((each) => each === name) ?? onlyKind(client, forward)
  if (kind === undefined) {
    const kinds = client.kinds.join(', ')
    throw new Fault('usage.option', `the configuration is not here: say --kind, one of ${kinds}, for ${name}`)
  }
  if (!fits(client, kind)) throw unfit(client, { name: name ?? '', kind })
  return { name: name ?? '', kind, credentials: brokered ? 'brokered' : 'passthrough', hosts: {} }
}

function onlyKind({ kinds }: Client, forward: boolean): string | undefined {
  const [first, ...others] = kinds.filter((kind) => kind !== 'demo')
  const alike = ALIKE.find((each) => each.includes(first ?? '')) ?? []
  return forward || others.every((kind) => alike.includes(kind)) ? first : undefined
}

/** What is known beside of the way: the file of the CA as settings name it, and the agent's secret where it wants one. */
export interface Way extends Asked {
  readonly ca?: string
  readonly secret?: string | undefined
}

/** @throws identity.unknown for a key with a copying error */
export function targetOf(row: ConnectionRow, gateway: string, key: string | undefined, asked: Way = {}): Target {
  if (key !== undefined && !looksLikeKey(key)) throw new Fault('identity.unknown')
  const inPath = key?.startsWith('gtl_path_') ?? false
  const [address] = Object.values(row.hosts)
  const versioned = row.kind === 'openai-compatible' && address !== undefined && new URL(address).pathname !== '/'
  return {
    connection: row.name,
    kind: row.kind,
    own: row.credentials === 'passthrough' && row.kind !== 'demo',
    base: `${gateway}${asked.secret ? `/a/${asked.secret}` : ''}${inPath ? `/k/${key}` : ''}/c/${row.name}`,
    version: versioned ? '' : '/v1',
    key: inPath || asked.agent ? undefined : (key ?? `$${KEY_VARIABLE}`),
    model: asked.model,
    gateway,
    agent: asked.agent ?? false,
    secret: asked.secret,
    forward: asked.forward ?? false,
    ca: asked.ca ?? 'gatelog-ca.pem',
  }
}

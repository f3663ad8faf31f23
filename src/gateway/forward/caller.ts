/** Who stands behind a request of the forward door: its credential, its key's scope, its name in the log. Lets nobody in. */
import type { IncomingMessage } from 'node:http'
import { type Found, findCredential } from '#identity'
import type { Exchange } from '../exchange.ts'
import type { House } from '../house.ts'
import type { Head } from '../turn.ts'

/** A credential as its header bore it. */
export interface Credential {
  readonly name: 'proxy-authorization' | 'x-gatelog-key'
  readonly value: string
}

/** The gateway's own key, or what came as a proxy's credential; a scheme that we do not take is none. */
export function credentialOf({ headers }: IncomingMessage): Credential | undefined {
  for (const name of ['x-gatelog-key', 'proxy-authorization'] as const) {
    const value = headers[name]
    if (typeof value === 'string') return { name, value }
  }
  return undefined
}

/** Fills in whose key it is, be it good or not. */
export function recognise(exchange: Exchange<Head>, { secret }: Found): void {
  try {
    const { actor, id } = exchange.house.identity.recognise(secret)
    exchange.actor = actor
    exchange.key = id
  } catch {
    return // a stranger: refused within, where the client shows it
  }
}

/** Whether the key of a request covers a connection; it is looked up when that is asked. */
export const coversOf =
  ({ identity }: House, { headers }: IncomingMessage): ((connection: string) => boolean) =>
  (connection) => {
    const found = findCredential(headers)
    const scope = found && identity.scopeOf(found.secret)
    return scope === '*' || (scope?.includes(connection) ?? true)
  }

export const whoOf = ({ actor, turn }: Exchange<Head>): string => actor?.id ?? turn.remote
export const agentOf = ({ turn }: Exchange<Head>): string => String(turn.headers['user-agent'] ?? '').slice(0, 80)

/** The head of what asked the door for a host of the world. */
export function headOf(
  { method = '', url = '', headers, socket }: Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'socket'>,
  insecure: boolean,
): Head {
  const address = { connection: '', host: undefined, path: url.slice(0, 256), query: '', pathKey: undefined }
  return { method, address, headers, door: 'forward', remote: socket.remoteAddress ?? '', insecure }
}

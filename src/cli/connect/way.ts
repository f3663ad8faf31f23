/** The way that a client is to take, as far as configuration, server and command line say it. Changes nothing. */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { loadNames } from '#app'
import type { ConnectionRow } from '#console'
import { Fault, faultOf } from '#exchange'
import { commonOf, withRecord } from '../command.ts'
import { AGENT, type Client } from './client.ts'
import { type Asked, connectionFor, gatewayOf, isForward, rowsOf, unknownConnection } from './target.ts'
import { fetchCa, isSafe } from './trusted.ts'

export interface WayTo {
  readonly row: ConnectionRow
  readonly gateway: string
  /** undefined where nobody can say. */
  readonly pathKeys: boolean | undefined
  /** What an agent is shown, on systems that do not tell it whose program asks. */
  readonly secret: string | undefined
  /** Whether the configuration, or the server, that was asked is that of the gateway. */
  readonly known: boolean
}

/** The connection and the gateway: of the configuration, of a server by URL, or as the command line says. @throws usage.option, config.* */
export async function wayOf(client: Client, asked: Asked, command: Command): Promise<WayTo> {
  const { config, url } = commonOf(command)
  const named = asked.gateway ? plain(asked.gateway) : asked.agent ? AGENT : undefined
  const secret = asked.agent && process.platform !== 'linux' ? agentSecret() : undefined
  if (asked.forward && !client.forward)
    throw new Fault(
      'usage.option',
      `--forward: ${client.name} takes an address here. As its proxy: HTTPS_PROXY and the CA, docs/forward.md`,
    )
  if (named && !url && !existsSync(config))
    return { row: unknownConnection(client, asked), gateway: named, pathKeys: undefined, secret, known: false }
  if (url && !named) throw new Fault('usage.option', 'with --url: give --gateway, which is another address')
  const read = await loadNames(config)
  const rows = url ? await withRecord(command, (record) => record.get<ConnectionRow[]>('/connections')) : rowsOf(read)
  const row = connectionFor(client, rows, asked)
  if (isForward(client, asked) && !url && !read.forward.enabled) throw new Fault('ca.off')
  return { row, gateway: named ?? gatewayOf(read), pathKeys: url ? undefined : read.path_keys, secret, known: true }
}

/** @throws usage.option for an address that a shell or a client might read otherwise */
function plain(url: URL): string {
  if (url.username || url.password || url.search || url.hash || !/^[\w./~%-]*$/.test(url.pathname))
    throw new Fault('usage.option', '--gateway: an address without user, query or fragment')
  return url.href.replace(/\/+$/, '')
}

/** Where Gatelog keeps what is its own in a user's home. */
export const ownFolder = (): string => join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'gatelog')

function agentSecret(): string {
  const path = join(ownFolder(), 'agent.secret')
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw new Fault('usage.option', `--agent: start \`gatelog agent\` first, it makes ${path}`, { cause })
  }
}

/**
 * The CA of the gateway that the client is sent to, PEM: from that gateway, or the agent before it, where nobody can be
 * between; else from the server or the record that is here. @throws client.ca with all that was tried
 */
export async function caFor({ gateway, secret, known }: WayTo, command: Command): Promise<string> {
  const tried: string[] = []
  try {
    if (isSafe(gateway)) return (await fetchCa(gateway + (secret ? `/a/${secret}` : ''))).pem
    tried.push(`${gateway} is plain text beyond this machine, where anybody between could answer`)
  } catch (error) {
    tried.push(faultOf(error).detail ?? faultOf(error).message)
  }
  if (known)
    try {
      return (await withRecord(command, (record) => record.get<{ pem: string }>('/ca/pem'))).pem
    } catch (error) {
      tried.push(faultOf(error).message)
    }
  throw new Fault('client.ca', tried.join('; '))
}

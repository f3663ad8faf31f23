/** The gateway’s own address, asked for through the gateway as a proxy: which it is. Opens nothing. */
import { isOwnAddress } from '#relay'
import type { Connection } from '../connection.ts'
import { same, type Target } from './target.ts'

/**
 * Whether a target is the listener that was asked: its port at an address of this machine, or where the configuration says
 * that clients reach it (`copilot.address`). Names are not resolved.
 * @param port the listener's own
 */
export function isOwn(target: Target, port: number | undefined, connections: ReadonlyMap<string, Connection>): boolean {
  if (target.port === port && (target.host === 'localhost' || isOwnAddress(target.host))) return true
  return [...connections.values()].some(({ copilot }) => {
    const { address } = copilot?.rewrite ?? {}
    return address !== undefined && same(target, targetOf(new URL(address)))
  })
}

const targetOf = ({ hostname, port, protocol }: URL): Target => ({
  host: hostname.replace(/^\[|\]$/g, '').replace(/\.$/, ''),
  port: Number(port || (protocol === 'https:' ? 443 : 80)),
})

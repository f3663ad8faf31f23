/** The networks that a key is bound to: CIDR ranges, and whether an address lies in one. Resolves nothing. */
import { BlockList, isIP } from 'node:net'

/** `10.0.0.0/8`, `2001:db8::/32`, or one address; undefined where it is none of these. */
function rangeOf(text: string): { address: string; bits: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [address = '', given, more] = text.split('/')
  const version = isIP(address)
  const most = version === 6 ? 128 : 32
  const bits = given === undefined ? most : Number(given)
  if (version === 0 || more !== undefined || !/^\d{1,3}$/.test(given ?? '0') || bits > most) return undefined
  return { address, bits, family: version === 6 ? 'ipv6' : 'ipv4' }
}

export const isNetwork = (text: unknown): text is string => typeof text === 'string' && rangeOf(text) !== undefined

const known = new WeakMap<readonly string[], BlockList>()

/** Whether an address lies in one of the ranges; an IPv4 address that IPv6 bears counts as itself. */
export function within(networks: readonly string[], address: string): boolean {
  const list = known.get(networks) ?? listOf(networks)
  known.set(networks, list)
  const bare = address.replace(/^::ffff:(?=\d+\.)/i, '').split('%')[0] as string
  const version = isIP(bare)
  return version !== 0 && list.check(bare, version === 6 ? 'ipv6' : 'ipv4')
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const each of networks) {
    const range = rangeOf(each)
    if (range) list.addSubnet(range.address, range.bits, range.family)
  }
  return list
}

export const isLoopback = (address: string): boolean => within(LOOPBACK, address)
const LOOPBACK: readonly string[] = ['127.0.0.0/8', '::1']

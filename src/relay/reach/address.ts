/** What sort of network an IP address belongs to, in whatever way it is written. Pure; resolves nothing. */
import { BlockList, isIP } from 'node:net'

/**
 * `link`: the link itself and the addresses of cloud metadata, which give credentials to whoever asks. `private`: loopback,
 * private and every other range that is not on the internet.
 */
export type Network = 'public' | 'private' | 'link'

/** Sources: IANA special-purpose registries (RFC 6890); the clouds' own pages for metadata services; 2026-11. */
const LINK: readonly string[] = [
  ...['169.254.0.0/16', 'fe80::/10'],
  ...['fd00:ec2::254/128', 'fd20:ce::254/128', '100.100.100.200/32', '168.63.129.16/32', '192.0.0.192/32'],
]
const PRIVATE: readonly string[] = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
  ...['192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3'],
  ...['::/96', '100::/64', '2001::/23', '2001:db8::/32', '3fff::/20', '5f00::/16', 'fc00::/7', 'fec0::/10', 'ff00::/8'],
]

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}

const link = listOf(LINK)
const inner = listOf(PRIVATE)

/** Ranges of IPv6 that bear an IPv4 address, and at which of its eight groups: mapped, NAT64 (two), 6to4. */
const BEARING: readonly (readonly [range: string, group: number])[] = [
  ['::ffff:0:0/96', 6],
  ['64:ff9b::/96', 6],
  ['64:ff9b:1::/48', 6],
  ['2002::/16', 1],
]
const bearing = BEARING.map(([range, group]) => ({ list: listOf([range]), group }))

/** @param address an IPv4 or IPv6 address as `isIP` knows it; a zone is left out */
export function networkOf(address: string): Network {
  const bare = address.split('%')[0] as string
  const four = borneBy(bare)
  if (four !== undefined) return networkOf(four)
  const family = isIP(bare) === 6 ? 'ipv6' : 'ipv4'
  if (link.check(bare, family)) return 'link'
  return inner.check(bare, family) ? 'private' : 'public'
}

/** The IPv4 address that an IPv6 address bears, where it is of a range that bears one. @param address without a zone */
export function borneBy(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined
  const found = bearing.find(({ list }) => list.check(address, 'ipv6'))
  if (!found) return undefined
  const groups = groupsOf(address)
  const bytes = [groups[found.group] ?? 0, groups[found.group + 1] ?? 0].flatMap((each) => [each >> 8, each & 0xff])
  return bytes.join('.')
}

/** The eight groups of an IPv6 address; `URL` writes them without dots. */
function groupsOf(address: string): number[] {
  const text = URL.parse(`http://[${address}]`)?.hostname.slice(1, -1) ?? '::'
  const [front = '', back] = text.split('::')
  const read = (part: string) => (part === '' ? [] : part.split(':').map((each) => Number.parseInt(each, 16)))
  const [first, last] = [read(front), read(back ?? '')]
  return back === undefined ? first : [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last]
}

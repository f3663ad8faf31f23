/** What can be proved of a secret offline: checksums, headers, the beginnings of keys. Pure; asks nobody. */
import { crc32 } from 'node:zlib'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** CRC-32 (ISO 3309) as six base-62 digits, most significant first. */
export function crc62(text: string): string {
  let rest = crc32(text)
  let digits = ''
  for (let i = 0; i < 6; i++) {
    digits = BASE62[rest % 62] + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}

/** The first part decodes to a JSON object that names an algorithm (RFC 7515 §4.1.1). */
export function isJwt(token: string): boolean {
  const header = jsonOf(Buffer.from(token.split('.', 1)[0]!, 'base64url').toString())
  return typeof header === 'object' && header !== null && 'alg' in header && typeof header.alg === 'string'
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Base64 of printable `user:password` (RFC 7617 §2). */
export function isBasicPair(value: string): boolean {
  return /^[\x20-\x7e]*:[\x20-\x7e]+$/.test(Buffer.from(value, 'base64').toString('latin1'))
}

/** What stands after the first colon of such a pair. */
export function basicPassword(value: string): string {
  const pair = Buffer.from(value, 'base64').toString('latin1')
  return pair.slice(pair.indexOf(':') + 1)
}

const OPENSSH = 'openssh-key-v1\0'
/** Packet tags of an OpenPGP secret key, old and new form (RFC 9580 §4.2). */
const PGP_SECRET = new Set([0x94, 0x95, 0x96, 0x97, 0xc5])

/**
 * A PEM private key whose first bytes are those of a key: a DER sequence (RFC 5208, 8017, 5915), OpenSSH's magic, or an
 * OpenPGP secret-key packet. A body behind encryption headers proves nothing.
 */
export function isPrivateKey(text: string): boolean {
  const found = /\bBEGIN ([A-Z0-9 ]*)-----(?:\\{1,4}[nrt]|[^A-Za-z0-9+/])*([A-Za-z0-9+/]{20})/.exec(text)
  if (!found) return false
  const first = Buffer.from(found[2]!, 'base64')
  if (found[1]!.startsWith('OPENSSH')) return first.toString('latin1').startsWith(OPENSSH.slice(0, 14))
  if (found[1]!.startsWith('PGP')) return PGP_SECRET.has(first[0]!)
  return first[0] === 0x30 && [0x81, 0x82, 0x83].includes(first[1]!) ? true : first[0] === 0x30 && first[1]! < 0x80
}

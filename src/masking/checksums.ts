/** Checksums and headers that vendors put into their tokens, computed offline. Pure; asks nobody. */
import { crc32 } from 'node:zlib'

/** GitLab's routable token: CRC-32 of all before the last seven characters, in base 36 (routable_token.rb). */
export function isRoutable(token: string): boolean {
  return /\.[0-9a-z]{9}$/.test(token) && crc32(token.slice(0, -7)).toString(36).padStart(7, '0') === token.slice(-7)
}

/** Grafana's: CRC-32 of all before the last underscore, in hexadecimal, lowest byte first (apikeygenprefix). */
export function isGrafanaToken(token: string): boolean {
  const sum = Buffer.alloc(4)
  sum.writeUInt32LE(crc32(token.slice(0, -9)))
  return sum.toString('hex') === token.slice(-8)
}

/** GitHub's of 2026, `ghs_<number>_<JSON Web Token>`: the header is an object that names an algorithm (RFC 7515 §4). */
export function isGithubJwt(token: string): boolean {
  const header = token.slice(token.indexOf('_', 4) + 1).split('.')[0] ?? ''
  return /^\{.*"alg"\s*:\s*"/.test(Buffer.from(header, 'base64url').toString())
}

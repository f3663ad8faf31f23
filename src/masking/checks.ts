/** Last looks at a secret by name, so that rules stay data. Pure; masks nothing by itself. */
import { crc32 } from 'node:zlib'

/** `entropy:3.5`: at least so many bits a character. */
export type Check = keyof typeof NAMED | `entropy:${number}`
export type Proof = keyof typeof PROOFS

type Look = (secret: string) => boolean

const STOP =
  /example|sample|placeholder|changeme|change_me|change-me|your|dummy|fake|redacted|masked|process\.env|os\.environ|getenv|secrets\.|undefined|null|xxxx|\*\*\*|\.\.\.|1234567890|abcdefgh/i
const WEAK =
  /^(?:password\d*|passwd|passw0rd|secret|token|pass|pwd|admin|root|user|test|guest|default|none|true|false)$/i
const ADDRESS = /^(?:https?:|urn:|\/|\.\/|[0-9a-f-]{36}$)/i

/** Shannon's entropy in bits a character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>()
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

/** Not a variable, a template, or a word that says that it stands in for a secret. */
const isNoStandIn: Look = (secret) =>
  !STOP.test(secret) && !WEAK.test(secret) && !/^[$<{%[*#]/.test(secret) && !/[>}\])]$/.test(secret)

/** Letters and digits mixed, and no character too frequent. */
const isMixed: Look = (secret) =>
  /[A-Za-z]/.test(secret) && /\d/.test(secret) && entropy(secret) >= Math.min(3.2, Math.log2(secret.length) * 0.85)

/** The value of something called a secret: random enough to be one, or a password that mixes kinds of characters. */
const isAssigned: Look = (value) => {
  if (!isNoStandIn(value) || ADDRESS.test(value)) return false
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length
  if (!/[A-Za-z]/.test(value) || !/\d/.test(value)) return false
  return value.length >= 16 ? entropy(value) >= 3.2 : kinds >= 3 && entropy(value) >= 2.5
}

const NAMED = {
  /** Not one of those that providers print in their documentation. */
  undocumented: (secret: string) => !/EXAMPLE/i.test(secret),
  'no-stand-in': isNoStandIn,
  mixed: isMixed,
  assigned: isAssigned,
} satisfies Record<string, Look>

/** What can be proved of a secret offline. */
const PROOFS = {
  /** CRC-32 of what stands between the prefix and the last six characters, in base 62 (GitHub, npm). */
  'github-crc32': (secret: string) => /^[a-z]{3}_/.test(secret) && crc62(secret.slice(4, -6)) === secret.slice(-6),
} satisfies Record<string, Look>

/** Whether all checks hold; undefined where there are none. */
export function lookOf(checks: readonly Check[] | undefined): Look | undefined {
  if (!checks?.length) return undefined
  const looks = checks.map((check): Look => {
    if (!check.startsWith('entropy:')) return NAMED[check as keyof typeof NAMED]
    const least = Number(check.slice('entropy:'.length))
    return (secret) => entropy(secret) >= least
  })
  return (secret) => looks.every((look) => look(secret))
}

export const proofOf = (proof: Proof | undefined): Look | undefined => proof && PROOFS[proof]

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

/** Last looks at a secret by name, so that rules stay data. Pure; masks nothing by itself. */
import { isGithubJwt, isGrafanaToken, isRoutable } from './checksums.ts'
import { isCard, isEmail, isIban, isPhone, isSocialSecurity, loadPhones } from './personal.ts'
import { basicPassword, crc62, isBasicPair, isJwt, isPrivateKey } from './proofs.ts'
import { isElsewhere, isStandIn, isWordy, kindsOf } from './randomness.ts'
import { entropy, restlessness } from './spread.ts'

export { crc62 } from './proofs.ts'

/** `entropy:3.5`: at least so many bits a character. */
export type Check = keyof typeof NAMED | `entropy:${number}`
export type Proof = keyof typeof PROOFS

type Look = (secret: string) => boolean

const FILLER = /(.)\1{9}|(?:1234567890?abcdef){2}|x{5}|example|placeholder|_here|your[_-]/i

const isNoStandIn: Look = (secret) => !isStandIn(secret)

/** Letters and digits mixed, and no character too frequent. */
const isMixed: Look = (secret) =>
  /[A-Za-z]/.test(secret) && /\d/.test(secret) && entropy(secret) >= Math.min(3.2, Math.log2(secret.length) * 0.85)

/** What mostly names a thing; where it is a secret, `uuid-secret` knows. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Hexadecimal digits of both kinds, spread as chance spreads them. */
function isHexadecimal(value: string): boolean {
  if (!/^(?:[0-9a-f]+|[0-9A-F]+)$/.test(value) || value.length < 16) return false
  const digits = value.replace(/\D/g, '').length / value.length
  return digits > 0.3 && digits < 0.95 && entropy(value) >= 2.6
}

/** Words, by their letters, unless the kinds of characters change too often for a name. */
const isNamed = (value: string): boolean => isWordy(value) && restlessness(value.replace(/[._-]/g, '')) < 0.55

/** The address of a contract or account on a blockchain: public, and often called a token. */
const CHAIN_ADDRESS = /^0x[0-9a-fA-F]{40}$/

/** A key or token: hexadecimal, or no words, with digits or signs among the letters. */
const isGenerated: Look = (value) => {
  if (isStandIn(value) || isElsewhere(value)) return false
  if (UUID.test(value) || CHAIN_ADDRESS.test(value) || isObjectName(value)) return false
  const run = value.replace(/[-:]/g, '')
  if (/^[0-9a-fA-F]+$/.test(run) && run.length >= 16) return isHexadecimal(run)
  if (!/[A-Za-z]/.test(value) || isNamed(value)) return false
  if (entropy(value) < Math.min(3.3, Math.log2(value.length) * 0.82)) return false
  const digits = value.replace(/\D/g, '').length
  if (digits === 0)
    return (
      !/^\w+(?:\.\w+)+$/.test(value) &&
      value.length >= 16 &&
      /[a-z]/.test(value) &&
      /[A-Z]/.test(value) &&
      restlessness(value) >= (value.length < 20 ? 0.35 : 0.22)
    )
  return digits < value.length * 0.8 && restlessness(value) >= 0.2
}

/** As the name of an object in a cluster ends: words, and a short suffix that was made for it (`tls-a1b58d2054`). */
const isObjectName = (value: string): boolean =>
  /^[a-z]{2,}(?:-[a-z]{2,})*-[0-9a-z]{5,10}(?:-[0-9a-z]{5})?$/.test(value)

/** Without digits: letters of both cases that are no words, long, or with a sign that no name has among them. */
const isLetterPassword: Look = (value) =>
  /[a-z]/.test(value) &&
  /[A-Z]/.test(value) &&
  !isWordy(value) &&
  (/\w[!$#%^&*]\w/.test(value) ? value.length >= 8 : value.length >= 12 && restlessness(value) >= 0.35)

/** What people and generators choose as a password: several kinds of characters, and no name that code would have. */
const isPassword: Look = (value) => {
  if (isStandIn(value) || isElsewhere(value)) return false
  if (value.length >= 16 && isGenerated(value)) return true
  if (!/[A-Za-z]/.test(value) || entropy(value) < 2.5) return false
  if (!/\d/.test(value)) return isLetterPassword(value)
  return kindsOf(value) >= 3 && (/[^A-Za-z0-9_.-]/.test(value) || !isNamed(value))
}

/** The same where no quotes tell a value from a name in code: more than letters, digits and dots, or no words at all. */
const isBarePassword: Look = (value) =>
  value.length >= 16 && isGenerated(value)
    ? true
    : isPassword(value) && (/[^A-Za-z0-9_.-]/.test(value) || restlessness(value) >= 0.45)

/** Sixteen hexadecimal digits are a key's fingerprint (.NET's PublicKeyToken) or an id of a trace, never a token. */
const isToken: Look = (value) => !/^[0-9a-fA-F]{16}$/.test(value) && isGenerated(value)

/** Words with hyphens or dots between them, as who tells what belongs here. */
const isPhrase = (value: string): boolean => /^[A-Za-z]+(?:[-_.][A-Za-z]+)+\d?$/.test(value) && isWordy(value)
const MEMBER = /^[A-Z][A-Za-z]+\.[A-Za-z]\w*$/

/** In a connection string, quoted or not: not the type or the member that a declaration names. */
const isStringPassword: Look = (value) =>
  !isStandIn(value) &&
  !isElsewhere(value) &&
  (/[\d!@#$%^&*+?~]/.test(value) || (!isWordy(value) && entropy(value) >= 2.5))

/** A password between user and host: no stand-in, no name, and no short word. */
const isAddressPassword: Look = (value) =>
  !isStandIn(value) &&
  !isPhrase(value) &&
  !MEMBER.test(value) &&
  (kindsOf(value) >= 2 || value.length >= 12 || (value.length >= 6 && !isWordy(value)))

/** Base64 of a password, a token, or of bytes: what a Kubernetes secret holds. */
const isEncodedSecret: Look = (value) => {
  if (value.length % 4 !== 0) return false
  const text = Buffer.from(value, 'base64').toString('latin1').trim()
  if (/^[ -~]{6,}$/.test(text)) return isPassword(text) || isGenerated(text) || UUID.test(text)
  return value.length >= 24 && !/^-----BEGIN/.test(text) && isGenerated(value)
}

/** Not a stand-in that has a token's form: a few characters again and again, or a word that says so. */
const isVaried: Look = (secret) => entropy(secret) >= 2.2 && !FILLER.test(secret)

/** Of the storage emulator (learn.microsoft.com), of RFC 6749 §4.1.3, of RFC 7617 §2. */
const DOCUMENTED = new RegExp(`^(?:${'Eby8vdM02xNOc'}|${'czZCaGRSa3F0'}|${'QWxhZGRpbjpv'})`)

const NAMED = {
  /** Not one of those that providers print in their documentation. */
  undocumented: (secret: string) => !/EXAMPLE/i.test(secret) && !DOCUMENTED.test(secret),
  'no-stand-in': isNoStandIn,
  mixed: isMixed,
  varied: isVaried,
  generated: isGenerated,
  token: isToken,
  password: isPassword,
  'bare-password': isBarePassword,
  /** Where the place alone says that it is a credential, a UUID is one too. */
  credential: (secret: string) => isGenerated(secret) || (UUID.test(secret) && entropy(secret) >= 2.8),
  'address-password': isAddressPassword,
  'string-password': isStringPassword,
  /** Base64 of something that is a secret. */
  'base64-secret': isEncodedSecret,
  /** Base64 of `user:password` (RFC 7617). */
  'basic-pair': (secret: string) => isBasicPair(secret) && isAddressPassword(basicPassword(secret)),
  card: isCard,
  iban: isIban,
  ssn: isSocialSecurity,
  phone: isPhone,
  email: isEmail,
} satisfies Record<string, Look>

/** What can be proved of a secret offline. */
const PROOFS = {
  /** CRC-32 of what stands between the prefix and the last six characters, in base 62 (GitHub, npm). */
  'github-crc32': (secret: string) => /^[a-z]{3,4}_/.test(secret) && endsInCrc(secret.slice(secret.indexOf('_') + 1)),
  /** The header of a JSON Web Token after the app's number (GitHub, 2026). */
  'github-jwt': isGithubJwt,
  'gitlab-crc32': isRoutable,
  'grafana-crc32': isGrafanaToken,
  /** The header decodes to a JSON object with an algorithm (RFC 7515 §4.1.1). */
  jwt: isJwt,
  /** The body begins as the named kind of key does: ASN.1, OpenSSH, OpenPGP. */
  pem: isPrivateKey,
  'basic-pair': isBasicPair,
  luhn: isCard,
  'iban-mod97': isIban,
} satisfies Record<string, Look>

const endsInCrc = (body: string): boolean => crc62(body.slice(0, -6)) === body.slice(-6)

/** Whether all checks hold; undefined where there are none. */
export function lookOf(checks: readonly Check[] | undefined): Look | undefined {
  if (!checks?.length) return undefined
  if (checks.includes('phone')) loadPhones()
  const looks = checks.map((check): Look => {
    if (!check.startsWith('entropy:')) return NAMED[check as keyof typeof NAMED]
    const least = Number(check.slice('entropy:'.length))
    return (secret) => entropy(secret) >= least
  })
  return (secret) => looks.every((look) => look(secret))
}

export const proofOf = (proof: Proof | undefined): Look | undefined => proof && PROOFS[proof]

/** Makes example texts from templates, always alike, so that no token stands in a source file. Never used on traffic. */
import { crc62 } from './checks.ts'
import type { Sample } from './rule.ts'

const DIGITS = '0123456789'
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const LOWER = UPPER.toLowerCase()

/** The alphabets that a template may name. */
export const ALPHABETS: Readonly<Record<string, string>> = {
  digits: DIGITS,
  upper: UPPER,
  lower: LOWER,
  alpha: UPPER + LOWER,
  hex: `${DIGITS}abcdef`,
  HEX: `${DIGITS}ABCDEF`,
  anyhex: `${DIGITS}abcdefABCDEF`,
  hexdash: `${DIGITS}abcdef-`,
  base32: `${UPPER}234567`,
  lower32: `${LOWER}234567`,
  base36: DIGITS + LOWER,
  BASE36: DIGITS + UPPER,
  base58: '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz',
  base62: DIGITS + UPPER + LOWER,
  word: `${DIGITS + UPPER + LOWER}_`,
  slug: `${DIGITS + LOWER}_-`,
  dashed: `${DIGITS + UPPER + LOWER}-`,
  padded: `${DIGITS + UPPER + LOWER}+/=`,
  padded64url: `${DIGITS + UPPER + LOWER}-_=`,
  encoded64: `${DIGITS + UPPER + LOWER}+/=%`,
  encoded64url: `${DIGITS + UPPER + LOWER}-_=%`,
  slashed: `${DIGITS + UPPER + LOWER}/`,
  dotted: `${DIGITS + UPPER + LOWER}._-`,
  macaroons: `${DIGITS + UPPER + LOWER}+/=-_,`,
  anybase64: `${DIGITS + UPPER + LOWER}+/=-_`,
  fields: `${DIGITS + UPPER + LOWER}=;._-`,
  django: `${DIGITS + LOWER}!@#$%^&*(-_=+)`,
  ebay: `${DIGITS + UPPER + LOWER}+/=#^`,
  label: `${DIGITS + UPPER + LOWER}%:@_-`,
  entra: `${DIGITS + UPPER + LOWER}_.~-`,
  base64: `${DIGITS + UPPER + LOWER}+/`,
  base64url: `${DIGITS + UPPER + LOWER}-_`,
  bech32: 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L',
  bech32low: 'qpzry9x8gf2tvdw0s3jn54khce6mua7l',
}

const PART = /<(?:crc62:(\d+)|(\w+):(\d+)(?::(\d+))?|)>/g

/**
 * Expands `<alphabet:length>` and `<alphabet:length:seed>` to characters that are the same at each call, `<crc62:n>` to
 * the checksum of the n characters before it, and `<>` to nothing (it keeps a known token out of the source).
 */
function expand(template: string): string {
  let out = ''
  let from = 0
  for (const found of template.matchAll(PART)) {
    out += template.slice(from, found.index)
    from = found.index + found[0].length
    const [, crc, name, length, seed] = found
    if (crc) out += crc62(out.slice(-Number(crc)))
    else if (name) out += sample(alphabetOf(name), Number(length), Number(seed ?? 1))
  }
  return out + template.slice(from)
}

function alphabetOf(name: string): string {
  const alphabet = ALPHABETS[name]
  if (!alphabet) throw new RangeError(`no alphabet is called ${name}`)
  return alphabet
}

/** Pseudo-random characters, the same at each call (Lehmer's generator). */
export function sample(alphabet: string, length: number, seed = 1): string {
  let state = seed * 7919
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647
    return alphabet[state % alphabet.length]
  }).join('')
}

/** What stands before the secret, the secret, and what stands after it. */
export function spread(example: Sample): readonly [before: string, secret: string, after: string] {
  const open = example.indexOf('{{')
  const close = example.lastIndexOf('}}')
  if (open < 0 || close < open) return ['', expand(example), '']
  return [expand(example.slice(0, open)), expand(example.slice(open + 2, close)), expand(example.slice(close + 2))]
}

/** A text that holds no secret of the rule; braces in it stand for themselves. */
export const missOf = (example: Sample): string => expand(example)

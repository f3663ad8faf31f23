/** The text form of a Gatelog key: prefix, random characters, checksum. Stores nothing and knows no actor. */
import { crc32 } from 'node:zlib'

export type KeyKind = 'user' | 'job' | 'svc' | 'path'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const RANDOM_CHARACTERS = 30
const CHECK_CHARACTERS = 6
const FORM = /^gtl_(user|job|svc|path)_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/
const ANYWHERE = /gtl_path_[0-9A-Za-z]{36}(?![0-9A-Za-z])/g

/** Makes a key; `random(n)` gives n random bytes. 30 base62 characters hold 178 bits. */
export function makeKey(kind: KeyKind, random: (bytes: number) => Uint8Array): string {
  let body = ''
  while (body.length < RANDOM_CHARACTERS)
    for (const byte of random(RANDOM_CHARACTERS))
      if (byte < 248 && body.length < RANDOM_CHARACTERS) body += DIGITS[byte % 62]
  return `gtl_${kind}_${body}${checksum(`gtl_${kind}_${body}`)}`
}

/** CRC-32 in base62: tells a copying error from a foreign text; it is no secret. */
function checksum(text: string): string {
  let rest = crc32(text)
  let out = ''
  for (let at = 0; at < CHECK_CHARACTERS; at++) {
    out = DIGITS[rest % 62] + out
    rest = Math.floor(rest / 62)
  }
  return out
}

/** The kind of a well-formed key with a true checksum, else undefined. */
export function kindOf(text: string): KeyKind | undefined {
  const match = FORM.exec(text)
  if (!match?.[1]) return undefined
  return checksum(text.slice(0, -CHECK_CHARACTERS)) === match[3] ? (match[1] as KeyKind) : undefined
}

/** Whether a text is a Gatelog key by its form: so that a foreign credential is never taken for one. */
export const looksLikeKey = (text: string): boolean => kindOf(text) !== undefined

/** Every path key that stands in a text. */
export const pathKeysIn = (text: string): string[] =>
  text.includes('gtl_path_') ? [...text.matchAll(ANYWHERE)].map(([key]) => key).filter(looksLikeKey) : []

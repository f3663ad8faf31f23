/** Makes examples of secrets at run time, always alike; never holds a token that a secret scanner would know. */
import type { MaskingRule } from '../rule.ts'

export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
export const BASE64 = `${BASE62}+/`
export const HEX = '0123456789abcdef'
export const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** `length` characters of `alphabet`, pseudo-random but the same at each call (Lehmer's generator). */
export function sample(alphabet: string, length: number, seed = 1): string {
  let state = seed * 7919
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647
    return alphabet[state % alphabet.length]
  }).join('')
}

/** What most tokens are: a known beginning and a body of at least so many characters of one class. */
export interface Prefixed {
  readonly id: string
  readonly description: string
  readonly prefixes: readonly string[]
  /** The class of the body, such as `[A-Za-z0-9]`. */
  readonly body: string
  readonly min: number
  /** Set where the length is fixed: no body character may follow. */
  readonly exact?: true
  readonly inWord?: true
  /** Letters for the example's body. */
  readonly letters?: string
}

/** The rule for such a token, with its examples. */
export function prefixed({
  id,
  description,
  prefixes,
  body,
  min,
  exact,
  inWord,
  letters = BASE62,
}: Prefixed): MaskingRule {
  const heads = prefixes.map((prefix) => prefix.replace(/[.$\\+*?()[\]{}|/-]/g, '\\$&'))
  return {
    id,
    description,
    literals: prefixes,
    ...(inWord ? { inWord } : {}),
    secret: `(?:${heads.join('|')})${body}{${min}${exact ? '' : ','}}`,
    ...(exact ? { notAfter: body } : {}),
    examples: {
      match: prefixes.map((prefix) => () => prefix + sample(letters, min)),
      miss: [
        ...prefixes.map((prefix) => () => prefix + sample(letters, min - 1)),
        ...(exact ? [() => prefixes[0] + sample(letters, min + 1)] : []),
      ],
    },
  }
}

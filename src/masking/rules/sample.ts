/** The rule that most tokens need: a known beginning and a body of one class. Data, never code that scans. */
import { ALPHABETS, sample } from '../examples.ts'
import type { MaskingRule } from '../rule.ts'

export { sample } from '../examples.ts'
export const BASE62 = ALPHABETS['base62'] as string
export const BASE64 = ALPHABETS['base64'] as string
export const HEX = ALPHABETS['hex'] as string
export const UPPER = ALPHABETS['base32'] as string

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

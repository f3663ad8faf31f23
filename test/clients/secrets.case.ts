/** The secrets that the journeys plant, put together here so that none stands in a file, and what becomes of them. */

const letters = (seed: string, length: number): string => seed.repeat(length).slice(0, length)

/** Typed by the developer. */
export const TYPED = `${['ghp', '_'].join('')}${letters('tY9pEd3Q', 36)}`
/** In the text of a reply. */
export const TOLD = `${['ghp', '_'].join('')}${letters('tO1lD5Xz', 36)}`
/** In the arguments of a tool call. */
export const CALLED = `${['npm', '_'].join('')}${letters('cA2lL7Kw', 36)}`

const MASKS: readonly (readonly [secret: string, mask: string])[] = [
  [TYPED, '[masked:github-pat]'],
  [TOLD, '[masked:github-pat]'],
  [CALLED, '[masked:npm-token]'],
]

/** A text as it reads once all planted secrets are masked. */
export const masked = (text: string): string =>
  MASKS.reduce((rest, [secret, mask]) => rest.replaceAll(secret, mask), text)

/** What holds texts, with its placeholders as they read without the mark of a session. */
export const unmarked = <Value>(value: Value): Value =>
  JSON.parse(JSON.stringify(value).replace(/(\[masked:[a-z0-9-]+)#[a-z0-9]{4}\]/g, '$1]')) as Value

/** The planted secrets that a text holds. */
export const secretsIn = (text: string): string[] =>
  MASKS.map(([secret]) => secret).filter((each) => text.includes(each))

/** What a name may go on with and still be a secret's own; makes a piece of a pattern, never code that scans. */

/** A name that ends with one of these is not the secret's: it tells where, which or how many. */
const NO_SECRETS = ['id', 'ids', 'name', 'names', 'address', 'addr', 'url', 'uri', 'arn', 'service', 'count', 'digest']

/** A pattern for what ends with none of `words`, in either case; at least one character long. */
function notEnding(words: readonly string[]): string {
  const ends = [...new Set(words.flatMap((word) => Array.from(word, (_, i) => word.slice(i + 1))))]
  return ends.flatMap((end) => branches(end, words)).join('|')
}

/** What ends with `end`, but goes on to none of the words before it. */
function branches(end: string, words: readonly string[]): readonly string[] {
  if (words.includes(end)) return []
  const letters = words.filter((word) => word.endsWith(end)).map((word) => word.at(-1 - end.length)!)
  const tail = [...end].map((letter) => `[${letter}${letter.toUpperCase()}]`).join('')
  const whole = `[A-Za-z0-9_-]*${allBut(letters)}${tail}`
  return tail === '' ? [whole] : [whole, tail]
}

/** A class of all that a name is made of but these letters. */
function allBut(letters: readonly string[]): string {
  const left = [...'abcdefghijklmnopqrstuvwxyz'].filter((letter) => !letters.includes(letter)).join('')
  return `[${left}${left.toUpperCase()}0-9_-]`
}

/** More of a name, where that does not make it the name of something else (`token_id`, `secretName`, `token-service`). */
export const TAIL = `(?:${notEnding(NO_SECRETS)})?`

/** Cuts a text as a stream would: whole, unit by unit, into tokens, or at random from a seed. Pure. */

/** The parts of a text, in order; together they are the text. */
export type Cut = (text: string) => readonly string[]

/** Longest random part, in UTF-16 units. */
const LONGEST = 12

/** Such as a model's tokens: a word's beginning with its space, its further parts, single signs. */
const TOKEN = /\s?[A-Za-z]{1,4}|\d{1,3}|\s+|[^\sA-Za-z\d]/gu

const CUTS: ReadonlyMap<string, Cut> = new Map([
  ['whole', (text) => [text]],
  ['char', (text) => text.split('')],
  ['token', (text) => text.match(TOKEN) ?? []],
])

/** `whole`, `char` (every UTF-16 unit alone), `token` or `random:SEED`; undefined for another word. */
export function cutOf(name: string): Cut | undefined {
  const seed = /^random:(\d{1,9})$/.exec(name)?.[1]
  return seed === undefined ? CUTS.get(name) : (text) => atRandom(text, Number(seed))
}

/** The same parts for the same text and seed (Lehmer's generator). */
function atRandom(text: string, seed: number): string[] {
  const parts: string[] = []
  let state = (seed % 2_147_483_646) + 1
  for (let at = 0; at < text.length; ) {
    state = (state * 48_271) % 2_147_483_647
    const length = 1 + (state % LONGEST)
    parts.push(text.slice(at, at + length))
    at += length
  }
  return parts
}

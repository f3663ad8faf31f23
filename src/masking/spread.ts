/** How the characters of a value are spread, in one pass each: a hostile text makes thousands of long values. Pure. */

/** Pairs of letters that make up three quarters of English words and of names in source code (counted over both). */
const COMMON = (
  'ab ac ad ag ai al am an ap ar as at au ba be bl bu ca ce ch ck cl co cr cs ct da dd de di do dr ds ea ec ed ee ' +
  'ef eg el em en ep er es et ev ew ex ff fi fo ge go ha he ho ia ic id ie if ig il im in io ir is it iz ke la ld le ' +
  'li ll lo ls lt ma me mi mo mp ms na nc nd ne nf ng ni no ns nt oc od of ol om on oo op or os ot ou ow pa pe pi pl ' +
  'po pr pt pu ra rc re ri rm ro rr rs rt sa sc se sh si so sp ss st su ta tc te th ti to tp tr ts tt tu ty ue ul un ' +
  'up ur us ut va ve xt yp ze'
).split(' ')

const ASCII = 128
/** By both letters, as they are: 1 where the pair is common in whatever case. */
const PAIRS = new Uint8Array(ASCII * ASCII)
for (const pair of COMMON)
  for (const first of [pair[0]!, pair[0]!.toUpperCase()])
    for (const second of [pair[1]!, pair[1]!.toUpperCase()])
      PAIRS[first.charCodeAt(0) * ASCII + second.charCodeAt(0)] = 1

/** Kinds of characters: all that is no letter or digit of ASCII is one kind. */
const [LOWER, UPPER, DIGIT] = [1, 2, 3]
const KINDS = new Uint8Array(ASCII)
KINDS.fill(LOWER, 97, 123)
KINDS.fill(UPPER, 65, 91)
KINDS.fill(DIGIT, 48, 58)
const kindAt = (value: string, at: number): number => KINDS[value.charCodeAt(at)] ?? 0

/** Scratch: how often each character of ASCII came, and which came, in order. */
const times = new Uint32Array(ASCII)
const came = new Uint8Array(ASCII)

/** Shannon's entropy in bits a character; a character beyond the first plane counts once of two units. */
export function entropy(text: string): number {
  const { length } = text
  let distinct = 0
  let at = 0
  for (; at < length; at++) {
    const unit = text.charCodeAt(at)
    if (unit >= ASCII) break
    if (times[unit]!++ === 0) came[distinct++] = unit
  }
  let bits = 0
  for (let i = 0; i < distinct; i++) {
    const share = times[came[i]!]! / length
    bits -= share * Math.log2(share)
    times[came[i]!] = 0
  }
  return at === length ? bits : entropyOfAny(text)
}

function entropyOfAny(text: string): number {
  const counts = new Map<string, number>()
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

/**
 * Neighbouring letters within words, and how many of these pairs are common. A word is in lower case, perhaps with a
 * capital, or in upper case: `HTTPServer` is two.
 */
export function pairsIn(value: string): { readonly pairs: number; readonly common: number } {
  let pairs = 0
  let common = 0
  let before = kindAt(value, 0)
  let kind = kindAt(value, 1)
  for (let at = 1; at < value.length; at++) {
    const next = kindAt(value, at + 1)
    if (kind === LOWER ? before === LOWER || before === UPPER : kind === UPPER && before === UPPER && next !== LOWER) {
      pairs++
      common += PAIRS[value.charCodeAt(at - 1) * ASCII + value.charCodeAt(at)]!
    }
    before = kind
    kind = next
  }
  return { pairs, common }
}

/** How often the kind of character changes from one to the next, 0…1: words and names seldom, generated values often. */
export function restlessness(value: string): number {
  let changes = 0
  let before = kindAt(value, 0)
  for (let at = 1; at < value.length; at++) {
    const kind = kindAt(value, at)
    if (kind !== before) changes++
    before = kind
  }
  return changes / Math.max(1, value.length - 1)
}

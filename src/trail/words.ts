/** The words of a text, as the full-text index knows them. Pure, and the only place that says what a word is. */

/** What a text is to the index: its words in order, and the identifiers that are made of several of them. */
export interface Words {
  /** Words and parts of identifiers (camelCase, snake_case), lower case, NFC, in order; one Han or kana sign each. */
  readonly flow: readonly string[]
  /** Identifiers of several parts, joined: `getUserName` and `get_user_name` are both `getusername`. */
  readonly runs: readonly string[]
}

/** At most this many words of one text are indexed, so that a vast prompt cannot hold up everyone else's commit. */
export const MOST_WORDS = 100_000
/** A longer word counts by its first characters (UTF-16 units). */
export const LONGEST_WORD = 128

const RUN = /[\p{L}\p{N}\p{M}_]+/gu
const PART =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?[[\p{Ll}\p{Lt}\p{Lm}\p{Lo}\p{M}\p{N}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]]+|\p{Lu}+[\p{N}\p{M}]*/gv
const ONE_PART = /^(?:[A-Za-z]?[a-z0-9]*|[A-Z]+[0-9]*)$/

/** Marks in a row after which a joiner stands, as in UAX #15 (stream-safe text): to bring n in order takes their square. */
const MARKS = /\p{M}{30}/gu

const composed = (text: string): string => text.replace(MARKS, '$&\u034f').normalize('NFC')

/** Reads the words of a text. */
export function wordsOf(text: string): Words {
  const flow: string[] = []
  const runs: string[] = []
  for (const [run] of composed(text).matchAll(RUN)) {
    if (flow.length >= MOST_WORDS) break
    if (ONE_PART.test(run)) flow.push(fold(run))
    else addParts(run, flow, runs)
  }
  return { flow: flow.slice(0, MOST_WORDS), runs }
}

/** Words that are given at a time. */
const SOME = 1024
/** UTF-16 units that are read at a time, to the end of their last line. */
const UNITS = 65_536

/** All words of a text, however many they are, some at a time. */
export function* wordsIn(text: string): Generator<Words> {
  let [flow, runs]: [string[], string[]] = [[], []]
  for (const lines of linesOf(text))
    for (const [run] of composed(lines).matchAll(RUN)) {
      if (ONE_PART.test(run)) flow.push(fold(run))
      else addParts(run, flow, runs)
      if (flow.length < SOME) continue
      yield { flow, runs }
      ;[flow, runs] = [[], []]
    }
  yield { flow, runs }
}

/** A text in pieces of whole lines. */
function* linesOf(text: string): Generator<string> {
  for (let [from, to] = [0, 0]; from < text.length; from = to) {
    const end = text.indexOf('\n', from + UNITS)
    to = end < 0 ? text.length : end + 1
    yield text.slice(from, to)
  }
}

function addParts(run: string, flow: string[], runs: string[]): void {
  const parts = run.match(PART) ?? []
  for (const part of parts) flow.push(fold(part))
  if (parts.length > 1) runs.push(fold(parts.join('')))
}

const fold = (word: string): string => word.slice(0, LONGEST_WORD).toLowerCase()

/** A search for one word or phrase: its parts must follow one another, or it is one identifier known by its whole. */
export interface Sought {
  readonly flow: readonly string[]
  readonly run?: string
}

/** What to look for in the index for one item of free text. `flow` is empty where the text holds no word. */
export function soughtOf(text: string): Sought {
  const { flow, runs } = wordsOf(text)
  const single = (composed(text).match(RUN) ?? []).length === 1
  if (!single) return { flow }
  const run = runs[0] ?? flow[0]
  return run === undefined ? { flow } : { flow, run }
}

/** Whether a text's words hold what is sought; stores that keep an index must agree with it. */
export function holds(words: Words, sought: Sought): boolean {
  if (sought.run !== undefined && words.runs.includes(sought.run)) return true
  const { flow } = sought
  if (flow.length === 0) return false
  return words.flow.some((_, at) => flow.every((word, offset) => words.flow[at + offset] === word))
}

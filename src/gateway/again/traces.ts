/** What erased turns were the first to say, and where another text says it again: exact, in time linear in the text. Reads no body. */
import { isBlob, type Line, type Stretch, type Worded, type Work, weightOf, wordsIn } from './words.ts'

/** A shorter line is said by too many. In letters. */
const SHORTEST = 8
/** A shorter line is found as a whole line alone, a longer one also within another. In letters. */
const SHORTEST_PART = 12
/** So many words in a row that nobody said before are a trace, wherever they stand. */
const RUN = 8
/** What ends a sentence, between two words. */
const SENTENCE = /[.!?…]["'’”»)*_]*\s|[。！？；]|\\[nrt]/
/** What somebody puts before a line that they quote: its number. */
const NUMBER = /^\d+$/
/** Words between two steps. */
const STEP = 2048
const LAST = STEP - 1

/** Where lines are all that is looked at. */
const NO_WORDS: readonly Stretch[] = []

/** By piece: the turn, from 0, that said it first. */
type Pieces = Map<string, number>

export class Traces {
  /** Whole texts, without the space around them. */
  readonly #texts: Pieces = new Map()
  /** Whole lines. */
  readonly #lines: Pieces = new Map()
  /** The words of whole lines that are too short to be looked for within others. */
  readonly #short: Pieces = new Map()
  /** Words in a row: of a line or a sentence that has few, or any `RUN` of them. */
  readonly #runs: Pieces = new Map()
  /** By a run's first word: a bit for each length that such runs have. */
  readonly #lengths = new Map<string, number>()

  get isEmpty(): boolean {
    return this.#lines.size + this.#short.size + this.#runs.size === 0
  }

  /** What an erased turn says. Turns come in their order. */
  *add(text: string, turn: number): Work<void> {
    const worded = yield* wordsIn(text)
    keep(this.#texts, text.trim(), turn)
    for (const [nth, line] of worded.lines.entries()) {
      if (nth % STEP === LAST) yield
      if (weightOf(line.value) < SHORTEST) continue
      keep(this.#lines, line.value, turn)
      yield* this.#addWords(worded, line, turn)
      yield* this.#addSentences(text, worded, line, turn)
    }
    for (const { from, to } of worded.blobs)
      if (to - from > 1 && to - from <= RUN) this.#addRun(worded.words, from, to, turn)
  }

  /** What a turn says that stays: what it said before any erased one did is no trace of them. */
  *drop(text: string, turn: number): Work<void> {
    const worded = yield* wordsIn(text)
    forget(this.#texts, text.trim(), turn)
    for (const [nth, line] of worded.lines.entries()) {
      if (nth % STEP === LAST) yield
      forget(this.#lines, line.value, turn)
      for (const words of shortIn(worded, line)) forget(this.#short, words, turn)
    }
    for (let at = 0; at < worded.words.length; at++) {
      this.#longestAt(worded, at, (run) => void forget(this.#runs, run, turn))
      if (at % STEP === LAST) yield
    }
  }

  /** Where a text says some of it: in order, apart from each other by a word at least. */
  *findIn(text: string): Work<readonly Stretch[]> {
    const worded = yield* wordsIn(text)
    const gone = new Uint8Array(worded.words.length)
    for (let [at, end] = [0, 0]; at < gone.length; at++) {
      end = Math.max(end, at + this.#longestAt(worded, at))
      if (at < end) gone[at] = 1
      if (at % STEP === LAST) yield
    }
    const found: Stretch[] = []
    let isNew = false
    for (const [nth, line] of worded.lines.entries()) {
      if (nth % STEP === LAST) yield
      const isWhole = this.#isTrace(worded, line)
      if (isWhole) gone.fill(1, line.from, line.to)
      const parts = isWhole ? [line] : yield* this.#goneIn(worded, line, gone)
      isNew ||= parts[0] !== line && weightOf(line.value) >= SHORTEST
      for (const part of parts) found.push(part)
    }
    const [first, last] = [worded.lines[0], worded.lines.at(-1)]
    if (!isNew && found.length > 0 && first && last && this.#texts.has(text.trim()))
      return [{ start: first.start, end: last.end }]
    return yield* joined(found, worded, gone)
  }

  #isTrace(worded: Worded, line: Line): boolean {
    return this.#lines.has(line.value) || shortIn(worded, line).some((words) => this.#short.has(words))
  }

  /** A line of which no word is left goes with all its signs. */
  *#goneIn({ starts, ends }: Worded, line: Line, gone: Uint8Array): Work<readonly Stretch[]> {
    const here = gone.subarray(line.from, line.to)
    if (!here.includes(1)) return NO_WORDS
    if (!here.includes(0)) return [line]
    const found: Stretch[] = []
    for (let at = line.from; at < line.to; at++) {
      if (at % STEP === LAST) yield
      if (!gone[at]) continue
      const from = at
      while (at + 1 < line.to && gone[at + 1]) at++
      found.push({ start: starts[from] as number, end: ends[at] as number })
    }
    return found
  }

  /** How many words the longest run has that begins here; each is told. */
  #longestAt({ words, fresh }: Worded, at: number, tell?: (run: string) => void): number {
    const lengths = this.#lengths.get(words[at] as string)
    if (lengths === undefined) return 0
    let run = ''
    let longest = 0
    for (let length = 1; length <= RUN && at + length <= words.length; length++) {
      if (length > 1 && fresh.has(at + length - 1)) break
      run = length === 1 ? (words[at] as string) : `${run} ${words[at + length - 1]}`
      if (!(lengths & (1 << length)) || !this.#runs.has(run)) continue
      longest = length
      tell?.(run)
    }
    return longest
  }

  *#addWords({ words }: Worded, { from, to }: Line, turn: number): Work<void> {
    for (let at = from; at < to; at++) {
      if (isBlob(words[at] as string)) this.#addRun(words, at, at + 1, turn)
      if (at % STEP === LAST) yield
    }
    for (let at = from; to - from > RUN && at + RUN <= to; at++) {
      this.#addRun(words, at, at + RUN, turn)
      if (at % STEP === LAST) yield
    }
    if (to - from > RUN) return
    if (isPart(words, from, to)) this.#addRun(words, from, to, turn)
    else if (weightOf(textOf(words, from, to)) >= SHORTEST) keep(this.#short, textOf(words, from, to), turn)
  }

  *#addSentences(text: string, { words, starts, ends }: Worded, line: Line, turn: number): Work<void> {
    for (let [at, from] = [line.from + 1, line.from]; at <= line.to; at++) {
      if (at % STEP === LAST) yield
      const isEnd = at === line.to || SENTENCE.test(text.slice(ends[at - 1], starts[at]))
      if (!isEnd) continue
      if (at - from <= RUN && isPart(words, from, at)) this.#addRun(words, from, at, turn)
      from = at
    }
  }

  #addRun(words: readonly string[], from: number, to: number, turn: number): void {
    const first = words[from] as string
    keep(this.#runs, textOf(words, from, to), turn)
    this.#lengths.set(first, (this.#lengths.get(first) ?? 0) | (1 << (to - from)))
  }
}

const textOf = (words: readonly string[], from: number, to: number): string => words.slice(from, to).join(' ')

/** Whether so few words say enough to be looked for within other lines: one alone only where it is no word of a language. */
function isPart(words: readonly string[], from: number, to: number): boolean {
  const first = words[from] as string
  if (to - from === 1 && !isBlob(first) && !/\p{N}/u.test(first)) return false
  return weightOf(textOf(words, from, to)) >= SHORTEST_PART
}

/** The words of a short line, and those behind its number. */
function shortIn({ words }: Worded, { from, to }: Line): string[] {
  const isNumbered = to - from > 1 && NUMBER.test(words[from] as string)
  return [from, ...(isNumbered ? [from + 1] : [])]
    .filter((first) => to > first && to - first <= RUN)
    .map((first) => textOf(words, first, to))
}

function keep(pieces: Pieces, piece: string, turn: number): void {
  if (!pieces.has(piece)) pieces.set(piece, turn)
}

function forget(pieces: Pieces, piece: string, turn: number): void {
  const first = pieces.get(piece)
  if (first !== undefined && turn < first) pieces.delete(piece)
}

/** Those between which no word is left are one. */
function* joined(found: readonly Stretch[], { starts }: Worded, gone: Uint8Array): Work<readonly Stretch[]> {
  const all: Stretch[] = []
  let at = 0
  for (const [nth, { start, end }] of found.entries()) {
    if (nth % STEP === LAST) yield
    const last = all.at(-1)
    let isApart = last === undefined
    for (; at < gone.length && (starts[at] as number) < start; at++) {
      isApart ||= !gone[at]
      if (at % STEP === LAST) yield
    }
    if (last && !isApart) all[all.length - 1] = { start: last.start, end }
    else all.push({ start, end })
  }
  return all
}

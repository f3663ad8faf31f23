/** What of the words that a text was indexed by a text says now, phrases as well as words. Pure; linear in both; adds no word. */
import type { Words } from './words.ts'

/** Words of a row between two steps. */
const STEP = 4096
const LAST = STEP - 1
/** In the place of what is no word of a text, or none any more. */
const NONE = -1

/** The words of a row as numbers, in their order. */
interface Numbered {
  readonly ids: ReadonlyMap<string, number>
  readonly order: Int32Array
}

/** What of a row is said still. `pairs`: words of it that stand side by side, by `pairOf`. */
interface Said {
  readonly words: Uint8Array
  readonly pairs: ReadonlySet<number>
  readonly runs: ReadonlySet<string>
}

/**
 * The words of a row that a text says still, in their order. Two of them that stand side by side nowhere in the text have `gap`
 * between them: no phrase goes over what was taken out. @param text all its words, some at a time
 * @param gap what no word is; it may stand in the row already
 */
export function* stillSaid(row: Words, text: Iterable<Words>, gap: string): Generator<undefined, Words, void> {
  const numbered = yield* numberedOf(row, gap)
  const said = yield* saidIn(text, row, numbered)
  const flow: string[] = []
  let last = NONE
  for (const [at, id] of numbered.order.entries()) {
    if (at % STEP === LAST) yield
    const isSaid = id !== NONE && said.words[id] === 1
    if (isSaid && flow.length > 0 && !(last !== NONE && said.pairs.has(pairOf(numbered, last, id)))) flow.push(gap)
    if (isSaid) flow.push(row.flow[at] as string)
    last = isSaid ? id : NONE
  }
  return { flow, runs: row.runs.filter((run) => said.runs.has(run)) }
}

function* numberedOf({ flow }: Words, gap: string): Generator<undefined, Numbered, void> {
  const ids = new Map<string, number>()
  const order = new Int32Array(flow.length).fill(NONE)
  for (const [at, word] of flow.entries()) {
    if (at % STEP === LAST) yield
    if (word === gap) continue
    const id = ids.get(word) ?? ids.size
    ids.set(word, id)
    order[at] = id
  }
  return { ids, order }
}

const pairOf = ({ order }: Numbered, first: number, second: number): number => first * order.length + second

function* saidIn(text: Iterable<Words>, row: Words, numbered: Numbered): Generator<undefined, Said, void> {
  const words = new Uint8Array(numbered.ids.size)
  const sought = yield* pairsIn(numbered)
  const pairs = new Set<number>()
  const soughtRuns = new Set(row.runs)
  const runs = new Set<string>()
  let last = NONE
  for (const some of text) {
    for (const word of some.flow) {
      const id = numbered.ids.get(word) ?? NONE
      if (id !== NONE) {
        words[id] = 1
        const pair = last === NONE ? NONE : pairOf(numbered, last, id)
        if (sought.has(pair)) pairs.add(pair)
      }
      last = id
    }
    for (const run of some.runs) if (soughtRuns.has(run)) runs.add(run)
    yield
  }
  return { words, pairs, runs }
}

function* pairsIn(numbered: Numbered): Generator<undefined, ReadonlySet<number>, void> {
  const pairs = new Set<number>()
  let last = NONE
  for (const [at, id] of numbered.order.entries()) {
    if (at % STEP === LAST) yield
    if (last !== NONE && id !== NONE) pairs.add(pairOf(numbered, last, id))
    last = id
  }
  return pairs
}

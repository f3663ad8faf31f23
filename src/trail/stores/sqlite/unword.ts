/** Takes words out of a file's index that a text says no more. The index holds no text, so its own tokens are read back. */
import { stillSaid } from '../../still.ts'
import { TOKEN_BYTES, type Tokens } from '../../tokens.ts'
import { type Words, wordsIn } from '../../words.ts'
import type { Day } from './day.ts'
import { each, inSlices, paced, type Sliced } from './sliced.ts'

/** A text in the index, by its row. */
export interface Worded {
  readonly id: number
  /** What it says by now; absent: nothing. */
  readonly says?: string
}

interface Instance {
  readonly term: string
  readonly doc: number
  readonly col: 'flow' | 'runs'
  readonly offset: number
}

interface Text {
  readonly flow: string[]
  readonly runs: string[]
}

/** A row that is to be written anew. */
interface Change {
  readonly id: number
  readonly was: Words
  readonly left: Words
}

/** Stands where words were taken out, so that those around it are no phrase. No search makes it. */
const GAP = '0'.repeat(2 * TOKEN_BYTES)
/** So many rows are looked for at a time. */
const STEP = 5000
/** So many words are held before their rows are written anew, about. */
const AT_ONCE = 100_000
/** Tokens are looked through by their first three digits, for the index is read in their order. */
const PARTS = Array.from({ length: 4096 }, (_, at) => at.toString(16).padStart(3, '0'))
const FOUND = `SELECT term, doc, col, "offset" FROM temp.vocabulary WHERE term >= ? AND term < ?
  AND doc IN (SELECT id FROM temp.sought)`

/** Each row keeps those of its words that it says still. May be done again. */
export function* unword(day: Day, tokens: Tokens, rows: readonly Worded[]): Sliced {
  for (let at = 0; at < rows.length; at += STEP) {
    const some = rows.slice(at, at + STEP)
    const texts = yield* textsOf(day, some)
    let lot: Change[] = []
    let words = 0
    for (const { id, says } of some) {
      const was = texts.get(id)
      texts.delete(id)
      const left = was && (yield* leftOf(tokens, was, says))
      if (!left || (isSame(left.flow, was.flow) && isSame(left.runs, was.runs))) continue
      lot.push({ id, was, left })
      words += was.flow.length
      if (words < AT_ONCE) continue
      yield* inSlices(day, lot, (change) => rewrite(day, change))
      ;[lot, words] = [[], 0]
    }
    yield* inSlices(day, lot, (change) => rewrite(day, change))
  }
}

const NOTHING: Words = { flow: [], runs: [] }

function* leftOf(tokens: Tokens, was: Words, says: string | undefined): Sliced<Words> {
  return says === undefined ? NOTHING : yield* paced(stillSaid(was, tokensIn(tokens, says), GAP))
}

function* tokensIn(tokens: Tokens, text: string): Generator<Words> {
  for (const { flow, runs } of wordsIn(text)) yield { flow: hexOf(tokens, flow), runs: hexOf(tokens, runs) }
}

function hexOf(tokens: Tokens, words: readonly string[]): string[] {
  const hex = tokens.pack(words).toString('hex')
  return words.map((_, nth) => hex.slice(2 * TOKEN_BYTES * nth, 2 * TOKEN_BYTES * (nth + 1)))
}

const isSame = (left: readonly string[], was: readonly string[]): boolean =>
  left.length === was.length && left.every((word, at) => word === was[at])

function rewrite({ file }: Day, { id, was, left }: Change): number {
  const [flow, runs] = [was.flow.join(' '), was.runs.join(' ')]
  file.run("INSERT INTO words(words, rowid, flow, runs) VALUES ('delete', ?, ?, ?)", id, flow, runs)
  const insert = 'INSERT INTO words(rowid, flow, runs) VALUES (?, ?, ?)'
  if (left.flow.length > 0) file.run(insert, id, left.flow.join(' '), left.runs.join(' '))
  return 1
}

/** The tokens of each row in order, as the index has them. Nobody changes these rows meanwhile. */
function* textsOf({ file }: Day, rows: readonly Worded[]): Sliced<Map<number, Text>> {
  file.command("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab('main', 'words', 'instance')")
  file.command('CREATE TABLE IF NOT EXISTS temp.sought(id INTEGER PRIMARY KEY); DELETE FROM temp.sought')
  file.run('INSERT OR IGNORE INTO temp.sought SELECT value FROM json_each(?)', JSON.stringify(rows.map(({ id }) => id)))
  const texts = new Map<number, Text>()
  yield* each(PARTS, (part) => {
    for (const { term, doc, col, offset } of file.all<Instance>(FOUND, part, `${part}g`)) {
      const text = texts.get(doc) ?? { flow: [], runs: [] }
      text[col][offset] = term
      texts.set(doc, text)
    }
  })
  file.command('DELETE FROM temp.sought')
  return texts
}

/** Takes words out of a file's index: of whole texts, or some words of them. The index holds no text, so its own tokens are read back. */
import type { Tokens } from '../../tokens.ts'
import { wordsOf } from '../../words.ts'
import type { Day } from './day.ts'
import { each, inSlices, type Sliced } from './sliced.ts'

/** A text in the index, by its row. */
export interface Worded {
  readonly id: number
  /** Whether all of it goes; else the words of what is taken out of all, and of it, do. */
  readonly erased: boolean
  readonly taken?: readonly string[]
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

/** So many rows are looked for at a time. */
const STEP = 5000
/** Tokens are looked through by their first three digits, for the index is read in their order. */
const PARTS = Array.from({ length: 4096 }, (_, at) => at.toString(16).padStart(3, '0'))
const FOUND = `SELECT term, doc, col, "offset" FROM temp.vocabulary WHERE term >= ? AND term < ?
  AND doc IN (SELECT id FROM temp.sought)`

/** `taken`: texts whose words leave those rows that stay. May be done again. */
export function* unword(day: Day, tokens: Tokens, rows: readonly Worded[], taken: readonly string[]): Sliced {
  const sought = taken.map((text) => tokensOf(tokens, text))
  for (let at = 0; at < rows.length; at += STEP) {
    const some = rows.slice(at, at + STEP)
    const texts = yield* textsOf(day, some)
    yield* inSlices(day, some, (row) => {
      const own = (row.taken ?? []).map((text) => tokensOf(tokens, text))
      return unwordOne(day, row, texts.get(row.id), [...sought, ...own])
    })
  }
}

function tokensOf(tokens: Tokens, text: string): Text {
  const { flow, runs } = wordsOf(text)
  return { flow: flow.map((word) => tokens.hex(word)), runs: runs.map((word) => tokens.hex(word)) }
}

function unwordOne({ file }: Day, { id, erased }: Worded, text: Text | undefined, sought: readonly Text[]): number {
  if (!text) return 0
  const [flow, runs] = [text.flow.join(' '), text.runs.join(' ')]
  file.run("INSERT INTO words(words, rowid, flow, runs) VALUES ('delete', ?, ?, ?)", id, flow, runs)
  const left = erased ? undefined : sought.reduce(without, text)
  if (!left || left.flow.length === 0) return 1
  const insert = 'INSERT INTO words(rowid, flow, runs) VALUES (?, ?, ?)'
  file.run(insert, id, left.flow.join(' '), left.runs.join(' '))
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

/** A text without every run of tokens that another is. */
function without(text: Text, { flow, runs }: Text): Text {
  const gone = new Set(runs)
  return { flow: flow.length ? cut(text.flow, flow) : text.flow, runs: text.runs.filter((run) => !gone.has(run)) }
}

function cut(all: string[], run: readonly string[]): string[] {
  const left: string[] = []
  for (let at = 0; at < all.length; ) {
    const here = at
    if (run.every((token, nth) => all[here + nth] === token)) at += run.length
    else left.push(all[at++] as string)
  }
  return left
}

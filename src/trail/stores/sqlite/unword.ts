/** Takes words out of a file's index: of whole texts, or some words of them. The index holds no text, so its own tokens are read back. */
import type { Tokens } from '../../tokens.ts'
import { wordsOf } from '../../words.ts'
import type { File } from './file.ts'

/** A text in the index, by its row. */
export interface Worded {
  readonly id: number
  /** Whether all of it goes; else the words of `taken` do. */
  readonly erased: boolean
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

/** Within a transaction. `taken`: texts whose words leave those rows that stay. */
export function unword(file: File, tokens: Tokens, rows: readonly Worded[], taken: readonly string[]): void {
  const sought = taken.map((text) => tokensOf(tokens, text))
  for (let at = 0; at < rows.length; at += STEP) unwordSome(file, rows.slice(at, at + STEP), sought)
  if (rows.length > 0) file.command("INSERT INTO words(words) VALUES ('optimize')")
}

function tokensOf(tokens: Tokens, text: string): Text {
  const { flow, runs } = wordsOf(text)
  return { flow: flow.map((word) => tokens.hex(word)), runs: runs.map((word) => tokens.hex(word)) }
}

function unwordSome(file: File, rows: readonly Worded[], sought: readonly Text[]): void {
  const texts = textsOf(file, rows)
  for (const { id, erased } of rows) {
    const text = texts.get(id)
    if (!text) continue
    const [flow, runs] = [text.flow.join(' '), text.runs.join(' ')]
    file.run("INSERT INTO words(words, rowid, flow, runs) VALUES ('delete', ?, ?, ?)", id, flow, runs)
    if (erased) continue
    const left = sought.reduce(without, text)
    if (left.flow.length === 0) continue
    const insert = 'INSERT INTO words(rowid, flow, runs) VALUES (?, ?, ?)'
    file.run(insert, id, left.flow.join(' '), left.runs.join(' '))
  }
}

/** The tokens of each row in order, as the index has them. */
function textsOf(file: File, rows: readonly Worded[]): Map<number, Text> {
  file.once("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab('main', 'words', 'instance')")
  const ids = rows.map(({ id }) => id).join(', ')
  const found = file.once<Instance>(`SELECT term, doc, col, "offset" FROM temp.vocabulary WHERE doc IN (${ids})`)
  const texts = new Map<number, Text>()
  for (const { term, doc, col, offset } of found) {
    const text = texts.get(doc) ?? { flow: [], runs: [] }
    text[col][offset] = term
    texts.set(doc, text)
  }
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

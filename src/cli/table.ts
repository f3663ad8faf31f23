/** Rows in columns, for a terminal of any width and for a pipe. Its cells are escaped here; prints nothing. */
import { type Colour, columns, line, paint } from './terminal.ts'

/** What came from outside may stand in a cell as it is. */
export type Cell = string | readonly [text: string, colour: Colour]

const GAP = 2
const NARROWEST = 6
const WIDEST = 60

/** What is to be typed again is never cut, nor when something goes. */
const KEPT = /^(exchange|session|id|name|time|began|address|day|until)$/
/** What somebody is asked to agree to is never cut: it goes on in the next line. A last column alone. */
const WRAPPED = /^what becomes of it$/
/** The narrowest that it is wrapped in beside the others; where there is less room it stands below them. */
const BESIDE = 24

/** Each column as wide as its widest cell; on a terminal the widest ones are cut until a row fits. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[], most = columns()): string {
  const last = head.length - 1
  const texts = [head, ...rows].map((row) =>
    row.map((cell, at) => cellText(cell, at === last ? (WRAPPED.test(head[last] ?? '') ? 4000 : 200) : WIDEST)),
  )
  const widths = head.map((_, at) => Math.max(...texts.map((row) => width(row[at] ?? ''))))
  if (most === undefined) return texts.map((row, nth) => told(row, widths, rows[nth - 1])).join('\n')
  if (WRAPPED.test(head[last] ?? '')) return wrapped(texts, widths, rows, most)
  shrink(widths, most, head)
  return texts.map((row, nth) => told(row, widths, rows[nth - 1])).join('\n')
}

/** The last column in as many lines as it takes: beside the others, or below them where that is too narrow. */
function wrapped(texts: string[][], widths: number[], rows: readonly (readonly Cell[])[], most: number): string {
  const beside = most - widths.slice(0, -1).reduce((sum, one) => sum + one + GAP, 0)
  const isBelow = beside < Math.min(BESIDE, widths.at(-1) ?? 0)
  const indent = isBelow ? GAP : most - beside
  return texts
    .flatMap((row, nth) => {
      const cells = rows[nth - 1]
      const [first = '', ...more] = [...(isBelow ? [''] : []), ...linesOf(row.at(-1) ?? '', most - indent)]
      const colour = typeof cells?.at(-1) === 'object' ? (cells.at(-1) as readonly [string, Colour])[1] : undefined
      const later = more.map(
        (text) => ' '.repeat(indent) + (colour ? paint(colour, text) : cells ? text : paint('dim', text)),
      )
      return [told([...row.slice(0, -1), first], widths, cells), ...later]
    })
    .join('\n')
}

/** A text in lines of at most so many columns, broken between words. */
function linesOf(text: string, most: number): string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const longer = [lines.at(-1), word].filter((part) => part).join(' ')
    if (width(longer) <= most || lines.at(-1) === '') lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

const cellText = (cell: Cell, most: number): string => line(typeof cell === 'string' ? cell : cell[0], most)

/** A row of texts; its colours come from `cells`, and the head, which has none, is dim. */
function told(texts: readonly string[], widths: readonly number[], cells: readonly Cell[] | undefined): string {
  const parts = texts.map((text, at) => {
    const most = widths[at] ?? 0
    const cut = fit(text, most)
    const cell = cells?.[at]
    const filled = at === texts.length - 1 ? cut : cut + ' '.repeat(most - width(cut) + GAP)
    return typeof cell === 'object' ? paint(cell[1], filled) : filled
  })
  const row = parts.join('').trimEnd()
  return cells ? row : paint('dim', row)
}

/** Takes from the widest column, one character at a time, down to six. */
function shrink(widths: number[], most: number, head: readonly string[]): void {
  let over = widths.reduce((sum, one) => sum + one + GAP, -GAP) - most
  while (over-- > 0) {
    const room = widths.map((one, at) => (one > NARROWEST && !KEPT.test(head[at] ?? '') ? one : 0))
    const widest = room.indexOf(Math.max(...room))
    if ((room[widest] ?? 0) === 0) return
    widths[widest] = (widths[widest] ?? 0) - 1
  }
}

/** Characters that fill two columns: East Asian wide forms and emoji. Source: Unicode UAX #11, by blocks. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u

const one = (char: string): number => (/\p{M}/u.test(char) ? 0 : WIDE.test(char) ? 2 : 1)

/** Columns that a text fills. */
export const width = (text: string): number => [...text].reduce((sum, char) => sum + one(char), 0)

function fit(text: string, most: number): string {
  if (width(text) <= most) return text
  let kept = ''
  let filled = 1
  for (const char of text) {
    filled += one(char)
    if (filled > most) break
    kept += char
  }
  return `${kept}…`
}

/** Rows in columns, for a terminal of any width and for a pipe. Its cells are escaped here; prints nothing. */
import { type Colour, columns, line, paint } from './terminal.ts'

/** What came from outside may stand in a cell as it is. */
export type Cell = string | readonly [text: string, colour: Colour]

const GAP = 2
const NARROWEST = 6
const WIDEST = 60

/** What is to be typed again is never cut. */
const KEPT = /^(exchange|session|id|time|began|address)$/

/** Each column as wide as its widest cell; on a terminal the widest ones are cut until a row fits. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[], most = columns()): string {
  const last = head.length - 1
  const texts = [head, ...rows].map((row) => row.map((cell, at) => cellText(cell, at === last ? 200 : WIDEST)))
  const widths = head.map((_, at) => Math.max(...texts.map((row) => width(row[at] ?? ''))))
  if (most !== undefined) shrink(widths, most, head)
  return texts.map((row, nth) => told(row, widths, rows[nth - 1])).join('\n')
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

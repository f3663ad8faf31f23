/** A clearly marked block of lines in a file that belongs to somebody else. Pure. */
import { Fault } from '#exchange'

const BEGIN = '# >>> gatelog'
const END = '# <<< gatelog'

/** Lines between the marks. */
export const block = (client: string, lines: readonly string[]): string =>
  [`${BEGIN}: written by gatelog connect ${client}, taken out by --undo`, ...lines, END, ''].join('\n')

/** A text without its blocks. @throws client.settings where a block has no end */
export function withoutBlocks(text: string): string {
  const kept: string[] = []
  let inside = 0
  for (const [nth, row] of text.split(/(?<=\n)/).entries()) {
    if (row.startsWith(BEGIN)) {
      if (inside) throw unclosed(inside)
      inside = nth + 1
    }
    if (!inside) kept.push(row)
    if (row.trimEnd() === END) inside = 0
  }
  if (inside) throw unclosed(inside)
  return kept.join('')
}

const unclosed = (at: number) => new Fault('client.settings', `line ${at}: a block of Gatelog that does not end`)

/** A text and a block below it. */
export const appended = (text: string, below: string): string =>
  (text === '' || text.endsWith('\n') ? text : `${text}\n`) + below

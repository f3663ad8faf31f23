/** What changes between two texts, line by line, as a person reads it; secrets in it are masked. Pure. */
import { compile, type Engine, maskText, RULES } from '#masking'
import { paint, safe } from '../terminal.ts'

interface Line {
  readonly mark: ' ' | '-' | '+'
  readonly text: string
}

const CONTEXT = 3
/** Past this many pairs of lines all of the middle is shown as changed. */
const MOST_PAIRS = 4_000_000

/** Changed lines with three lines around them; empty where nothing changes. */
export function diff(before: string, after: string): string {
  const lines = compared(rows(before), rows(after))
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ mark }) => mark !== ' '),
  )
  const shown = lines.flatMap((line, at) => (near[at] ? [told(line)] : near[at - 1] ? ['…'] : []))
  return shown.join('\n')
}

const rows = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

function compared(before: readonly string[], after: readonly string[]): Line[] {
  let head = 0
  while (head < Math.min(before.length, after.length) && before[head] === after[head]) head += 1
  let tail = 0
  const most = Math.min(before.length, after.length) - head
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1
  const same = (texts: readonly string[]) => texts.map((text): Line => ({ mark: ' ', text }))
  const middle = changed(before.slice(head, before.length - tail), after.slice(head, after.length - tail))
  return [...same(before.slice(0, head)), ...middle, ...same(before.slice(before.length - tail))]
}

/** By the longest common subsequence of lines. */
function changed(before: readonly string[], after: readonly string[]): Line[] {
  const [n, m] = [before.length, after.length]
  const whole = n * m > MOST_PAIRS
  const longest = whole ? [] : Array.from({ length: n + 1 }, () => new Uint32Array(m + 1))
  const length = (i: number, j: number) => longest[i]?.[j] ?? 0
  if (!whole)
    for (let i = n - 1; i >= 0; i--)
      for (let j = m - 1; j >= 0; j--) {
        const row = longest[i] as Uint32Array
        row[j] = before[i] === after[j] ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1))
      }
  const lines: Line[] = []
  for (let i = 0, j = 0; i < n || j < m; ) {
    if (!whole && i < n && j < m && before[i] === after[j]) {
      lines.push({ mark: ' ', text: before[i++] ?? '' })
      j += 1
    } else if (i < n && (j >= m || length(i + 1, j) >= length(i, j + 1)))
      lines.push({ mark: '-', text: before[i++] ?? '' })
    else lines.push({ mark: '+', text: after[j++] ?? '' })
  }
  return lines
}

let engine: Engine | undefined
const OWN_KEY = /\b(gtl_[a-z]+_[0-9A-Za-z]{4}[0-9A-Za-z]{32})\b/

function told({ mark, text }: Line): string {
  const parts = text.split(OWN_KEY).map((part, nth) => (nth % 2 ? `${part.slice(0, -32)}…` : masked(part)))
  const row = safe(`${mark} ${parts.join('')}`.trimEnd())
  return mark === ' ' ? row : paint(mark === '+' ? 'green' : 'red', row)
}

function masked(text: string): string {
  engine ??= compile(RULES)
  return maskText(engine, text, 'text').text
}

// Whether a cut lets a secret through, or changes what leaves. Pure but for the engine.
import { type Engine, maskText } from '#masking'
import { type Cut, cutOf } from '../../src/cli/scan/cuts.ts'
import { modeOf, streamed } from '../../src/cli/scan/streamed.ts'
import { covered, ENOUGH, type Labelled, type Row, scanned } from './corpus.ts'

/** So many characters in a row of a secret must not be read. */
export const VISIBLE = 8

export interface Leaks {
  /** Secrets that the rules find in the whole text, and so many of them that are read under one cut or another. */
  readonly secrets: number
  readonly leaked: readonly string[]
  /** All labelled secrets: of these, those of which a part is masked and the rest is read, and those not masked at all. */
  readonly labelled: number
  readonly partly: readonly string[]
  readonly unmasked: number
  /** Runs, and the rows and cuts whose output is not that of the whole text. */
  readonly runs: number
  readonly differ: readonly string[]
}

const NAMES = ['whole', 'char', 'token', 'random:1', 'random:2', 'random:3', 'random:4', 'random:5']

/** Whether a stretch of the secret is read in `output` that stands nowhere else in the text; placeholders name no secret. */
export function isVisible(secret: string, masked: string, elsewhere = ''): boolean {
  const output = masked.replace(/\[masked:[a-z0-9-]+(?:#[a-z0-9]+)?\]/g, '\n')
  for (let at = 0; at + VISIBLE <= secret.length; at++) {
    const part = secret.slice(at, at + VISIBLE)
    if (output.includes(part) && !elsewhere.includes(part)) return true
  }
  return false
}

/** The text without its secrets. */
function elsewhereIn({ text, secrets }: Row): string {
  const parts = secrets.map(({ end }, nth) => text.slice(end, secrets[nth + 1]?.start))
  return [text.slice(0, secrets[0]?.start), ...parts].join('\n')
}

export function leaks(engine: Engine, rows: readonly Row[]): Leaks {
  const found = { secrets: 0, leaked: new Set<string>(), runs: 0, differ: [] as string[] }
  const rest = { labelled: 0, partly: [] as string[], unmasked: 0 }
  for (const row of rows) {
    const mode = modeOf(row.text)
    const whole = maskText(engine, row.text, mode).text
    const { findings } = scanned(engine, row)
    const shares = new Map(row.secrets.map((label) => [label, covered(label, findings)]))
    const sure = row.secrets.filter((label) => shares.get(label)! >= ENOUGH)
    const half = row.secrets.filter((label) => shares.get(label)! > 0 && shares.get(label)! < ENOUGH)
    rest.labelled += row.secrets.length
    rest.unmasked += row.secrets.length - sure.length - half.length
    for (const label of half) if (isRead(row, label, whole)) rest.partly.push(`${row.id} ${label.type}`)
    found.secrets += sure.length
    for (const name of NAMES) {
      const output = streamed(engine, (cutOf(name) as Cut)(row.text), mode)
      found.runs++
      if (output !== whole) found.differ.push(`${row.id} ${name}`)
      for (const label of sure) if (isRead(row, label, output)) found.leaked.add(`${row.id} ${label.type}`)
    }
  }
  return { ...found, ...rest, leaked: [...found.leaked] }
}

const isRead = (row: Row, { start, end }: Labelled, output: string): boolean =>
  isVisible(row.text.slice(start, end), output, elsewhereIn(row))

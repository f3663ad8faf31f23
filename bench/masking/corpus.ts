// The labelled texts of ../shared/data/secrets/dev.jsonl, and which parts of them findings cover. Reads one file.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Engine, maskText } from '#masking'
import { modeOf } from '../../src/cli/scan/streamed.ts'

/** UTF-16 offsets, end exclusive. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

export interface Labelled extends Stretch {
  readonly type: string
}

export interface Row {
  readonly id: string
  readonly text: string
  readonly secrets: readonly Labelled[]
  readonly source: string
  readonly kind: string
  /** Flagged by two rivals or more: mostly another rule's secret. */
  readonly weak?: boolean
}

export const FILE = join(import.meta.dirname, '../../../shared/data/secrets/dev.jsonl')

/** undefined where the file is absent. */
export function corpus(file = FILE): readonly Row[] | undefined {
  if (!existsSync(file)) return undefined
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Row)
}

/** A row with what the engine found in it. */
export interface Scanned {
  readonly row: Row
  readonly findings: readonly (Stretch & { readonly rule: string })[]
}

export const scanned = (engine: Engine, row: Row): Scanned => ({
  row,
  findings: maskText(engine, row.text, modeOf(row.text)).findings,
})

/** The share of a stretch that lies within findings, which are apart. */
export function covered({ start, end }: Stretch, findings: readonly Stretch[]): number {
  const within = findings.map((each) => Math.max(0, Math.min(end, each.end) - Math.max(start, each.start)))
  return within.reduce((sum, each) => sum + each, 0) / (end - start)
}

/** From this share on a secret counts as found. */
export const ENOUGH = 0.95

/** What a row was made from: the template for texts of our own, the project for others. */
export const templateOf = ({ source }: Row): string =>
  source.startsWith('synth') ? source : (source.split(/[/:]/)[0] ?? source)

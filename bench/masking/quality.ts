// Recall, false alarms and the rows behind them. Pure but for the engine it is given.
import type { Engine } from '#masking'
import { covered, ENOUGH, type Labelled, type Row, type Scanned, scanned, templateOf } from './corpus.ts'

export interface Tally {
  readonly name: string
  readonly found: number
  readonly of: number
}

/** Counted by whatever `nameOf` says, in order of that name. */
function tallies<Each>(
  list: readonly Each[],
  nameOf: (each: Each) => string,
  isFound: (each: Each) => boolean,
): Tally[] {
  return Object.entries(Object.groupBy(list, nameOf))
    .map(([name, some = []]) => ({ name, found: some.filter(isFound).length, of: some.length }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

interface Secret {
  readonly scan: Scanned
  readonly label: Labelled
}

/** A row that should not have been flagged, or a secret that should. */
export interface Fault {
  readonly row: Row
  readonly what: string
}

export interface Quality {
  readonly kinds: readonly Tally[]
  readonly templates: readonly Tally[]
  readonly types: readonly Tally[]
  /** Documents in which anything was found, by kind. */
  readonly alarms: readonly Tally[]
  readonly missed: readonly Fault[]
  readonly flagged: readonly Fault[]
  /** Findings that touch no label, in rows that have one. */
  readonly beside: readonly Fault[]
}

const isFound = ({ scan, label }: Secret): boolean => covered(label, scan.findings) >= ENOUGH

/** What counts as clean: negatives and documented examples; `weak` rows are left out. */
const isClean = ({ row }: Scanned): boolean => row.secrets.length === 0 && !row.weak

export function quality(engine: Engine, rows: readonly Row[]): Quality {
  const all = rows.map((row) => scanned(engine, row))
  const secrets = all.flatMap((scan) => scan.row.secrets.map((label) => ({ scan, label })))
  const clean = all.filter(isClean)
  const flagged = clean.filter(({ findings }) => findings.length > 0)
  return {
    kinds: tallies(secrets, ({ scan }) => scan.row.kind, isFound),
    templates: tallies(secrets, ({ scan }) => `${scan.row.kind} ${templateOf(scan.row)}`, isFound),
    types: tallies(secrets, ({ scan, label }) => `${scan.row.kind} ${label.type}`, isFound),
    alarms: tallies(
      clean,
      ({ row }) => row.kind,
      ({ findings }) => findings.length > 0,
    ),
    missed: secrets.filter((secret) => !isFound(secret)).map(missedOf),
    flagged: flagged.map(({ row, findings }) => ({ row, what: rulesOf(findings) })),
    beside: all.flatMap(besideOf),
  }
}

const rulesOf = (findings: Scanned['findings']): string => findings.map(({ rule }) => rule).join(' ')

const missedOf = ({ scan, label }: Secret): Fault => ({
  row: scan.row,
  what: `${label.type} ${Math.round(covered(label, scan.findings) * 100)} % \`${scan.row.text.slice(label.start, label.end)}\``,
})

function besideOf({ row, findings }: Scanned): Fault[] {
  if (row.secrets.length === 0) return []
  const stray = findings.filter((found) => row.secrets.every((label) => covered(found, [label]) === 0))
  return stray.length ? [{ row, what: rulesOf(stray) }] : []
}

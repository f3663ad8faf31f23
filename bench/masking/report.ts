// What was measured as pages of Markdown. Pure.
import type { Fault, Quality, Tally } from './quality.ts'

export const table = (
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string =>
  [
    `## ${title}`,
    `| ${head.join(' | ')} |`,
    `|${'---|'.repeat(head.length)}`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
  ].join('\n')

const share = ({ found, of }: Tally): string => (of ? (found / of).toFixed(3) : '–')

export const recallTable = (title: string, tallies: readonly Tally[]): string =>
  table(
    title,
    ['what', 'found', 'of', 'recall'],
    tallies.map((each) => [each.name, each.found, each.of, share(each)]),
  )

export const alarmTable = (tallies: readonly Tally[]): string =>
  table(
    'Clean documents flagged (weak rows left out)',
    ['kind', 'flagged', 'of'],
    tallies.map(({ name, found, of }) => [name, found, of]),
  )

const faultLine = ({ row, what }: Fault): string =>
  `${row.id} ${row.kind} ${row.source}: ${what}\n    ${JSON.stringify(row.text.slice(0, 400))}`

const section = (title: string, faults: readonly Fault[]): string =>
  [`## ${title}: ${faults.length}`, ...faults.map(faultLine), ''].join('\n')

/** The rows behind the figures: those whose kind, source or secret's type holds `part`, or all. */
export function rowsPage({ missed, flagged, beside, types }: Quality, part = ''): string {
  const some = (faults: readonly Fault[]) =>
    faults.filter(({ row, what }) => `${row.kind} ${row.source} ${what.split(' ')[0]}`.includes(part))
  return [
    section('Missed', some(missed)),
    section('Clean, yet flagged', some(flagged)),
    section('Flagged beside the labels', some(beside)),
    recallTable(
      'Types not found whole',
      types.filter(({ name, found, of }) => found < of && name.includes(part)),
    ),
  ].join('\n')
}

// What was measured as pages of Markdown. Pure.
import type { Leaks } from './leaks.ts'
import type { Fault, Quality, Tally } from './quality.ts'
import type { EventCost, HostileCost, LaneState, Rates } from './speed.ts'
import type { Recorded, Waits } from './waits.ts'

type Cells = readonly (string | number)[]

/** One section. */
export const table = (title: string, head: readonly string[], rows: readonly Cells[]): string =>
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
    ['what', 'found', 'of', 'share'],
    tallies.map((each) => [each.name, each.found, each.of, share(each)]),
  )

export const countTable = (title: string, tallies: readonly Tally[]): string =>
  table(
    title,
    ['what', 'count', 'of'],
    tallies.map(({ name, found, of }) => [name, found, of]),
  )

const some = (list: readonly string[]): string => list.slice(0, 5).join('; ')

export const leakTable = ({ secrets, leaked, labelled, partly, unmasked, runs, differ }: Leaks): string =>
  table(
    'Cuts',
    ['what', 'count', 'of', ''],
    [
      ['secrets found, yet read in 8 characters or more under any cut', leaked.length, secrets, some(leaked)],
      [
        'labelled secrets masked in part, of which 8 characters or more are read',
        partly.length,
        labelled,
        some(partly),
      ],
      ['labelled secrets of which nothing is masked (see recall)', unmasked, labelled, ''],
      ['outputs that a cut changed', differ.length, runs, some(differ)],
    ],
  )

/** How many characters may be suspect, and how many events may wait. */
interface Bar {
  readonly mean: number
  readonly p99: number
  readonly events?: number
}

export const waitTable = (waits: Waits, bar: Bar): string =>
  table(
    `Clean text, ${waits.events} events of a token; ${(waits.late * 100).toFixed(2)} % did not leave at once`,
    ['after each event', 'mean', 'p99', 'most', 'wanted: mean / p99'],
    [
      [
        'suspect characters',
        waits.suspects.mean.toFixed(3),
        waits.suspects.p99,
        waits.suspects.most,
        `${bar.mean} / ${bar.p99}`,
      ],
      [
        'events that wait',
        waits.waiting.mean.toFixed(3),
        waits.waiting.p99,
        waits.waiting.most,
        `– / ${bar.events ?? '–'}`,
      ],
    ],
  )

export const recordedTable = (found: Recorded | undefined): string =>
  found
    ? table(
        'Streams recorded from real APIs',
        ['streams', 'events', 'changed', 'findings'],
        [[found.streams, found.events, found.changed, some(found.findings)]],
      )
    : '## Streams recorded from real APIs\nskipped: ../shared/data/streams is absent\n'

export const costTable = (cost: EventCost, first: readonly Rates[], all: readonly Rates[]): string =>
  table(
    'Time',
    ['what', 'measured', 'in a process that did nothing else'],
    [
      [`per event of a token, ${cost.events} events, µs: p50 / p99 / p99.9 / most`, times(cost), ''],
      ...all.map(({ name, megabytes, rate }, nth) => [
        `${name}, ${megabytes.toFixed(2)} MB, MB/s`,
        rate.toFixed(1),
        first[nth]?.rate.toFixed(1) ?? '',
      ]),
    ],
  )

const times = ({ p50, p99, p999, most }: EventCost): string =>
  [p50, p99, p999, most].map((each) => each.toFixed(1)).join(' / ')

export const hostileTable = (costs: readonly HostileCost[], states: readonly LaneState[]): string =>
  table(
    'Hostile texts of 20 KB',
    ['text', 'ms/KB whole', 'in pieces of 4', 'the same in JSON', 'KB held by an open lane'],
    costs.map(({ name, whole, pieces, json }) => [
      name,
      ...[whole, pieces, json].map((each) => each.toFixed(3)),
      ((states.find((state) => state.name === name)?.bytes ?? Number.NaN) / 1024).toFixed(1),
    ]),
  )

const faultLine = ({ row, what }: Fault): string =>
  `${row.id} ${row.kind} ${row.source}: ${what}\n    ${JSON.stringify(row.text.slice(0, 400))}`

const section = (title: string, lines: readonly string[]): string =>
  [`## ${title}: ${lines.length}`, ...lines, ''].join('\n')

/** The rows behind the figures: those whose kind, source or secret's type holds `part`, or all. */
export function rowsPage({ missed, flagged, beside, types }: Quality, shapes: readonly string[], part = ''): string {
  const chosen = (faults: readonly Fault[]) =>
    faults.filter(({ row, what }) => `${row.kind} ${row.source} ${what.split(' ')[0]}`.includes(part)).map(faultLine)
  return [
    section('Missed', chosen(missed)),
    section('Clean, yet flagged', chosen(flagged)),
    section('Flagged beside the labels', chosen(beside)),
    section(
      'Missed in other surroundings',
      shapes.filter((line) => line.includes(part)),
    ),
    recallTable(
      'Types not found whole',
      types.filter(({ name, found, of }) => found < of && name.includes(part)),
    ),
  ].join('\n')
}

/** `gatelog purge`: removes the days whose time is over; shows first what goes, what stays, and why. */
import { Option } from 'commander'
import type { Purged, PurgeRow } from '#trail'
import { commonOf, examples, type Register, withRecord } from '../command.ts'
import { counted } from '../count.ts'
import { PRECEDENCE } from '../precedence.ts'
import { timeOf } from '../scope.ts'
import { type Cell, table } from '../table.ts'
import { json, out, say } from '../terminal.ts'

interface Options {
  readonly before?: string
  readonly dryRun?: true
  readonly yes?: true
  readonly why: string
}

export const purge: Register = (program) => {
  program
    .command('purge')
    .description('remove the days whose time is over; a running server does so daily')
    .addOption(
      new Option(
        '--before <day>',
        'and every day before that of this time (UTC) that neither a hold nor a statute keeps',
      ).argParser(dayOf),
    )
    .option('--dry-run', 'show what would go, and remove nothing')
    .option('--yes', 'do not ask')
    .option('--why <text>', 'the reason, for the record', 'its time is over')
    .addHelpText('after', `\n${PRECEDENCE}`)
    .addHelpText('after', examples('purge --dry-run', 'purge --yes', "purge --before 2025-01-01 --why 'old tests'"))
    .action(async ({ before, dryRun, yes, why }: Options, command) => {
      const done = await withRecord(command, async (record) => {
        const at = before === undefined ? '' : `?${new URLSearchParams({ before })}`
        const { rows } = await record.get<{ rows: PurgeRow[] }>(`/purge${at}`)
        const going = rows.filter(({ fate }) => fate === 'purge')
        if (!commonOf(command).json) tell(rows)
        if (dryRun || going.length === 0) return { rows, bytes: 0 }
        const { agreed } = await import('../connect/ask.ts')
        if (!(await agreed(question(going), yes === true))) return { rows, bytes: 0 }
        return record.send<Purged>('POST', '/purge', { why, ...(before !== undefined && { before }) })
      })
      if (commonOf(command).json) return out(json(done))
      if (done.seq !== undefined) out(`removed by entry ${done.seq}; ${megabytes(done.bytes)} given back`)
      else say('nothing was removed')
    })
}

/** The UTC day of a time. */
const dayOf = (text: string): string => new Date(timeOf(text)).toISOString().slice(0, 10)

const question = (going: readonly PurgeRow[]): string =>
  `Remove ${counted(going.length, 'day')} with ${counted(sum(going, 'exchanges'), 'exchange')} for good?`

const sum = (rows: readonly PurgeRow[], figure: 'exchanges' | 'bytes'): number =>
  rows.reduce((total, row) => total + row[figure], 0)

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`

function tell(rows: readonly PurgeRow[]): void {
  if (rows.length > 0) out(table(HEAD, rows.map(row)))
  out(`\n${PRECEDENCE}`)
}

const HEAD = ['day', 'kept for', 'exchanges', 'size', 'until', 'what becomes of it']

const WHY: Readonly<Record<PurgeRow['why'], string>> = {
  over: 'goes: its time is over',
  asked: 'goes: it is before the day that was asked for',
  hold: 'stays: held',
  worm: 'stays: a statute keeps it',
  time: 'stays until then',
  forever: 'stays: no time was set',
  open: 'stays: it is not over yet',
  custody: 'stays: it tells what was done to the record',
}

const row = ({ day, retain, exchanges, strange, bytes, expires, fate, why, holds }: PurgeRow): Cell[] => [
  day,
  retain ?? 'ever',
  strange ? [`${exchanges}, ${strange} more in the index alone`, 'red'] : String(exchanges),
  megabytes(bytes),
  expires ?? '–',
  fate === 'purge'
    ? [WHY[why], 'red']
    : `${WHY[why]}${holds.length ? ` by ${holds.map((id) => id.slice(0, 13)).join(', ')}` : ''}`,
]

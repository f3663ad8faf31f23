/** `gatelog reads`: who saw, searched or took what of the record, newest first. */
import { Option } from 'commander'
import { type Read, TIME_SHAPE } from '#exchange'
import type { ListedSeal } from '#trail'
import { commonOf, examples, numberOf, type Register, withRecord } from '../command.ts'
import { checkPeriod, timeOption } from '../scope.ts'
import { toldSeal, unread } from '../seals.ts'
import { type Cell, table } from '../table.ts'
import { brief, json, out, say } from '../terminal.ts'

interface Asked {
  readonly limit: number
  readonly user?: string
  readonly since?: number
  readonly until?: number
}

interface Found {
  /** Lines that wait for the record’s key. */
  readonly waiting?: number
  /** `seal`: an alarm, it is not what was sealed, or nobody wrote it who had the key, or that cannot be told. */
  readonly reads: readonly { readonly seq: number; readonly read: Read; readonly seal?: ListedSeal }[]
  /** Why it cannot. */
  readonly fault?: string
}

export const reads: Register = (program) => {
  program
    .command('reads')
    .description('who read the record: what they saw, searched or exported, newest first')
    .addOption(new Option('--limit <n>', 'rows, at most 1000').default(20).argParser(numberOf(1, 1000)))
    .option('--user <name>', 'who read: the name that is shown, or who stands behind its sudo')
    .addOption(timeOption('--since <time>', `from then on: ${TIME_SHAPE}`))
    .addOption(timeOption('--until <time>', 'until then, not included'))
    .addHelpText('after', examples('reads', 'reads --user ana --since 7d', 'reads --limit 1000 --json'))
    .action(async (asked: Asked, command) => {
      checkPeriod(asked)
      const given = Object.entries(asked).map(([name, value]) => [name, String(value)])
      const found = await withRecord(command, (record) => record.get<Found>(`/reads?${new URLSearchParams(given)}`))
      if (commonOf(command).json) return out(json(found))
      if (found.waiting)
        say(`not shown: ${found.waiting} more, to be put on the record where its key is (gatelog doctor)`)
      if (found.fault !== undefined) say(unread(found.fault))
      if (found.reads.length === 0) return say(given.length > 1 ? 'nothing found' : 'nobody has read the record')
      out(
        table(
          HEAD,
          found.reads.map(({ read, seal }) => row(read, seal)),
        ),
      )
    })
}

const HEAD = ['when', 'who', 'did', 'what', 'shown', 'times']

const row = ({ at, was = at, late, reader, did, of, format, count, times }: Read, seal?: ListedSeal): Cell[] => [
  brief(late?.at ?? was),
  `${reader.value} (${reader.source}${late ? ', told without the key' : ''})`,
  seal ? [`${toldSeal(seal)}, ${did}`, 'red'] : format === undefined ? did : `${did}: ${format}`,
  of || 'everything',
  String(count),
  String(times),
]

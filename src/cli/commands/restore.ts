/** `gatelog restore [folder]`: puts a record back where none is, verified and brought up to date. Touches no record that is there. */
import { backupsIn, type ListedBackup, type RestoreReport, restoreFrom } from '#app'
import { commonOf, examples, type Register } from '../command.ts'
import { counted } from '../count.ts'
import { bar } from '../progress.ts'
import { type Cell, table } from '../table.ts'
import { json, line, moment, out, paint, say } from '../terminal.ts'
import { userName } from '../user.ts'

interface Options {
  readonly name?: string
  readonly keys?: string
  readonly withoutKeys?: true
  readonly trustKeys?: true
  readonly dryRun?: true
  readonly list?: true
}

export const restore: Register = (program) => {
  program
    .command('restore [folder]')
    .description('put the record back from a backup into an empty data folder; every entry is verified before')
    .option('--list', 'only show which backups there are')
    .option('--name <backup>', 'another one than the newest')
    .option('--keys <folder>', 'where the copy of the keys of sessions is; where the configuration says else')
    .option('--without-keys', 'put it back though no body can be read')
    .option('--trust-keys', 'let Gatelog keys stay though no journal tells which were revoked since')
    .option(
      '--dry-run',
      'fetch and verify all of it, show what would happen, and keep nothing; also beside a record that runs',
    )
    .addHelpText(
      'after',
      examples('restore --list', 'restore --dry-run', 'restore /mnt/backup/gatelog --keys /mnt/keys/gatelog'),
    )
    .action(async (from: string | undefined, { list, ...options }: Options, command) => {
      const { config, json: asJson } = commonOf(command)
      if (list) {
        const listed = await backupsIn({ config, from })
        if (asJson) return out(json({ backups: listed.map(({ name }) => name), listed }))
        return out(table(['name', 'taken', 'entries', 'sealed', 'size', 'state'], listed.map(row)))
      }
      const shown = bar('files')
      const progress = (done: number, total: number) => shown.at(done, total)
      const report = await restoreFrom({ config, from, ...options, reader: userName(), progress }).finally(() =>
        shown.end(),
      )
      if (asJson) out(json(report))
      else tell(report)
    })
}

const row = ({ name, taken, last, sealed, bytes, wrong }: ListedBackup): Cell[] => [
  name,
  taken === undefined ? '–' : moment(taken),
  String(last ?? '–'),
  String(sealed ?? '–'),
  bytes === undefined ? '–' : `${(bytes / 1_048_576).toFixed(1)} MB`,
  wrong === undefined ? 'can be read' : [wrong, 'red'],
]

function tell(told: RestoreReport): void {
  const { name, taken, last, sealed, known, locked, report, replayed, journal, done } = told
  out(`backup ${line(name)} of ${new Date(taken).toISOString()}: up to entry ${last}`)
  for (const one of locked ?? []) out(paint('yellow', unreadText(one)))
  out(
    report
      ? `verified: ${counted(report.sealed, 'sealed entry', 'sealed entries')}, ${report.unsealed} not sealed`
      : 'it was not sealed',
  )
  const { erasures, holds, purges, revocations, voided } = replayed
  out(`done again: erasures ${erasures}, holds and releases ${holds}, purges ${purges}, revocations ${revocations}`)
  if (!journal) say('there is no whole journal of what was done since')
  if (voided > 0) say(`${counted(voided, 'Gatelog key')} revoked, for nobody can say what had been: make new ones`)
  if (known > sealed)
    say(
      `${counted(known, 'entry', 'entries')} sealed once, ${sealed} here: nothing is sealed below that. Put a newer backup back, or where there is none: gatelog trail begin-log (docs/backup.md)`,
    )
  out(done ? 'put back: start the server' : 'nothing was changed')
}

const WHY = {
  'no keys': 'the record is put back without its keys',
  'made since': 'the copy of keys is older than the backup, and theirs were made since',
  destroyed: 'theirs are in the copy of keys no more: destroyed, as after an erasure or a rescan since the backup',
} as const

const unreadText = ({ entries, why }: NonNullable<RestoreReport['locked']>[number]): string =>
  `cannot be read: ${counted(entries, 'entry', 'entries')}, for ${WHY[why]}`

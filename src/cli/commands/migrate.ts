/** `gatelog migrate`: brings the record's files to the formats of this version at once. Opens no record; no server may run. */
import { migrateRecord } from '#app'
import { commonOf, examples, type Register } from '../command.ts'
import { bar } from '../progress.ts'
import { table } from '../table.ts'
import { json, out, say } from '../terminal.ts'

export const migrate: Register = (program) => {
  program
    .command('migrate')
    .description('bring the files of the record to the formats of this version; else each is when it is opened')
    .option('--dry-run', 'show what would be done to which file, and the space that it takes; change nothing')
    .addHelpText('after', examples('migrate --dry-run', 'migrate', 'migrate --dry-run --json'))
    .action(async ({ dryRun }: { dryRun?: true }, command) => {
      const { config, json: asJson } = commonOf(command)
      const shown = bar('files')
      const progress = (done: number, total: number) => shown.at(done, total)
      const told = await migrateRecord(config, { dryRun: dryRun === true, progress }).finally(() => shown.end())
      if (asJson) return out(json(told))
      const old = told.files.filter(({ does }) => does.length > 0)
      if (old.length > 0)
        out(
          table(
            ['file', 'format', 'becomes', 'rows', 'what is done'],
            old.map(({ file, version, to, rows, does }) => [
              file,
              String(version),
              String(to),
              String(rows),
              does.join('; '),
            ]),
          ),
        )
      if (old.length === 0) return say(`all ${told.files.length} files have the formats of this version`)
      out(`${megabytes(told.needs)} must be free meanwhile, ${megabytes(told.free)} are`)
      out(told.done ? `${old.length} files were brought up to date` : 'nothing was changed')
    })
}

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`

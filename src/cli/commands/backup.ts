/** `gatelog backup [folder]`: a copy of the record, encrypted and read back, to a folder or where the configuration says. */
import { resolve } from 'node:path'
import type { BackupRow } from '#console'
import { commonOf, examples, type Register, withRecord } from '../command.ts'
import { json, line, out, say } from '../terminal.ts'

interface Options {
  readonly keys?: string
  readonly quick?: true
}

export const backup: Register = (program) => {
  program
    .command('backup [folder]')
    .description('copy the record, encrypted, to a folder or to backup.to; what is there already is not sent again')
    .option('--keys <folder>', 'and the keys of its sessions to another one, which holds only the newest')
    .option('--quick', 'of what was there before, look only at sizes')
    .addHelpText('after', examples('backup', 'backup /mnt/backup/gatelog --keys /mnt/keys/gatelog', 'backup --json'))
    .action(async (folder: string | undefined, { keys, quick }: Options, command) => {
      const asked = {
        ...(folder !== undefined && { to: resolve(folder) }),
        ...(keys !== undefined && { keys: resolve(keys) }),
        quick: quick === true,
      }
      const row = await withRecord(command, (record) => record.send<BackupRow>('POST', '/backup', asked))
      if (commonOf(command).json) return out(json(row))
      tell(row)
    })
}

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`

function tell({ name, to, last, sealed, bytes, sent, removed, keys, journal }: BackupRow): void {
  out(`backup ${name} in ${line(to, 200)}: up to entry ${last}, ${sealed} sealed; read back`)
  out(`${megabytes(bytes)}, of which ${megabytes(sent)} were sent${removed ? `; ${removed} older ones removed` : ''}`)
  if (keys === undefined) say('keys of sessions are not in it: keep a copy apart, --keys, or no body can be read')
  else out(`keys of sessions in ${line(keys, 200)}`)
  if (!journal) say('there is no journal: set backup.journal')
}

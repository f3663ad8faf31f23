/** `gatelog trail keys|rotate-key`: the wrapping keys of the record, by their names. Never sees a key. */
import type { Rotated, WrappingRow } from '#console'
import { commonOf, examples, type Register, withRecord } from '../command.ts'
import { type Cell, table } from '../table.ts'
import { json, line, out, say } from '../terminal.ts'

export const trail: Register = (program) => {
  const group = program
    .command('trail')
    .description('the keys that the record’s bodies are encrypted under')
    .addHelpText('after', examples('trail keys', 'trail rotate-key'))
  group
    .command('keys')
    .description('the wrapping keys that it takes to read the record')
    .addHelpText('after', examples('trail keys', 'trail keys --json'))
    .action(async (_options, command) => {
      const rows = await withRecord(command, (record) => record.get<WrappingRow[]>('/wrapping'))
      if (commonOf(command).json) return out(json(rows))
      out(table(['key', 'state', 'keys of sessions'], rows.map(row)))
    })
  group
    .command('rotate-key')
    .description('let a new wrapping key take over; every key of a session is wrapped anew')
    .option('--lost', 'though the key before is lost: what it encrypted stays unreadable')
    .addHelpText('after', examples('trail rotate-key', 'trail rotate-key --lost'))
    .action(async ({ lost }: { lost?: true }, command) => {
      const asked = { lost: lost === true }
      const told = await withRecord(command, (record) => record.send<Rotated>('POST', '/wrapping/rotate', asked))
      if (commonOf(command).json) return out(json(told))
      out(`${told.key} wraps from now on; ${told.rewrapped} keys of sessions were wrapped anew`)
      if (told.lost) say(`${told.lost} could not be: the key before them is not here, and their bodies stay locked`)
      else if (told.former.length && told.place)
        say(
          `Nothing is under ${told.former.join(', ')} any more. Remove its file from ${line(told.place, 200)} once no older copy of keys.db must be read.`,
        )
    })
}

const row = ({ name, current, here, keys }: WrappingRow): Cell[] => [
  name,
  here ? (current ? ['wraps', 'green'] : 'wrapped before') : ['not here: what it wraps is locked', 'red'],
  String(keys),
]

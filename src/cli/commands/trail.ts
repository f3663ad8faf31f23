/** `gatelog trail keys|rotate-key|begin-log`: the wrapping keys of the record, and the name of its log. Never sees a key. */
import { beginLog } from '#app'
import type { Rotated, WrappingRow } from '#console'
import { commonOf, examples, type Register, withRecord } from '../command.ts'
import { type Cell, table } from '../table.ts'
import { json, line, out, say } from '../terminal.ts'
import { userName } from '../user.ts'

export const trail: Register = (program) => {
  const group = program
    .command('trail')
    .description('the keys that the record’s bodies are encrypted under, and the log that seals it')
    .addHelpText(
      'after',
      examples('trail keys', 'trail rotate-key', "trail begin-log --reason 'put back, a day is lost'"),
    )
  group
    .command('keys')
    .description('the wrapping keys that it takes to read the record')
    .addHelpText('after', examples('trail keys', 'trail keys --json'))
    .action(async (_options, command) => {
      const rows = await withRecord(command, (record) => record.get<WrappingRow[]>('/wrapping'))
      if (commonOf(command).json) return out(json(rows))
      out(table(['key', 'state', 'keys of sessions', 'backups under it'], rows.map(row)))
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
          `Nothing of this record is under ${told.former.join(', ')} any more. Backups from before are: remove its file from ${line(told.place, 200)} once none of them, and no older copy of keys.db, must be read (gatelog trail keys).`,
        )
    })
  group
    .command('begin-log')
    .description(
      'where the log cannot go on: go on from its head under another name, trail.seal.origin; no server may run',
    )
    .requiredOption('--reason <text>', 'why, for the record')
    .addHelpText('after', examples("trail begin-log --reason 'the disk was lost; put back without the last day'"))
    .action(async ({ reason }: { reason: string }, command) => {
      const { config, json: asJson } = commonOf(command)
      const told = await beginLog(config, { why: reason, reader: userName() })
      if (asJson) return out(json(told))
      const { origin, former, known, seq } = told
      out(`${line(origin)} goes on from ${line(former.origin)} over ${former.size} entries; entry ${seq} tells why`)
      if (known)
        say(`${known.size} entries were sealed in ${line(known.origin)}: those after ${former.size} are not here`)
      out('start the server: it seals what came since')
    })
}

const row = ({ name, current, here, keys, backups = [] }: WrappingRow): Cell[] => [
  name,
  here ? (current ? ['wraps', 'green'] : 'wrapped before') : ['not here: what it wraps is locked', 'red'],
  String(keys),
  line(backups.join(' '), 200),
]

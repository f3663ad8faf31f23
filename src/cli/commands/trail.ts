/** `gatelog trail log|keys|rotate-key|begin-log`: what was done to the record, its wrapping keys, the name of its log. Never sees a key. */
import { Option } from 'commander'
import { beginLog } from '#app'
import type { LogLine, LogPage, Rotated, WrappingRow } from '#console'
import { LOGGED } from '#exchange'
import { commonOf, examples, numberOf, type Register, withRecord } from '../command.ts'
import { counted } from '../count.ts'
import { timeOption } from '../scope.ts'
import { toldSeal, unread } from '../seals.ts'
import { toldNote, whoOf } from '../shown/log.ts'
import { type Cell, table } from '../table.ts'
import { brief, json, line, out, say } from '../terminal.ts'
import { userName } from '../user.ts'

export const trail: Register = (program) => {
  const group = program
    .command('trail')
    .description('what was done to the record, the keys that its bodies are encrypted under, and the log that seals it')
    .addHelpText(
      'after',
      examples('trail log', 'trail keys', 'trail rotate-key', "trail begin-log --reason 'put back, a day is lost'"),
    )
  group
    .command('log')
    .description('what was done to the record and befell it, newest first: erasures, purges, holds, restores, gaps …')
    .addOption(timeOption('--since <time>', 'from then on: 2026-11-24, or with a time, UTC'))
    .addOption(new Option('--kind <kind>', 'only these').choices(LOGGED))
    .addOption(new Option('--limit <n>', 'rows, at most 1000').default(50).argParser(numberOf(1, 1000)))
    .addHelpText('after', examples('trail log', 'trail log --kind erase --json', 'trail log --since 2026-11-01'))
    .action(async (asked: { since?: number; kind?: string; limit: number }, command) => {
      const query = new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]))
      const page = await withRecord(command, (record) => record.get<LogPage>(`/log?${query}`))
      if (commonOf(command).json) return out(json(page))
      if (page.fault !== undefined) say(unread(page.fault))
      if (page.entries.length === 0) return say('nothing was done to the record, and nothing befell it')
      out(table(['entry', 'when', 'did', 'who', 'what'], page.entries.map(logged)))
      if (page.more > 0) say(`${page.more} more before these: --limit, --since or --kind`)
    })
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
      out(`${told.key} wraps from now on; wrapped anew: ${counted(told.rewrapped, 'key')} of sessions`)
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
      const { origin, former, known, seq, vkey } = told
      out(
        `${line(origin)} goes on from ${line(former.origin)} over ${counted(former.size, 'entry', 'entries')}; entry ${seq} tells why`,
      )
      if (known)
        say(
          `${counted(known.size, 'entry', 'entries')} sealed in ${line(known.origin)}: those after ${former.size} are not here`,
        )
      out(`its verifier key, for auditors: ${line(vkey, 2000)}`)
      out('start the server: it seals what came since')
    })
}

const logged = ({ seq, kind, note, seal }: LogLine): Cell[] => [
  String(seq),
  note ? brief(note.at) : '',
  seal ? [`${toldSeal(seal)}, ${kind}`, 'red'] : kind,
  note ? whoOf(note) : '',
  note ? toldNote(note) : 'what stands here is no entry by its form',
]

const row = ({ name, current, here, keys, backups = [] }: WrappingRow): Cell[] => [
  name,
  here ? (current ? ['wraps', 'green'] : 'wrapped before') : ['not here: what it wraps is locked', 'red'],
  String(keys),
  line(backups.join(' '), 200),
]

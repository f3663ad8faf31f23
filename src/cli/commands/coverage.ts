/** `gatelog coverage`: what was seen of Copilot elsewhere and not here, and what can never pass here. */
import { readFileSync } from 'node:fs'
import { Option } from 'commander'
import type { Coverage, CoverageTally } from '#console'
import { Fault } from '#exchange'
import type { Reported } from '#wire'
import { commonOf, examples, type Register, withRecord } from '../command.ts'
import { counted } from '../count.ts'
import { toldSeal, unread } from '../seals.ts'
import { type Cell, table } from '../table.ts'
import { brief, json, out, say } from '../terminal.ts'

const AT_ONCE = 500

/** Source: docs.github.com, Copilot features that run at GitHub, 2026-11. */
const NEVER = [
  'the cloud agent: it runs at GitHub, started from an issue or a pull request',
  'code review by Copilot on pull requests',
  'Copilot Chat on github.com',
  'GitHub Mobile, and Copilot in other vendors’ hosted products',
]

export const coverage: Register = (program) => {
  const command = program
    .command('coverage')
    .description('what went past the gateway, as far as anybody tells')
    .addHelpText('after', examples('coverage', 'coverage import audit.jsonl'))
  command
    .command('show', { isDefault: true })
    .description('leads to traffic that went past the gateway; their absence proves nothing')
    .addHelpText('after', examples('coverage show', 'coverage show --json'))
    .action(async (_options, command) => {
      const found = await withRecord(command, (record) => record.get<Coverage>('/coverage'))
      if (commonOf(command).json) return out(json({ ...found, never: NEVER }))
      tell(found)
    })
  command
    .command('import <file>')
    .description('hold what GitHub reports against the record: streamed audit records, or the list of seats')
    .addOption(new Option('--from <kind>', 'what the file is').choices(['audit', 'seats']).default('audit'))
    .addHelpText('after', examples('coverage import audit.jsonl', 'coverage import seats.json --from seats'))
    .action(async (file: string, { from }: { readonly from: string }, command) => {
      const { readAudit, readSeats } = await import('#wire')
      const reports: Reported[] = (from === 'seats' ? readSeats : readAudit)(textOf(file))
      const tally = await withRecord(command, async (record) => {
        let sum = NOTHING
        for (let at = 0; at < reports.length; at += AT_ONCE) {
          const body = { via: `github-${from}`, reports: reports.slice(at, at + AT_ONCE) }
          sum = added(sum, await record.send<CoverageTally>('POST', '/coverage', body))
        }
        return sum
      })
      if (commonOf(command).json) return out(json(tally))
      out(
        `${counted(tally.seen, 'report')}: ${tally.onRecord} on the record, ${tally.bypasses} not, ${tally.dropped} told before`,
      )
    })
}

const NOTHING: CoverageTally = { since: 0, seen: 0, onRecord: 0, bypasses: 0, dropped: 0 }

const added = (one: CoverageTally, other: CoverageTally): CoverageTally => ({
  since: other.since,
  seen: one.seen + other.seen,
  onRecord: one.onRecord + other.onRecord,
  bypasses: one.bypasses + other.bypasses,
  dropped: one.dropped + other.dropped,
})

function tell(found: Coverage): void {
  const { bypasses, tally, fault } = found
  if (fault !== undefined) say(unread(fault))
  if (bypasses.length > 0) out(table(HEAD, bypasses.map(row)))
  else if (tally.dropped === 0) say('no report of a call that is not on the record')
  out(`\n${sumOf(found)}`)
  out('A report is the word of whoever sent it: a lead, no proof. That there is none proves nothing.')
  out(`\nNever passes here:\n${NEVER.map((each) => `  ${each}`).join('\n')}`)
}

/** What became of all that was reported since the process began; what was let go is told with why. */
function sumOf({ tally: { since, seen, onRecord, dropped }, waiting }: Coverage): string {
  const why = 'unreadable, of a time that cannot be, too many at once, or told before'
  const lost = dropped > 0 ? `, ${dropped} let go (${why})` : ''
  return `Reports since ${brief(since)}: ${seen}, ${onRecord} on the record, ${waiting} waiting${lost}`
}

const HEAD = ['when', 'who', 'told by', 'client', 'model']

const row = ({ happened, actor, github, via, client, model, seal }: Coverage['bypasses'][number]): Cell[] => [
  brief(happened),
  actor ?? github ?? '–',
  seal ? [`${toldSeal(seal)}, ${via}`, 'red'] : via,
  client ?? '–',
  model ?? '–',
]

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Fault('usage.input', `${file}: ${(cause as NodeJS.ErrnoException).code}`, { cause })
  }
}

/** `gatelog rescan`: today's rules and known values over what was recorded before; what is found is masked in place. */
import type { RescanRow } from '#console'
import { TIME_SHAPE } from '#exchange'
import { commonOf, examples, type Register, withRecord } from '../command.ts'
import { counted } from '../count.ts'
import { EXIT } from '../exit.ts'
import { timeOption } from '../scope.ts'
import { type Cell, table } from '../table.ts'
import { brief, json, out, say } from '../terminal.ts'

type Found = RescanRow['found'][number]

export const rescan: Register = (program) => {
  program
    .command('rescan')
    .description('look through what was recorded by today’s rules, and mask in place what they find')
    .addOption(timeOption('--since <time>', `how far back: ${TIME_SHAPE}`).makeOptionMandatory())
    .option('--why <text>', 'the reason, for the record', 'rules have changed')
    .addHelpText(
      'after',
      '\nIt goes on where it was stopped, if asked for the same time again (a date: 7d is another one by then); by other rules or known values it begins anew.',
    )
    .addHelpText('after', examples('rescan --since 2026-03-01', "rescan --since 2026-03-01 --why 'key leaked' --json"))
    .action(async ({ since, why }: { readonly since: number; readonly why: string }, command) => {
      const { progress } = await import('../progress.ts')
      const shown = progress()
      const done = await withRecord(command, async (record) => {
        const found: Found[] = []
        const left: string[] = []
        const entries: number[] = []
        let unread = 0
        const keys = new Set<string>()
        const pass = (some: RescanRow['unread']) => {
          unread += some.bodies
          for (const key of some.keys) keys.add(key)
        }
        for (let [first, anew]: [RescanRow | undefined, boolean] = [undefined, false]; ; ) {
          const page = await record.send<RescanRow>('POST', '/rescan', { since, why })
          anew ||= page.anew
          if (!first) {
            first = page
            left.push(...page.earlier.left)
            entries.push(...page.earlier.entries)
            pass(page.earlier.unread)
          }
          found.push(...page.found)
          left.push(...page.left)
          entries.push(...page.entries)
          pass(page.unread)
          const { resumed, earlier } = first
          if (page.reached === undefined)
            return {
              ...{ seen: page.seen, resumed, anew, earlier: earlier.bodies, entries, found, left },
              ...{ unread, keys: [...keys] },
            }
          shown.at(page.seen, 0, new Date(page.reached).toISOString())
        }
      }).finally(() => shown.end())
      if (done.unread > 0) process.exitCode = EXIT.locked
      if (commonOf(command).json) return out(json(done))
      if (done.found.length > 0) out(table(HEAD, done.found.map(row)))
      if (done.anew) say('begun anew: the one that was stopped went by other rules or known values')
      const { seen, resumed, earlier, found, entries } = done
      say(
        `${resumed ? 'gone on: ' : ''}${counted(seen, 'exchange')} looked through, ${counted(found.length, 'body', 'bodies')} masked anew`,
      )
      if (earlier > 0)
        say(
          `masked before it was stopped: ${earlier} more; told of all by ${entries.length === 1 ? 'entry' : 'entries'} ${entries.join(', ')}`,
        )
      if (done.unread > 0) say(unreadText(done))
      if (done.left.length === 0) return
      out(done.left.join('\n'))
      say(
        `entries that say it beside their bodies (path, file, model, reason), and keep it: ${done.left.length}. Erase these exchanges`,
      )
    })
}

function unreadText({ unread, keys }: { readonly unread: number; readonly keys: readonly string[] }): string {
  const why = keys.length > 0 ? `: key ${keys.join(', ')} is not here` : ''
  return `${counted(unread, 'body', 'bodies')} could not be opened${why}; nothing was looked for in them: rescan again once they can be read`
}

const HEAD = ['exchange', 'when', 'who', 'model', 'in the', 'rules', 'found', 'entry']

const row = ({ exchange, at, who, model, direction, rules, secrets, seq }: Found): Cell[] => [
  exchange,
  brief(at),
  who ?? '–',
  model ?? '–',
  direction,
  rules.join(', '),
  String(secrets),
  String(seq),
]

/** `gatelog search`: exchanges that fit a query, newest first. */

import type { Summary } from '#trail'
import { commonOf, examples, listAt, type Paged, paged, type Register, withRecord } from '../command.ts'
import { type Cell, table } from '../table.ts'
import { brief, json, line, out, say } from '../terminal.ts'

/** The grammar, as the help of every command that takes a query shows it. */
export const QUERY = `
Query, all parts of which must hold:
  user: client: connection: model: verdict: rule: repo: session:   * stands for any characters
  after: before:      2026-11-24, 2026-11-24T08:30Z, or how long ago: 90s 30m 2h 3d 1w
  has:finding         something was masked, or passed on and noted
  words "a phrase"    in the prompt's new part or in the reply
  -part               the part must not hold
`

export const search: Register = (program) => {
  paged(program.command('search [query]'))
    .description('find exchanges')
    .addHelpText('after', QUERY)
    .addHelpText(
      'after',
      examples(
        "search 'user:ana verdict:denied after:2d'",
        `search 'rule:github-pat -client:codex* "config loader"'`,
        "search 'has:finding' --limit 100 --json",
      ),
    )
    .action(async (query: string | undefined, options: Paged, command) => {
      const found = await withRecord(command, (record) =>
        record.get<{ exchanges: Summary[]; next?: string }>(listAt('/exchanges', query, options)),
      )
      if (commonOf(command).json) return out(json(found))
      if (found.exchanges.length === 0) return say('nothing found')
      out(table(HEAD, found.exchanges.map(row)))
      if (found.next) say(`more: --before ${line(found.next)}`)
    })
}

const HEAD = ['exchange', 'time', 'who', 'client', 'connection', 'model', 'outcome', 'found']

const row = (each: Summary): Cell[] => [
  each.exchange.slice(0, 13),
  brief(each.at),
  each.actor?.id ?? '–',
  each.client?.value ?? '–',
  each.connection ?? '–',
  each.model ?? '–',
  outcome(each),
  String(each.findings),
]

/** How it ended, or what a rule said of it where it was let pass. */
function outcome({ kind, verdict, count }: Summary): Cell {
  if (kind === 'replied') return verdict?.kind === 'alert' ? ['alert', 'yellow'] : kind
  return [count && count > 1 ? `${kind} ×${count}` : kind, kind === 'asked' ? 'cyan' : 'red']
}

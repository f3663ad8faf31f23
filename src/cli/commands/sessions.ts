/** `gatelog sessions`: conversations that fit a query, the one with the newest exchange first. */

import type { SessionSummary } from '#trail'
import { commonOf, examples, listAt, type Paged, paged, type Register, withRecord } from '../command.ts'
import { type Cell, table } from '../table.ts'
import { brief, duration, json, line, out, say } from '../terminal.ts'
import { QUERY } from './search.ts'

export const sessions: Register = (program) => {
  paged(program.command('sessions [query...]'))
    .description('list sessions')
    .addHelpText('after', QUERY)
    .addHelpText('after', examples('sessions', "sessions 'user:ana after:1d'", 'sessions --json'))
    .action(async (query: readonly string[], options: Paged, command) => {
      const found = await withRecord(command, (record) =>
        record.get<{ sessions: SessionSummary[]; next?: string }>(listAt('/sessions', query.join(' '), options)),
      )
      if (commonOf(command).json) return out(json(found))
      if (found.sessions.length === 0) return say('nothing found')
      out(table(HEAD, found.sessions.map(row)))
      if (found.next) say(`more: --before ${line(found.next)}`)
    })
}

const HEAD = ['session', 'began', 'lasted', 'who', 'client', 'count', 'tokens', 'found']

const row = ({ session, first, last, exchanges, input, output, findings, newest }: SessionSummary): Cell[] => [
  session,
  brief(first),
  duration(last - first + (newest.ms ?? 0)),
  newest.actor?.id ?? '–',
  newest.client?.value ?? '–',
  String(exchanges),
  `${input}/${output}`,
  findings ? [String(findings), 'yellow'] : '0',
]

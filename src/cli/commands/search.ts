/** `gatelog search`: exchanges that fit a query, newest first. */
import { text } from 'node:stream/consumers'
import { TIME_SHAPE } from '#exchange'
import type { Summary } from '#trail'
import { commonOf, examples, listAt, type Paged, paged, type Register, withRecord } from '../command.ts'
import { type Cell, table } from '../table.ts'
import { brief, json, line, out, say } from '../terminal.ts'

/** The grammar, as the help of every command that takes a query shows it. */
export const QUERY = `
Query, all parts of which must hold:
  user: github: client: connection: model: verdict: rule: secret: session:
  repo: file: language: commit: interaction: request:     * stands for any characters
  accepted:yes        also partly, shown, rejected, kept, gone: what the client told of a suggestion
  after: before:      ${TIME_SHAPE}
  has:finding         something was masked, or passed on and noted
  words "a phrase"    in the prompt's new part or in the reply
  -part               the part must not hold`

export const search: Register = (program) => {
  paged(program.command('search [query...]'))
    .description('find exchanges')
    .addHelpText('after', QUERY)
    .addHelpText(
      'after',
      examples(
        "search 'user:ana verdict:denied after:2d'",
        `search 'rule:github-pat -client:codex* "config loader"'`,
        "search 'has:finding' --limit 100 --json",
        'search --secret < leaked-key.txt',
      ),
    )
    .option('--secret', 'only those in which the secret on standard input was seen, either way; the search is recorded')
    .action(async (query: readonly string[], options: Paged & { secret?: true }, command) => {
      const value = options.secret && (await secretOf())
      const found = await withRecord(command, (record) =>
        value === undefined
          ? record.get<Found>(listAt('/exchanges', query.join(' '), options))
          : record.send<Found>('POST', '/secrets', { value, q: query.join(' '), ...options }),
      )
      if (commonOf(command).json) return out(json(found))
      if (found.exchanges.length === 0) return say('nothing found')
      out(table(HEAD, found.exchanges.map(row)))
      if (found.exchanges.some(({ misfiled }) => misfiled !== undefined))
        say('MISFILED: the index was changed, the line tells what its entries say: gatelog verify')
      if (found.next) say(`more: --before ${line(found.next)}`)
    })
}

interface Found {
  readonly exchanges: Summary[]
  readonly next?: string
}

/** The secret, which is never an argument: those stand in the history of the shell and in the list of processes. */
async function secretOf(): Promise<string> {
  if (process.stdin.isTTY) say('the secret, then Enter and Ctrl-D:')
  return (await text(process.stdin)).replace(/\r?\n$/, '')
}

const HEAD = ['exchange', 'time', 'who', 'client', 'connection', 'model', 'outcome', 'found']

const row = (each: Summary): Cell[] => [
  each.exchange.slice(0, 13),
  brief(each.at),
  [each.actor?.id ?? '–', each.github && `(${each.github.value})`].filter(Boolean).join(' '),
  each.client?.value ?? '–',
  each.connection ?? '–',
  each.model ?? '–',
  outcome(each),
  String(each.findings),
]

/** How it ended, or what a rule said of it where it was let pass. */
function outcome({ kind, verdict, count, accepted, misfiled, forged }: Summary): Cell {
  if (forged) return ['FORGED', 'red']
  if (misfiled !== undefined) return [`MISFILED, ${misfiled}`, 'red']
  const told = accepted ? `${kind}, ${accepted}` : kind
  if (kind === 'replied') return verdict?.kind === 'alert' ? ['alert', 'yellow'] : told
  return [count && count > 1 ? `${kind} ×${count}` : kind, kind === 'asked' ? 'cyan' : 'red']
}

/** `gatelog search`, `sessions` and `tail`: lists of the record. */
import type { Entry } from '#exchange'
import type { SessionSummary, Summary } from '#trail'
import { type Common, type Register, withRecord } from '../command.ts'
import { line, moment, out, paint, say, table } from '../terminal.ts'

interface List {
  readonly limit: string
  readonly before?: string
}

const QUERY = `
Query: user: client: connection: model: verdict: rule: repo: session: after: before: has:finding -negation "free text"

Examples:
  gatelog search 'user:ana verdict:denied after:2d'
  gatelog search 'rule:github-pat -client:codex "config loader"'
`

export const search: Register = (program) => {
  program
    .command('search [query]')
    .description('find exchanges')
    .option('--limit <n>', 'rows', '20')
    .option('--before <cursor>', 'the next page')
    .addHelpText('after', QUERY)
    .action(async (query: string | undefined, options: List, command) => {
      const common = command.optsWithGlobals() as Common
      const found = await withRecord(common, (record) =>
        record.get<{ exchanges: Summary[]; next?: string }>(address('/exchanges', query, options)),
      )
      if (common.json) return out(JSON.stringify(found))
      out(
        table(
          ['exchange', 'time', 'who', 'client', 'connection', 'model', 'outcome', 'findings'],
          found.exchanges.map(row),
        ),
      )
      if (found.next) say(`more: --before ${found.next}`)
    })
  program
    .command('sessions [query]')
    .description('list sessions')
    .option('--limit <n>', 'rows', '20')
    .option('--before <cursor>', 'the next page')
    .action(async (query: string | undefined, options: List, command) => {
      const common = command.optsWithGlobals() as Common
      const found = await withRecord(common, (record) =>
        record.get<{ sessions: SessionSummary[]; next?: string }>(address('/sessions', query, options)),
      )
      if (common.json) return out(JSON.stringify(found))
      for (const session of found.sessions) out(line(JSON.stringify(session), 400))
      if (found.next) say(`more: --before ${found.next}`)
    })
  program.command('tail').description('entries as they become durable').action(tail)
}

function address(path: string, query: string | undefined, { limit, before }: List): string {
  const params = new URLSearchParams({ q: query ?? '', limit, ...(before && { before }) })
  return `${path}?${params}`
}

const row = (each: Summary): string[] => [
  each.exchange.slice(0, 13),
  moment(each.at),
  line(each.actor?.id ?? '–', 24),
  line(each.client?.value ?? '–', 24),
  line(each.connection ?? '–', 16),
  line(each.model ?? '–', 20),
  outcome(each.kind, each.verdict?.kind),
  String(each.findings),
]

const outcome = (kind: string, verdict: string | undefined): string =>
  kind === 'replied'
    ? verdict === 'alert'
      ? paint('yellow', 'alert')
      : kind
    : paint(kind === 'asked' ? 'cyan' : 'red', kind)

async function tail(_options: unknown, command: { optsWithGlobals(): Common }): Promise<void> {
  const common = command.optsWithGlobals()
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const show = (text: string) => {
    if (text === '') return
    if (common.json) return out(text)
    const { seq, entry } = JSON.parse(text) as { seq: number; entry: Entry }
    const who = 'actor' in entry ? (entry.actor?.id ?? '–') : ''
    out(line(`${moment(entry.at)}  ${seq}  ${entry.kind.padEnd(11)}  ${entry.exchange.slice(0, 13)}  ${who}`))
  }
  await withRecord(common, (record) => record.follow('/tail', show, stop.signal))
}

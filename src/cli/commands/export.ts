/** `gatelog export`: the record as another system wants it, streamed; a file appears once all of it is written. */
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { Option } from 'commander'
import { Fault } from '#exchange'
import type { FormatName, Row } from '#export'
import { faultIn } from '../answer.ts'
import { commonOf, examples, type Register, withRecord } from '../command.ts'
import { counted } from '../count.ts'
import { EXIT } from '../exit.ts'
import { type Progress, progress } from '../progress.ts'
import { checkPeriod, timeOption } from '../scope.ts'
import { json, line, out, say } from '../terminal.ts'
import { QUERY } from './search.ts'

interface How {
  readonly query?: string
  readonly format: FormatName
  readonly since?: number
  readonly until?: number
  readonly bodies?: true
  readonly output?: string
  readonly force?: true
}

/** As FORMATS of the room `export`, which is loaded only when it is used; a test holds the two together. */
export const NAMES: readonly FormatName[] = ['jsonl', 'csv', 'ocsf', 'otlp', 'otlp-logs']

export const exportCommand: Register = (program) => {
  program
    .command('export [query...]')
    .description('write exchanges as JSON Lines, CSV, OCSF or OpenTelemetry; the export is itself on the record')
    .option('--query <query>', 'the query, as one text')
    .addOption(new Option('--format <name>', 'of the output').choices(NAMES).default('jsonl'))
    .addOption(timeOption('--since <time>', 'as after: of a query'))
    .addOption(timeOption('--until <time>', 'as before: of a query'))
    .option('--bodies', 'with prompts and replies, as they are on the record: masked')
    .option('--output <file>', 'a file instead of stdout (-); it is there once it is whole, readable by you alone')
    .option('--force', 'replace the file where one is there')
    .addHelpText('after', QUERY)
    .addHelpText(
      'after',
      examples(
        'export --since 1d --format csv --output yesterday.csv',
        "export 'has:finding' --format ocsf --since 2026-11-01",
        "export --query 'user:ana' --bodies --format jsonl",
      ),
    )
    .action(async (words: readonly string[], how: How, command) => {
      checkPeriod(how)
      const file = how.output === '-' ? undefined : how.output
      const target = await targetOf(file, how.force === true)
      const shown = progress()
      try {
        const written = await withRecord(command, (record) =>
          write(record.lines(pathOf(words, how)), how, target, shown),
        )
        await target.end()
        const { rows, wrong, unread } = written
        if (wrong + unread > 0) process.exitCode = wrong > 0 ? EXIT.evidence : EXIT.locked
        const { format } = how
        if (file !== undefined)
          tell({ file, format, rows, unread, bytes: target.bytes }, commonOf(command).json ?? false)
      } finally {
        await target.drop()
        shown.end()
      }
    })
}

/** How many rows there were, how many of them are not what was sealed, and how many bodies are not in them, for they cannot be opened. @throws the fault that the last line tells, server.unreachable where there is none */
async function write(lines: AsyncIterable<string>, { format, bodies }: Written, target: Target, shown: Progress) {
  const { FORMATS } = await import('#export')
  await target.write(FORMATS[format].head(bodies ?? false))
  let [rows, wrong, unread] = [0, 0, 0]
  const why = new Set<string>()
  for await (const text of lines) {
    const told = JSON.parse(text) as Row | Last
    if ('end' in told) {
      if (wrong > 0) say(`rows that are not what was sealed, and say so (seal): ${wrong}. gatelog verify`)
      if (unread > 0)
        say(
          line(
            `${counted(unread, 'body', 'bodies')} could not be opened, and the rows say why (unreadable): ${[...why].join('; ')}`,
            1000,
          ),
        )
      return { rows, wrong, unread }
    }
    if ('fault' in told) throw faultIn(told.fault)
    await target.write(FORMATS[format].lines(told, bodies ?? false))
    rows += 1
    if (told.seal) wrong += 1
    for (const { message } of Object.values(told.unreadable ?? {})) {
      unread += 1
      if (why.size < MOST_TOLD) why.add(message)
    }
    shown.at(rows, target.bytes, told.time)
  }
  throw new Fault('server.unreachable', 'the export broke off')
}

type Written = Pick<How, 'format' | 'bodies'>

/** Reasons that are told, each once. */
const MOST_TOLD = 3

interface Done {
  readonly file: string
  readonly format: FormatName
  readonly rows: number
  readonly unread: number
  readonly bytes: number
}

function tell({ file, format, rows, unread, bytes }: Done, asJson: boolean): void {
  if (asJson) out(json({ file, format, rows, bytes, unread }))
  else say(`${counted(rows, 'exchange')} in ${line(file)}`)
}

type Last = { readonly end: object } | { readonly fault: { readonly code: string; readonly detail?: string } }

function pathOf(words: readonly string[], { query, since, until, bodies, format }: How): string {
  const parts = [query, ...words, bound('after', since), bound('before', until)].filter(Boolean)
  return `/export?${new URLSearchParams({ q: parts.join(' '), format, bodies: String(bodies ?? false) })}`
}

const bound = (key: 'after' | 'before', time: number | undefined): string | undefined =>
  time === undefined ? undefined : `${key}:${new Date(time).toISOString()}`

interface Target {
  readonly bytes: number
  /** Waits until the text is taken, so that nothing piles up. */
  write(text: string): Promise<void>
  end(): Promise<void>
  drop(): Promise<void>
}

async function targetOf(file: string | undefined, force: boolean): Promise<Target> {
  if (file === undefined) return written(process.stdout)
  const { outputTo, refuseThere, unwritten } = await import('../output.ts')
  refuseThere(file, force)
  const output = outputTo(file)
  const stream = createWriteStream(output.half, { mode: 0o600 })
  const over = finished(stream).catch((cause) => Promise.reject(unwritten(file, cause)))
  over.catch(() => undefined)
  return written(stream, {
    over,
    async end() {
      stream.end()
      await over
      output.place()
    },
    async drop() {
      stream.destroy()
      output.drop()
    },
  })
}

interface Ends extends Pick<Target, 'end' | 'drop'> {
  /** Rejects where it cannot be written. */
  readonly over: Promise<void>
}

function written(stream: NodeJS.WritableStream, ends?: Ends): Target {
  let bytes = 0
  return {
    get bytes() {
      return bytes
    },
    async write(text) {
      if (text === '') return
      bytes += Buffer.byteLength(text)
      if (!stream.write(text)) await Promise.race([drained(stream), ...(ends ? [ends.over] : [])])
    },
    end: async () => ends?.end(),
    drop: async () => ends?.drop(),
  }
}

const drained = (stream: NodeJS.WritableStream) => new Promise<void>((resolve) => stream.once('drain', () => resolve()))

/** What every command of the command line is given: options, examples, the open record. Prints nothing. */
import { type Command, Help, InvalidArgumentError, Option } from 'commander'
import { Fault } from '#exchange'
import type { Record } from './remote.ts'

/** One command: adds itself to the program. */
export type Register = (program: Command) => void

/** Options that every command knows. */
export interface Common {
  readonly config: string
  readonly url?: URL
  readonly json?: true
}

export const commonOf = (command: Command): Common => command.optsWithGlobals() as Common

/** Runs with the record open, and closes it again. @throws as `openRecord` */
export async function withRecord<Answer>(command: Command, run: (record: Record) => Promise<Answer>): Promise<Answer> {
  const { config, url } = commonOf(command)
  const { openRecord } = await import('./record.ts')
  const record = await openRecord(config, url)
  return run(record).finally(() => record.close())
}

/** The end of a command's help: lines that work when pasted. */
export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((each) => `  gatelog ${each}`).join('\n')}`

/** An option as help tells it: that it must be given, and no default that is none. */
export const optionText = (option: Option): string =>
  `${new Help().optionDescription(option).replace(/ \(default: \[\]\)$/, '')}${option.mandatory ? ' (required)' : ''}`

/** What names one thing of the record. @throws usage.option where it is empty */
export function named(text: string, what: string): string {
  if (text.trim() === '') throw new Fault('usage.option', `name ${what}`)
  return text
}

/** Reads an option's number. */
export const numberOf =
  (least: number, most: number, whole = true) =>
  (text: string): number => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value
    throw new InvalidArgumentError(`It is a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`)
  }

/** Reads an option's http or https address. */
export function addressOf(text: string): URL {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol)) return url
  throw new InvalidArgumentError('It is an http or https address.')
}

/** `--limit` and `--before` of every list. */
export const paged = (command: Command): Command =>
  command
    .addOption(new Option('--limit <n>', 'rows, at most 1000').default(20).argParser(numberOf(1, 1000)))
    .option('--before <cursor>', 'the next page: what the last one said')

export interface Paged {
  readonly limit: number
  readonly before?: string
}

/** The API's address of a list. */
export function listAt(path: string, query: string, { limit, before }: Paged): string {
  return `${path}?${new URLSearchParams({ q: query, limit: String(limit), ...(before && { before }) })}`
}

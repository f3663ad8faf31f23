/** `gatelog scan` once it is asked: reads texts, tells what the rules find. Sends nothing anywhere and needs no record. */
import { engineWith, loadConfig } from '#app'
import { Fault } from '#exchange'
import { type Engine, type LaneFinding, maskText, RULES } from '#masking'
import type { Common } from '../command.ts'
import { EXIT } from '../exit.ts'
import { json, line, out, paint, say } from '../terminal.ts'
import { type FileFound, type Skipped, scanFile } from './files.ts'
import { rowsOf } from './lines.ts'
import { sarif } from './sarif.ts'
import { modeOf } from './streamed.ts'

export interface Options {
  readonly jsonl?: string
  readonly sarif?: true
}

/** `version` is Gatelog's own, for SARIF. @throws usage.option, config.* */
export async function run(files: readonly string[], options: Options, common: Common, version: string): Promise<void> {
  const { config, json: wanted } = common
  const how = options.sarif ? 'sarif' : wanted ? 'json' : 'human'
  if ((options.jsonl === undefined) === (files.length === 0))
    throw new Fault('usage.option', 'name files, - for stdin, or --jsonl <file>')
  if (wanted && options.sarif) throw new Fault('usage.option', '--json and --sarif are two formats: name one')
  const engine = await engineWith(await loadConfig(config))
  if (options.jsonl !== undefined) return scanLines(engine, options.jsonl)
  await scanFiles(engine, files, TELL[how](version))
}

const brief = ({ rule, start, end, verified }: LaneFinding) => ({ rule, start, end, verified: verified === true })

/** Offsets are UTF-16 units of the row's text, end exclusive. */
async function scanLines(engine: Engine, file: string): Promise<void> {
  for await (const { id, text } of rowsOf(file))
    out(json({ id, findings: maskText(engine, text, modeOf(text)).findings.map(brief) }))
}

/** How what was found is told: secret by secret, or all at the end. */
interface Teller {
  found(found: FileFound): void
  end(all: All): void
}

interface All {
  readonly files: number
  readonly findings: readonly FileFound[]
  readonly skipped: readonly Skipped[]
}

async function scanFiles(engine: Engine, files: readonly string[], teller: Teller): Promise<void> {
  const findings: FileFound[] = []
  const skipped: Skipped[] = []
  for (const file of files) {
    const passed = await scanFile(engine, file, (found) => {
      findings.push(found)
      teller.found(found)
    })
    if (passed) skipped.push(passed)
  }
  teller.end({ files: files.length, findings, skipped })
  if (findings.length > 0) process.exitCode = EXIT.evidence
  else if (skipped.some(({ failed }) => failed)) process.exitCode = EXIT.error
}

const quiet = () => undefined

const TELL: Readonly<Record<'human' | 'json' | 'sarif', (version: string) => Teller>> = {
  human: () => ({ found: (found) => out(told(found)), end: sum }),
  json: () => ({ found: quiet, end: (all) => out(json(all)) }),
  sarif: (version) => ({
    found: quiet,
    end: ({ findings, skipped }) => out(json(sarif({ version, rules: RULES, findings, skipped }))),
  }),
}

const told = ({ file, line: row, column, rule, verified, excerpt }: FileFound): string =>
  `${line(file)}:${row}:${column} ${paint('red', line(rule))}${verified ? ' verified' : ''} ${line(excerpt)}`

function sum({ files, findings, skipped }: All): void {
  for (const { file, why, failed } of skipped) say(`${failed ? 'not read' : 'skipped'}: ${line(file)}: ${line(why)}`)
  const bad = new Set(findings.map(({ file }) => file)).size
  const many = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`
  say(`${many(findings.length, 'secret')} in ${bad} of ${many(files, 'file')}`)
}

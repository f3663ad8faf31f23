/** `gatelog scan`: secrets in texts, by the gateway's own rules. Sends nothing anywhere and needs no record. */
import { Fault } from '#exchange'
import { compile, type LaneFinding, maskText, RULES } from '#masking'
import { examples, type Register } from '../command.ts'
import { rowsOf } from '../scan/lines.ts'
import { modeOf } from '../scan/streamed.ts'
import { json, out } from '../terminal.ts'

interface Options {
  readonly jsonl?: string
}

export const scan: Register = (program) => {
  program
    .command('scan')
    .description('find secrets in texts')
    .option('--jsonl <file>', 'lines {id,text}, - for stdin; writes {id,findings}, ends with 0')
    .addHelpText('after', examples('scan --jsonl rows.jsonl'))
    .action(async ({ jsonl }: Options) => {
      if (jsonl === undefined) throw new Fault('usage.option', 'name --jsonl <file>')
      await scanLines(jsonl)
    })
}

const told = ({ rule, start, end, verified }: LaneFinding) => ({ rule, start, end, verified: verified === true })

/** Offsets are UTF-16 units of the row's text, end exclusive. */
async function scanLines(file: string): Promise<void> {
  const engine = compile(RULES)
  for await (const { id, text } of rowsOf(file))
    out(json({ id, findings: maskText(engine, text, modeOf(text)).findings.map(told) }))
}

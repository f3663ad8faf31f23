/** `gatelog prove <what>`: an evidence bundle, or the proof of one entry, that anybody can check without this server. */
import { renameSync, writeFileSync } from 'node:fs'
import type { Proving } from '#console'
import { Fault } from '#exchange'
import { faultIn } from '../answer.ts'
import { commonOf, examples, type Register, withRecord } from '../command.ts'
import type { Bundle } from '../evidence/bundle.ts'
import type { Record } from '../remote.ts'
import { json, line, out, say } from '../terminal.ts'

interface How {
  readonly output?: string
  readonly bodies?: true
}

export const prove: Register = (program) => {
  program
    .command('prove <what...>')
    .description(
      'proof of an exchange, of what a query finds, or of a period without a hole (a query of after: and before: alone)',
    )
    .option('--bodies', 'with prompts and replies, as they are on the record: masked')
    .option(
      '--output <file>',
      'evidence.zip unless said; a name that ends in .tlog-proof takes the proof of the first entry alone',
    )
    .addHelpText(
      'after',
      examples(
        'prove last',
        "prove 'after:2026-11-01 before:2026-12-01' --output november.zip",
        "prove 'user:ana has:finding' --bodies",
        'prove 0199f2c4 --output asked.tlog-proof',
      ),
    )
    .action(async (words: readonly string[], { bodies, output = 'evidence.zip' }: How, command) => {
      const question = words.join(' ')
      const { Bundle } = await import('../evidence/bundle.ts')
      const bundle = new Bundle({ question, made: Date.now(), version: program.version() ?? '' })
      const asked = new URLSearchParams({ what: question, bodies: String(bodies ?? false) })
      await withRecord(command, (record) => fill(bundle, record, `/prove?${asked}`))
      const bytes = output.endsWith('.tlog-proof') ? proofIn(bundle) : bundle.zip()
      write(output, bytes)
      const told = { file: output, entries: bundle.entries, bytes: bytes.byteLength }
      if (commonOf(command).json) out(json(told))
      else say(`${told.entries} entries in ${line(output)}, ${told.bytes} bytes`)
    })
}

/** @throws seal.off, trail.*, query.syntax, server.unreachable */
async function fill(bundle: Bundle, record: Record, path: string): Promise<void> {
  for await (const text of record.lines(path)) {
    const told = JSON.parse(text) as Proving
    if ('fault' in told) throw faultIn(told.fault)
    bundle.take(told)
    if ('end' in told) return
  }
  throw new Fault('server.unreachable', 'the proof broke off')
}

function proofIn(bundle: Bundle): Uint8Array {
  if (bundle.proof === undefined) throw new Fault('trail.absent', 'nothing of it is sealed yet')
  return Buffer.from(bundle.proof)
}

/** It is there once it is whole. */
function write(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(`${file}.part`, bytes, { mode: 0o600 })
    renameSync(`${file}.part`, file)
  } catch (cause) {
    throw new Fault('usage.input', file, { cause })
  }
}

/** `gatelog prove <what>`: an evidence bundle, or the proof of one entry, that anybody can check without this server. */
import type { Proving, Seal } from '#console'
import { Fault } from '#exchange'
import type { ProofHead, ProvenEntry } from '#trail'
import { faultIn } from '../answer.ts'
import { commonOf, examples, type Register, withRecord } from '../command.ts'
import { counted } from '../count.ts'
import { checkpointIn } from '../evidence/given.ts'
import { EXIT } from '../exit.ts'
import { bar } from '../progress.ts'
import type { Record } from '../remote.ts'
import { json, line, out, say } from '../terminal.ts'

interface How {
  readonly output: string
  readonly bodies?: true
  readonly checkpoint: readonly string[]
  readonly force?: true
}

/** What was written: how many entries are in it, and how many more were asked for and are not sealed yet. */
interface Told {
  readonly file: string
  readonly entries: number
  readonly unsealed: number
  readonly bytes: number
}

const several = (path: string, before: readonly string[]): string[] => [...before, path]

export const prove: Register = (program) => {
  program
    .command('prove [what...]')
    .description(
      'proof of an exchange, of what a query finds, of a period without a hole (a query of after: and before: alone), or of all between two checkpoints',
    )
    .option('--bodies', 'with prompts and replies, as they are on the record: masked')
    .option(
      '--checkpoint <file>',
      'a checkpoint that you kept, which the log goes on from; may be given several times',
      several,
      [],
    )
    .option(
      '--output <file>',
      'a name that ends in .tlog-proof takes the proof of the first entry alone',
      'evidence.zip',
    )
    .option('--force', 'replace the file where one is there')
    .addHelpText(
      'after',
      examples(
        'prove last',
        "prove 'after:2026-11-01 before:2026-12-01' --output november.zip",
        "prove 'user:ana has:finding' --bodies",
        'prove --checkpoint october.txt --checkpoint november.txt',
        'prove 0199f2c4 --output asked.tlog-proof',
      ),
    )
    .action(async (words: readonly string[], how: How, command) => {
      const { refuseThere } = await import('../output.ts')
      refuseThere(how.output, how.force === true)
      const question = words.join(' ')
      const asked = new URLSearchParams({ what: question, bodies: String(how.bodies ?? false) })
      for (const file of how.checkpoint) asked.append('kept', await checkpointIn(file))
      const path = `/prove?${asked}`
      const told = await withRecord(command, async (record) => {
        const made = await (how.output.endsWith('.tlog-proof')
          ? one(record, path, how.output)
          : whole(record, path, how, { question, version: program.version() ?? '' }))
        return { ...made, standing: (await record.get<Seal>('/seal')).standing }
      })
      if (commonOf(command).json) out(json(told))
      else
        say(
          `${counted(told.entries, 'entry', 'entries')} in ${line(told.file)}, ${told.bytes} bytes${waiting(told)}; the log: ${line(told.standing, 2000)}`,
        )
    })
}

const waiting = ({ unsealed }: Told): string => (unsealed === 0 ? '' : `; not sealed yet, and not in it: ${unsealed}`)

async function whole(
  record: Record,
  path: string,
  { output, bodies }: How,
  asked: { question: string; version: string },
): Promise<Told> {
  const { Bundle } = await import('../evidence/bundle.ts')
  const bundle = new Bundle(output, { ...asked, bodies: bodies ?? false })
  const shown = bar('entries')
  try {
    let locked = 0
    for await (const told of proving(record, path)) {
      if ('entry' in told && told.entry.locked) locked += 1
      bundle.take(told)
      if ('head' in told) checkSealed(told.head)
      shown.at(bundle.entries, bundle.head.entries)
    }
    const bytes = bundle.finish()
    for (const told of bundle.open) say(line(told, 1000))
    if (bundle.refused.length > 0) process.exitCode = EXIT.evidence
    else if (locked > 0) process.exitCode = EXIT.locked
    if (locked > 0)
      say(
        `${counted(locked, 'body', 'bodies')} could not be opened, for their key is not here or was destroyed: the bundle says which`,
      )
    if (bundle.anchors.length > 0) say(line(`proofs of anchors are in it: ${bundle.anchors.join(', ')}`, 1000))
    return { file: output, entries: bundle.entries, unsealed: bundle.head.unsealed, bytes }
  } finally {
    shown.end()
    bundle.close()
  }
}

/** @throws seal.late where something was found and nothing of it is sealed: then a bundle would prove nothing of it */
function checkSealed({ entries, unsealed }: ProofHead): void {
  if (entries === 0 && unsealed > 0) throw new Fault('seal.late', `${counted(unsealed, 'entry waits', 'entries wait')}`)
}

/** The proof of the first entry. @throws seal.late where none is sealed, trail.absent */
async function one(record: Record, path: string, output: string): Promise<Told> {
  let head: ProofHead | undefined
  let first: ProvenEntry | undefined
  for await (const told of proving(record, path)) {
    if ('head' in told) {
      head = told.head
      checkSealed(told.head)
    }
    if ('entry' in told) first ??= told.entry
    if ('wrong' in told && told.wrong.index === first?.index) {
      say(line(`entry ${told.wrong.index + 1}: ${told.wrong.told}`))
      process.exitCode = EXIT.evidence
    }
  }
  if (!head || !first) throw new Fault('trail.absent', 'nothing was found')
  const { printLeafProof } = await import('#trail')
  const bytes = Buffer.from(printLeafProof({ ...first, checkpoint: head.checkpoint }))
  const { writeWhole } = await import('../output.ts')
  writeWhole(output, bytes)
  return { file: output, entries: 1, unsealed: 0, bytes: bytes.byteLength }
}

/** Whole, to its last line. @throws seal.off, trail.*, query.syntax, server.unreachable */
async function* proving(record: Record, path: string): AsyncIterable<Exclude<Proving, { readonly fault: unknown }>> {
  for await (const text of record.lines(path)) {
    const told = JSON.parse(text) as Proving
    if ('fault' in told) throw faultIn(told.fault)
    if ('end' in told) return
    yield told
  }
  throw new Fault('server.unreachable', 'the proof broke off')
}

/** `gatelog show <id|seq|last>`: one exchange, whole, or an entry of none. */
import type { LogEntry, Shown } from '#console'
import { Fault } from '#exchange'
import { commonOf, examples, named, type Register, withRecord } from '../command.ts'
import type { Record } from '../remote.ts'
import { json, out, safe } from '../terminal.ts'

interface How {
  readonly raw?: true
  readonly all?: true
}

export const show: Register = (program) => {
  program
    .command('show <exchange>')
    .description(
      'one exchange: an id, eight or more characters of its beginning, or "last"; or an entry of none, by its number or id',
    )
    .option('--all', 'every message of the prompt, whole')
    .option('--raw', 'the recorded reply; byte for byte in a pipe, escaped on a terminal')
    .addHelpText('after', examples('show last', 'show 0199f2c4-7 --json', 'show last --raw > reply.sse', 'show 109'))
    .action(async (id: string, { raw, all }: How, command) => {
      const found = await withRecord(command, (record) => foundIn(record, id))
      if (!('bodies' in found)) {
        if (raw) throw new Fault('usage.option', '--raw: an entry of no exchange has no reply')
        if (commonOf(command).json) return out(json(found))
        const { toldEntry } = await import('../shown/log.ts')
        return out(toldEntry(found))
      }
      if (raw) return printRaw(found.bodies.reply?.text ?? '')
      if (commonOf(command).json) return out(json(found))
      const { told } = await import('../shown/told.ts')
      out(told(found, all ?? false))
    })
}

type OfNone = Exclude<LogEntry, { readonly of: string }>

/** So many digits are no beginning of an id. */
const NUMBER = /^\d{1,7}$/

/** @throws trail.absent, trail.entry, trail.erased, trail.ambiguous */
async function foundIn(record: Record, id: string): Promise<Shown | OfNone> {
  if (NUMBER.test(id)) return entryIn(record, id)
  try {
    return await exchangeIn(record, id)
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'trail.absent' || id === 'last') throw error
    return entryIn(record, id).catch((other: Fault) => Promise.reject(other.code === 'trail.absent' ? error : other))
  }
}

const exchangeIn = (record: Record, id: string) =>
  record.get<Shown>(`/exchanges/${encodeURIComponent(named(id, 'an exchange: its id, or last'))}`)

async function entryIn(record: Record, id: string): Promise<Shown | OfNone> {
  const found = await record.get<LogEntry>(`/log/${encodeURIComponent(id)}`)
  return 'of' in found ? exchangeIn(record, found.of) : found
}

const printRaw = (text: string): void => void process.stdout.write(process.stdout.isTTY ? `${safe(text)}\n` : text)

/** `gatelog show <id|last>`: one exchange, whole. */
import type { Shown } from '#console'
import { commonOf, examples, type Register, withRecord } from '../command.ts'
import { json, out, safe } from '../terminal.ts'

interface How {
  readonly raw?: true
  readonly all?: true
}

export const show: Register = (program) => {
  program
    .command('show <exchange>')
    .description('one exchange: an id, eight or more characters of its beginning, or "last"')
    .option('--all', 'every message of the prompt, whole')
    .option('--raw', 'the recorded reply; byte for byte in a pipe, escaped on a terminal')
    .addHelpText('after', examples('show last', 'show 0199f2c4-7 --json', 'show last --raw > reply.sse'))
    .action(async (id: string, { raw, all }: How, command) => {
      const found = await withRecord(command, (record) => record.get<Shown>(`/exchanges/${encodeURIComponent(id)}`))
      if (raw) return printRaw(found.bodies.reply?.text ?? '')
      if (commonOf(command).json) return out(json(found))
      const { told } = await import('../shown/told.ts')
      out(told(found, all ?? false))
    })
}

const printRaw = (text: string): void => void process.stdout.write(process.stdout.isTTY ? `${safe(text)}\n` : text)

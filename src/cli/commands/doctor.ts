/** `gatelog doctor`: whether the running house, or the record where none runs, is sound, and where clients of this shell would go. */
import type { Command } from 'commander'
import type { CheckRow, ConnectionRow } from '#console'
import { type Fault, faultOf } from '#exchange'
import { commonOf, examples, type Register, withRecord } from '../command.ts'
import { EXIT } from '../exit.ts'
import { json, line, out, paint } from '../terminal.ts'

const NOTES = `
On the gateway's machine: the house and its record. Anywhere: where this shell's variables and the settings of
\`gatelog connect\` lead, what NO_PROXY lets go past, and whether the gateway's CA is trusted. To see that it asks the address
that the proxy variable names for /ca.pem, or an agent here. A fail sets the exit code, a warn does not.`

export const doctor: Register = (program) => {
  program
    .command('doctor')
    .description('check the running house, or the record where none runs, and what leads clients of this machine to it')
    .addHelpText('after', NOTES)
    .addHelpText('after', examples('doctor', 'doctor --json'))
    .action(async (_options, command: Command) => {
      const { gather } = await import('../shell/gather.ts')
      const { shellRows } = await import('../shell/checks.ts')
      const { standing } = await import('../connect/changes.ts')
      const { ownFolder } = await import('../connect/way.ts')
      const { join } = await import('node:path')
      const house = await look(command)
      const rows = [...house.rows, ...shellRows(await gather(process.env, house), standing(join(ownFolder(), 'undo')))]
      if (commonOf(command).json) out(json(rows))
      else for (const row of rows) out(told(row))
      if (house.fault) throw house.fault
      const failed = rows.filter((row) => row.state === 'fail')
      if (failed.length) process.exitCode = failed.some(isEvidence) ? EXIT.evidence : EXIT.error
    })
}

interface Looked {
  readonly rows: readonly CheckRow[]
  readonly here: boolean
  readonly hosts: readonly string[]
  readonly pem?: string | undefined
  /** Why it could not be asked, though it should be there. */
  readonly fault?: Fault
}

/** What the house says of itself; one row where there is no record to ask. */
async function look(command: Command): Promise<Looked> {
  try {
    return await withRecord(command, async (record) => {
      const connections = await record.get<ConnectionRow[]>('/connections')
      const hosts = connections.flatMap((each) => Object.values(each.hosts)).flatMap(hostIn)
      const rows = await record.get<CheckRow[]>('/checks')
      const ca = await record.get<{ pem: string }>('/ca/pem').catch(withoutCa)
      return { rows, here: true, hosts, pem: ca?.pem }
    })
  } catch (error) {
    const fault = faultOf(error)
    if (fault.code !== 'trail.none') return { rows: [], here: false, hosts: [], fault }
    const row: CheckRow = { check: 'record', state: 'warn', told: fault.message, remedy: NOT_HERE }
    return { rows: [row], here: false, hosts: [] }
  }
}

const NOT_HERE = 'On the gateway’s machine: run this in its folder, or name --config. On a developer’s there is none.'

/** A house without a forward door has no CA, and one whose CA cannot be read has said so. */
function withoutCa(error: unknown): undefined {
  if (!faultOf(error).code.startsWith('ca.')) throw error
}

const hostIn = (address: string): string[] => {
  const host = URL.parse(address)?.hostname
  return host && /^[^[].*[a-z]/.test(host) && host !== 'localhost' ? [host] : []
}

/** A gap whose signature does not hold, entries that vanished: somebody changed the record. */
const isEvidence = ({ check }: CheckRow): boolean => check === 'gaps' || check === 'entries'

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const

const told = ({ check, state, told: text, remedy }: CheckRow): string =>
  `${paint(COLOURS[state], state.padEnd(4))} ${line(check, 20).padEnd(12)} ${line(text, 2000)}${remedy ? `\n     ${line(remedy, 2000)}` : ''}`

/** `gatelog doctor`: whether the running house, or the record where none runs, is sound. */
import type { CheckRow } from '#console'
import { commonOf, examples, type Register, withRecord } from '../command.ts'
import { EXIT } from '../exit.ts'
import { proxyChecks } from '../proxy-checks.ts'
import { json, line, out, paint } from '../terminal.ts'

export const doctor: Register = (program) => {
  program
    .command('doctor')
    .description('check the running house, or the record where none runs, and this shell’s proxy variables')
    .addHelpText('after', examples('doctor', 'doctor --json'))
    .action(async (_options, command) => {
      const of = await withRecord(command, (record) => record.get<CheckRow[]>('/checks'))
      const rows = [...of, ...proxyChecks(process.env)]
      if (commonOf(command).json) out(json(rows))
      else for (const row of rows) out(told(row))
      const failed = rows.filter((row) => row.state === 'fail')
      if (failed.length) process.exitCode = failed.some(isEvidence) ? EXIT.evidence : EXIT.error
    })
}

/** A gap whose signature does not hold: somebody changed the record. */
const isEvidence = ({ check }: CheckRow): boolean => check === 'gaps'

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const

const told = ({ check, state, told: text, remedy }: CheckRow): string =>
  `${paint(COLOURS[state], state.padEnd(4))} ${line(check, 20).padEnd(10)} ${line(text)}${remedy ? `\n     ${line(remedy)}` : ''}`

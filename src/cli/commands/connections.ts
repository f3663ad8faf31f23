/** `gatelog connections list|test` and `doctor`: whether the way to each provider, and the house, are sound. */
import type { CheckRow, ConnectionRow, TestRow } from '#console'
import { type Common, type Register, withRecord } from '../command.ts'
import { EXIT } from '../exit.ts'
import { line, out, paint, table } from '../terminal.ts'

export const connections: Register = (program) => {
  const group = program.command('connections').description('ways to providers')
  group
    .command('list')
    .description('every connection and its hosts')
    .action(async (_options, command) => {
      const common = command.optsWithGlobals() as Common
      const rows = await withRecord(common, (record) => record.get<ConnectionRow[]>('/connections'))
      if (common.json) return out(JSON.stringify(rows))
      const hosts = (row: ConnectionRow) =>
        Object.entries(row.hosts)
          .map(([name, url]) => `${name}=${url}`)
          .join(' ')
      out(
        table(
          ['name', 'kind', 'credentials', 'hosts'],
          rows.map((row) => [row.name, row.kind, row.credentials, hosts(row)]),
        ),
      )
    })
  group
    .command('test <name>')
    .description('reach each host of a connection; sends nothing')
    .action(async (name: string, _options, command) => {
      const common = command.optsWithGlobals() as Common
      const rows = await withRecord(common, (record) =>
        record.send<TestRow[]>('POST', `/connections/${encodeURIComponent(name)}/test`),
      )
      if (common.json) out(JSON.stringify(rows))
      else
        for (const row of rows)
          out(`${row.ok ? paint('green', 'ok  ') : paint('red', 'fail')} ${row.host.padEnd(10)} ${line(row.told)}`)
      if (rows.some((row) => !row.ok)) process.exitCode = EXIT.unreachable
    })
  program
    .command('doctor')
    .description('check the running house, or the record where none runs')
    .action(async (_options, command) => {
      const common = command.optsWithGlobals() as Common
      const rows = await withRecord(common, (record) => record.get<CheckRow[]>('/checks'))
      if (common.json) out(JSON.stringify(rows))
      else for (const row of rows) out(checkText(row))
      if (rows.some((row) => row.state === 'fail')) process.exitCode = EXIT.error
    })
}

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const

const checkText = ({ check, state, told, remedy }: CheckRow): string =>
  `${paint(COLOURS[state], state.padEnd(4))} ${check.padEnd(10)} ${line(told)}${remedy ? `\n     ${remedy}` : ''}`

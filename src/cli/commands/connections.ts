/** `gatelog connections list|test`: the ways to providers, and whether they are open. */
import type { ConnectionRow, TestRow } from '#console'
import { commonOf, examples, named, type Register, withRecord } from '../command.ts'
import { EXIT } from '../exit.ts'
import { table } from '../table.ts'
import { json, line, out, paint } from '../terminal.ts'

export const connections: Register = (program) => {
  const group = program
    .command('connections')
    .description('ways to providers')
    .addHelpText('after', examples('connections list', 'connections test openai'))
  group
    .command('list')
    .description('every connection and its hosts')
    .addHelpText('after', examples('connections list', 'connections list --json'))
    .action(async (_options, command) => {
      const rows = await withRecord(command, (record) => record.get<ConnectionRow[]>('/connections'))
      if (commonOf(command).json) return out(json(rows))
      out(table(['name', 'kind', 'credentials', 'host', 'address'], rows.flatMap(lines)))
    })
  group
    .command('test <name>')
    .description('reach each host of a connection; sends nothing')
    .addHelpText('after', examples('connections test openai'))
    .action(async (name: string, _options, command) => {
      const rows = await withRecord(command, (record) =>
        record.send<TestRow[]>(
          'POST',
          `/connections/${encodeURIComponent(named(name, 'a connection: gatelog connections list'))}/test`,
        ),
      )
      if (commonOf(command).json) out(json(rows))
      else for (const row of rows) out(told(row))
      if (rows.some((row) => !row.ok)) process.exitCode = EXIT.unreachable
    })
}

/** A line for each host; the connection is named in the first one. */
const lines = ({ name, kind, credentials, hosts }: ConnectionRow): string[][] =>
  Object.entries(hosts).map(([host, address], nth) => [
    ...(nth === 0 ? [name, kind, credentials] : ['', '', '']),
    host,
    address,
  ])

const told = ({ ok, host, told: text }: TestRow): string =>
  `${ok ? paint('green', 'ok  ') : paint('red', 'fail')} ${line(host, 40).padEnd(10)} ${line(text)}`

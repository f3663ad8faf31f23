/** `gatelog ca show|export|rotate|csr|import|install-help`. Prints certificates and requests; a key never. */
import { type Command, Option } from 'commander'
import type { CaRow } from '#console'
import { Fault } from '#exchange'
import { commonOf, examples, numberOf, type Register, withRecord } from '../command.ts'
import { helpFor, SYSTEMS } from '../install-help.ts'
import { json, line, moment, out, paint, say } from '../terminal.ts'

const MOST_DAYS = 366
const LONGEST_PEM = 200_000

export const ca: Register = (program) => {
  const group = program
    .command('ca')
    .description('the CA of the forward door')
    .addHelpText('after', examples('ca show', 'ca export > gatelog-ca.pem', 'ca install-help debian'))
  group
    .command('show')
    .description('who signs, until when, and for which hosts')
    .addHelpText('after', examples('ca show', 'ca show --json'))
    .action(async (_options, command) => tell(command, await rowsOf(command)))
  group
    .command('export')
    .description('every certificate that clients should trust now, PEM')
    .addHelpText('after', examples('ca export > gatelog-ca.pem'))
    .action((_options, command) => printed(command, 'GET', '/ca/pem'))
  group
    .command('rotate')
    .description('make a successor; it is exported now and signs later')
    .addOption(new Option('--days <n>', 'days until it signs').default(30).argParser(numberOf(0, MOST_DAYS)))
    .option('--now', 'let it sign at once')
    .option('--stolen', 'the same, and export the old one no more')
    .addHelpText('after', examples('ca rotate', 'ca rotate --days 60', 'ca rotate --now', 'ca rotate --stolen'))
    .action(rotate)
  group
    .command('csr')
    .description('a request for your company’s CA to sign')
    .addHelpText('after', examples('ca csr > gatelog-ca.csr'))
    .action((_options, command) => printed(command, 'POST', '/ca/request'))
  group
    .command('import <file>')
    .description('take what your company’s CA made of the request')
    .addHelpText('after', examples('ca import chain.pem'))
    .action(take)
  group
    .command('install-help')
    .argument('[system]', SYSTEMS.join(', '))
    .description('the commands that let a system or a program trust the CA')
    .addHelpText('after', examples('ca install-help', 'ca install-help macos', 'ca install-help java'))
    .action((system: string | undefined, _options, command) => {
      if (system !== undefined && !SYSTEMS.includes(system))
        command.error(`error: a system is one of ${SYSTEMS.join(', ')}`)
      const told = helpFor(system)
      if (commonOf(command).json) return out(json(told))
      out(
        told
          .map(({ title, lines }) => `${paint('bold', title)}\n${lines.map((each) => `  ${each}\n`).join('')}`)
          .join('\n'),
      )
    })
}

const rowsOf = (command: Command) => withRecord(command, (record) => record.get<CaRow[]>('/ca'))

async function printed(command: Command, method: 'GET' | 'POST', path: string): Promise<void> {
  const told = await withRecord(command, (record) =>
    method === 'GET' ? record.get<{ pem: string }>(path) : record.send<{ pem: string }>('POST', path, {}),
  )
  out(commonOf(command).json ? json(told) : told.pem.trimEnd())
}

async function rotate(
  { days, now, stolen }: { days: number; now?: true; stolen?: true },
  command: Command,
): Promise<void> {
  const wanted = { days, ...(now && { now }), ...(stolen && { stolen }) }
  tell(command, await withRecord(command, (record) => record.send<CaRow[]>('POST', '/ca/rotate', wanted)))
  if (commonOf(command).json) return
  if (stolen) say('Take the old one from every client: its fingerprint was shown by gatelog ca show')
  say('Let clients trust the new one: gatelog ca export, gatelog ca install-help')
}

async function take(file: string, _options: unknown, command: Command): Promise<void> {
  const { gathered, textOf } = await import('../scan/text.ts')
  const parts = await textOf(file)
  if (parts === 'binary') throw new Fault('usage.input', `${file}: PEM is wanted, not DER`)
  const { text: pem } = await gathered(parts, LONGEST_PEM)
  const rows = await withRecord(command, (record) => record.send<CaRow[]>('POST', '/ca/import', { pem }))
  tell(command, rows)
  if (!rows[0]?.permitted) say('Nothing holds this CA to a list of hosts: whoever steals its key can vouch for any.')
}

function tell(command: Command, rows: readonly CaRow[]): void {
  out(commonOf(command).json ? json(rows) : rows.map(told).join('\n'))
}

const STATES = {
  signing: 'signs',
  next: 'comes next',
  former: 'signed before; still exported',
} as const

const told = ({ role, subject, fingerprint, from, until, signs, permitted, source }: CaRow): string =>
  [
    `${paint('bold', line(subject))}`,
    `  state        ${STATES[role]}${signs ? `, signs from ${moment(signs)}` : ''}${source === 'configured' ? ', from the configuration' : ''}`,
    `  valid        ${moment(from)} to ${moment(until)}`,
    `  fingerprint  ${line(fingerprint, 100)}`,
    `  hosts        ${permitted ? permitted.map((each) => line(each)).join(', ') : paint('yellow', 'any: it is not name-constrained')}`,
  ].join('\n')

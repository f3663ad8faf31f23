/** `gatelog keys create|list|revoke`. A key is shown once, when it is made. */
import { type Command, Option } from 'commander'
import type { KeyRecord, NewKey } from '#identity'
import { commonOf, examples, named, numberOf, type Register, withRecord } from '../command.ts'
import { type Cell, table } from '../table.ts'
import { json, line, moment, out, say } from '../terminal.ts'

/** A key without the digest that recognises it. */
type Shown = Omit<KeyRecord, 'digest'>

interface Create {
  readonly user?: string
  readonly job?: string
  readonly service?: string
  readonly path?: string
  readonly name?: string
  readonly group?: string[]
  readonly connection?: string[]
  readonly network?: string[]
  readonly days?: number
}

const LONGEST_DAYS = 366

export const keys: Register = (program) => {
  const group = program
    .command('keys')
    .description('keys of people, jobs and services')
    .addHelpText('after', examples('keys create --user ana', 'keys list', 'keys revoke k_8N5WpBOB --why left'))
  group
    .command('create')
    .description('make a key; it is shown once')
    .option('--user <id>', 'a person')
    .option('--job <id>', 'a CI job')
    .option('--service <id>', 'a service')
    .option('--path <id>', 'a person, for a client that can only set an address')
    .option('--name <name>', 'the name to show')
    .option('--group <name...>', 'groups, for rules')
    .option('--connection <name...>', 'connections that it covers (default: all)')
    .option('--network <cidr...>', 'networks that it works from (default: any)')
    .addOption(new Option('--days <n>', 'days until it expires').argParser(numberOf(0.001, LONGEST_DAYS, false)))
    .addHelpText(
      'after',
      examples(
        'keys create --user ana@example.com --group backend',
        'keys create --job nightly --connection openai --days 7',
        'keys create --path ana --connection copilot > ana.key',
      ),
    )
    .action(create)
  group
    .command('list')
    .description('every key, without its secret')
    .addHelpText('after', examples('keys list', 'keys list --json'))
    .action(list)
  group
    .command('revoke <id>')
    .description('end a key now, and cut what it has open')
    .option('--why <text>', 'the reason, for the record')
    .addHelpText('after', examples("keys revoke k_8N5WpBOB --why 'contract ended'"))
    .action(revoke)
}

async function create(options: Create, command: Command): Promise<void> {
  const kinds = { user: options.user, job: options.job, svc: options.service, path: options.path }
  const given = Object.entries(kinds).filter(([, actor]) => actor !== undefined)
  const [kind, actor] = given[0] ?? []
  if (given.length !== 1 || !kind || !actor) command.error('error: name one of --user, --job, --service, --path')
  const wanted: NewKey = {
    kind: kind as NewKey['kind'],
    actor,
    connections: options.connection ?? '*',
    ...(options.name && { name: options.name }),
    ...(options.group && { groups: options.group }),
    ...(options.network && { networks: options.network }),
    ...(options.days && { days: options.days }),
  }
  const made = await withRecord(command, (record) =>
    record.send<{ key: string; record: Shown }>('POST', '/keys', wanted),
  )
  if (commonOf(command).json) return out(json(made))
  say(`Shown once; expires ${moment(made.record.expires)}:`)
  out(made.key)
}

async function list(_options: unknown, command: Command): Promise<void> {
  const records = await withRecord(command, (record) => record.get<Shown[]>('/keys'))
  if (commonOf(command).json) return out(json(records))
  out(table(['id', 'kind', 'actor', 'connections', 'used', 'state'], records.map(row)))
}

const row = (key: Shown): Cell[] => [
  key.id,
  key.kind,
  key.actor.id,
  key.connections === '*' ? 'all' : key.connections.join(','),
  key.used ? moment(key.used) : 'never',
  state(key),
]

function state({ revoked, why, expires }: Shown): Cell {
  if (revoked) return [`revoked ${moment(revoked)}${why ? `: ${why}` : ''}`, 'red']
  return expires < Date.now() ? ['expired', 'yellow'] : `until ${moment(expires)}`
}

async function revoke(id: string, options: { why?: string }, command: Command): Promise<void> {
  const why = options.why ? `?${new URLSearchParams({ why: options.why })}` : ''
  const ended = await withRecord(command, (record) =>
    record.send<Shown>('DELETE', `/keys/${encodeURIComponent(named(id, 'a key: gatelog keys list'))}${why}`),
  )
  out(commonOf(command).json ? json(ended) : `${line(ended.id)} is revoked`)
}

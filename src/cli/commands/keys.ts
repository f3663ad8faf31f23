/** `gatelog keys create|list|revoke`. A key is shown once, when it is made. */
import type { KeyRecord, NewKey } from '#identity'
import { type Common, type Register, withRecord } from '../command.ts'
import { line, moment, out, paint, say, table } from '../terminal.ts'

type Shown = Omit<KeyRecord, 'digest'>

interface Create {
  readonly user?: string
  readonly job?: string
  readonly service?: string
  readonly path?: string
  readonly name?: string
  readonly group?: string[]
  readonly connection?: string[]
  readonly days?: string
}

export const keys: Register = (program) => {
  const group = program.command('keys').description('keys of people, jobs and services')
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
    .option('--days <n>', 'days until it expires')
    .addHelpText(
      'after',
      '\nExamples:\n  gatelog keys create --user ana@example.com --group backend\n  gatelog keys create --job nightly --connection openai --days 7\n',
    )
    .action(create)
  group.command('list').description('every key, without its secret').action(list)
  group
    .command('revoke <id>')
    .description('end a key now, and cut what it has open')
    .option('--why <text>', 'the reason, for the record')
    .action(revoke)
}

async function create(options: Create, command: { optsWithGlobals(): Common }): Promise<void> {
  const common = command.optsWithGlobals()
  const kinds = { user: options.user, job: options.job, svc: options.service, path: options.path }
  const given = Object.entries(kinds).filter(([, actor]) => actor !== undefined)
  const [kind, actor] = given[0] ?? []
  if (given.length !== 1 || !kind || !actor) throw new Error('name one of --user, --job, --service, --path')
  const wanted: NewKey = {
    kind: kind as NewKey['kind'],
    actor,
    connections: options.connection ?? '*',
    ...(options.name && { name: options.name }),
    ...(options.group && { groups: options.group }),
    ...(options.days && { days: Number(options.days) }),
  }
  const made = await withRecord(common, (record) =>
    record.send<{ key: string; record: Shown }>('POST', '/keys', wanted),
  )
  if (common.json) return out(JSON.stringify(made))
  say(`Shown once; expires ${moment(made.record.expires)}:`)
  out(made.key)
}

async function list(_options: unknown, command: { optsWithGlobals(): Common }): Promise<void> {
  const common = command.optsWithGlobals()
  const records = await withRecord(common, (record) => record.get<Shown[]>('/keys'))
  if (common.json) return out(JSON.stringify(records))
  const rows = records.map((key) => [
    key.id,
    key.kind,
    line(key.actor.id, 40),
    key.connections === '*' ? 'all' : key.connections.join(','),
    key.used ? moment(key.used) : 'never',
    state(key),
  ])
  out(table(['id', 'kind', 'actor', 'connections', 'used', 'state'], rows))
}

const state = (key: Shown): string =>
  key.revoked
    ? paint('red', `revoked ${moment(key.revoked)}`)
    : key.expires < Date.now()
      ? 'expired'
      : `until ${moment(key.expires)}`

async function revoke(id: string, options: { why?: string }, command: { optsWithGlobals(): Common }): Promise<void> {
  const common = command.optsWithGlobals()
  const why = options.why ? `?why=${encodeURIComponent(options.why)}` : ''
  const record = await withRecord(common, (open) => open.send<Shown>('DELETE', `/keys/${encodeURIComponent(id)}${why}`))
  out(common.json ? JSON.stringify(record) : `${record.id} is revoked`)
}

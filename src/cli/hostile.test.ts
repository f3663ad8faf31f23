/** Nothing from outside drives the terminal: what every command prints of a hostile record, whole. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { makeKey } from '#identity'
import { drives, exchangeOf, HOSTILE, idOf, outcomeOf, refusedOf } from './entries.case.ts'
import { folderFor, heard, openHouse, put, type Ran, run, start, until } from './house.case.ts'

/** One section a command: `$ arguments`, then stdout and stderr as they were. */
const GOLDEN = readFileSync(join(import.meta.dirname, 'hostile.golden.txt'), 'utf8')

const section = (args: readonly string[], { code, out, err }: Ran): string =>
  `$ ${args.join(' ')}\n${out}${err}= ${code}\n`

function holds(args: readonly string[], ran: Ran): void {
  assert.ok(!drives(ran.out + ran.err), JSON.stringify(ran))
  const told = section(args, ran)
  if (!GOLDEN.includes(told)) assert.equal(told, goldenOf(args))
}

const goldenOf = (args: readonly string[]): string => {
  const from = GOLDEN.indexOf(`$ ${args.join(' ')}\n`)
  const to = GOLDEN.indexOf('\n$ ', from + 1)
  return from < 0 ? 'no such section' : GOLDEN.slice(from, to < 0 ? undefined : to + 1)
}

const house = (t: TestContext) =>
  openHouse(t, [...exchangeOf({ nth: 1, text: HOSTILE }), refusedOf(2, HOSTILE), outcomeOf(1, HOSTILE)], {
    connections: () => [{ name: HOSTILE, kind: HOSTILE, credentials: HOSTILE, hosts: { [HOSTILE]: HOSTILE } }],
    test: async () => [{ host: HOSTILE, ok: false, told: HOSTILE }],
    checks: async () => [{ check: HOSTILE, state: 'fail', told: HOSTILE, remedy: HOSTILE }],
  })

const COMMANDS: readonly (readonly string[])[] = [
  ['search'],
  ['search', '--json'],
  ['sessions'],
  ['show', idOf(1)],
  ['show', idOf(1), '--json'],
  ['show', idOf(2)],
  ['replay', 'SessionOne', '--speed', '1000000'],
  ['connections', 'list'],
  ['connections', 'test', 'demo'],
  ['doctor'],
]

test('no command lets the record drive the terminal', { concurrency: 2 }, async (t) => {
  const { folder } = await house(t)
  const all = COMMANDS.map((args) => t.test(args.join(' '), async () => holds(args, await run(folder, args))))
  await Promise.all(all)
})

const KEY = makeKey('user', (bytes) => new Uint8Array(bytes).fill(9))
const YAML = `rules: [{ name: fine, when: 'true', then: deny, reason: x }]\n${JSON.stringify(HOSTILE)}: 1\n`

test('nor does a file, an argument or a fault', { concurrency: 2 }, async (t) => {
  const folder = folderFor(t)
  put(folder, 'gatelog.yaml', YAML)
  put(folder, 'settings.json', `{"${HOSTILE.replace(/[^\u0080-\uffff]/g, '')}": 1, "env": {}}\n`)
  const cases = [
    { args: ['check'] },
    { args: [HOSTILE] },
    { args: ['show', 'last', '--config', 'none.yaml', '--url', `http://127.0.0.1:1/${HOSTILE}`] },
    { args: ['connect', 'claude', '--key-file', HOSTILE.replaceAll('\u0000', '')] },
    { args: ['connect', 'claude', '--file', 'settings.json', '--config', 'none.yaml', '--write', '--key', KEY] },
  ]
  for (const { args } of cases) {
    const ran = await run(folder, args)
    assert.ok(!drives(ran.out + ran.err), JSON.stringify(ran))
    assert.notEqual(ran.code, 0)
  }
})

test('a live view and the reasons of revoked keys are escaped too', async (t) => {
  const { folder, trail, identity, run: gatelog } = await house(t)
  const { record } = await identity.create({ kind: 'user', actor: 'ana', connections: '*' })
  await gatelog('keys', 'revoke', record.id, '--why', HOSTILE)
  const list = await gatelog('keys', 'list')
  assert.match(list.out, /revoked .*: \\u\{1b\}/)
  assert.ok(!drives(list.out), list.out)
  const said = heard(start(t, folder, ['tail']))
  await until(said, /identity\.missing \\u\{1b\}\]0;owned/, (nth) => trail.append(refusedOf(nth, HOSTILE)))
  assert.ok(!drives(said()), said())
})

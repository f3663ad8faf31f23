/** Where commands look: the configuration that was named, the record beside it, and no secret that they do not need. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { EXIT } from './exit.ts'
import { folderFor, put, run, spawned } from './house.case.ts'

const BROKERED = "connections: { openai: { kind: openai, credentials: brokered, key: '${env:NOT_SET_HERE}' } }\n"

/** A folder whose configuration no server could start with, for a secret of it is elsewhere. */
function unset(t: TestContext): string {
  const folder = folderFor(t)
  put(folder, 'gatelog.yaml', BROKERED)
  return folder
}

describe('place', { concurrency: 2 }, () => {
  const READING = [
    ['search', 'user:ana'],
    ['show', 'last'],
    ['replay', 'last'],
    ['sessions'],
    ['keys', 'list'],
    ['keys', 'revoke', 'k_12345678'],
    ['ca', 'show'],
  ] as const
  test('what only reads makes no record, and says that there is none', async (t) => {
    const folder = folderFor(t)
    for (const args of READING) {
      const { code, out, err } = await run(folder, args)
      assert.deepEqual([code, out], [EXIT.error, ''], args.join(' '))
      assert.match(err, /no record yet: \.\/gatelog-data \[trail\.none\]\n {2}\S/, args.join(' '))
      assert.deepEqual(readdirSync(folder), [], args.join(' '))
    }
    assert.equal((await run(folder, ['connections', 'list'])).code, EXIT.ok)
    assert.deepEqual(readdirSync(folder), [])
    assert.equal((await run(folder, ['keys', 'create', '--user', 'ana'])).code, EXIT.ok)
    assert.deepEqual(readdirSync(folder), ['.config', 'gatelog-data'])
    assert.deepEqual(readdirSync(join(folder, '.config', 'gatelog')), ['keys'], 'the wrapping key, and no more')
    assert.deepEqual((await run(folder, ['search', 'user:ana'])).err, 'nothing found\n')
  })

  test('doctor looks at the shell where there is no record, makes none, and tells what else it cannot ask', async (t) => {
    const folder = folderFor(t)
    const wrong = { NO_PROXY: '*', HTTPS_PROXY: 'http://127.0.0.1:1', NODE_TLS_REJECT_UNAUTHORIZED: '0' }
    const { code, out, err } = await spawned(folder, ['doctor', '--json'], '', wrong)
    const rows = JSON.parse(out) as { check: string; state: string; told: string }[]
    assert.deepEqual(
      rows.map(({ check, state }) => `${check} ${state}`),
      ['record warn', 'proxy fail', 'no_proxy warn', 'ca file warn', 'tls fail'],
    )
    assert.match(rows[0]?.told ?? '', /no record yet: \.\/gatelog-data/)
    assert.deepEqual([code, err], [EXIT.error, ''])
    assert.deepEqual(readdirSync(folder), [])
    const quiet = await spawned(folder, ['doctor'])
    assert.equal(quiet.code, EXIT.ok, quiet.out)
    put(folder, 'gatelog.yaml', 'nonsense: 1\n')
    const config = await spawned(folder, ['doctor'])
    assert.equal(config.code, EXIT.config)
    assert.match(config.out, /^warn shell /)
    assert.match(config.err, /nonsense.*\[config\.invalid\]/)
    const away = await spawned(folder, ['doctor', '--url', 'http://127.0.0.1:1'])
    assert.deepEqual([away.code, /^warn shell /.test(away.out)], [EXIT.unreachable, true], away.err)
  })

  test('a relative folder stands beside its configuration, from wherever it is asked', async (t) => {
    const [here, there] = [folderFor(t), folderFor(t)]
    put(there, 'gatelog.yaml', 'data: ./record\n')
    await run(there, ['keys', 'create', '--user', 'ana'])
    assert.deepEqual(readdirSync(there).sort(), ['.config', 'gatelog.yaml', 'record'])
    const asked = ['--config', join(there, 'gatelog.yaml'), 'keys', 'list']
    const { code, out } = await spawned(here, asked, '', { HOME: there }) // where the wrapping key is
    assert.equal(code, EXIT.ok)
    assert.match(out, /\bana\b/)
    assert.deepEqual(readdirSync(here), [])
  })

  test('a configuration that was named and is not there is none of ours', async (t) => {
    const folder = folderFor(t)
    for (const args of [['serve'], ['check'], ['search', 'x'], ['keys', 'create', '--user', 'ana']]) {
      const named = await spawned(folder, ['--config', 'gatelgo.yaml', ...args])
      assert.equal(named.code, EXIT.config, args.join(' '))
      assert.match(named.err, /does not exist: gatelgo\.yaml \[config\.absent\]/)
      assert.equal((await spawned(folder, args, '', { GATELOG_CONFIG: 'gatelgo.yaml' })).code, EXIT.config)
    }
    assert.equal((await spawned(folder, ['version'], '', { GATELOG_CONFIG: 'gatelgo.yaml' })).code, EXIT.ok)
    assert.equal((await run(folder, ['check'])).code, EXIT.ok)
    assert.deepEqual(readdirSync(folder), [])
  })

  test('a secret of the server is wanted only where it is used', async (t) => {
    const folder = unset(t)
    const good = [
      ['keys', 'create', '--user', 'ana'],
      ['keys', 'list'],
      ['search', 'user:ana'],
      ['sessions'],
      ['doctor'],
      ['connections', 'list'],
      ['connect', 'codex'],
      ['ca', 'show'],
    ]
    for (const args of good) assert.equal((await run(folder, args)).code, EXIT.ok, args.join(' '))
    for (const args of [['check'], ['rules', 'list']]) {
      const { code, err } = await run(folder, args)
      assert.deepEqual([code, /NOT_SET_HERE.* \[config\.missing\]/.test(err)], [EXIT.config, true], err)
    }
  })

  test('a folder too deep for a socket is told with the limit, before anything is made', async (t) => {
    const folder = folderFor(t)
    const deep = 'd'.repeat(120)
    mkdirSync(join(folder, deep))
    put(folder, 'gatelog.yaml', `listen: {}\ndata: ./${deep}\n`)
    const { code, err } = await spawned(folder, ['serve'])
    assert.equal(code, EXIT.config, err)
    assert.match(err, /gatelog\.yaml:2:7 data: its socket’s path has 13\d bytes, of which \d+ are possible/)
    assert.deepEqual(readdirSync(join(folder, deep)), [])
  })
})

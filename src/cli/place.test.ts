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
    ['doctor'],
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
    assert.deepEqual(readdirSync(folder), ['gatelog-data'])
    assert.deepEqual((await run(folder, ['search', 'user:ana'])).err, 'nothing found\n')
  })

  test('a relative folder stands beside its configuration, from wherever it is asked', async (t) => {
    const [here, there] = [folderFor(t), folderFor(t)]
    put(there, 'gatelog.yaml', 'data: ./record\n')
    await run(there, ['keys', 'create', '--user', 'ana'])
    assert.deepEqual(readdirSync(there).sort(), ['gatelog.yaml', 'record'])
    const { code, out } = await run(here, ['--config', join(there, 'gatelog.yaml'), 'keys', 'list'])
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

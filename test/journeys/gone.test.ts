/** `verify` ends with 5 where a file that a record is made of is gone, and says which; a folder that is no record is another matter. */
import assert from 'node:assert/strict'
import { mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { folderFor, gatelog, startGateway } from '../process.case.ts'

test('a head.db or keys.db that is gone is named, and is evidence', async (t) => {
  const gateway = await startGateway(t, 'connections: { up: { kind: openai } }')
  await fetch(`${gateway.url}/c/up/v1/models`, { headers: { 'x-gatelog-key': await gateway.key() } })
  await gateway.end('SIGTERM')
  const data = join(gateway.folder, 'gatelog-data')
  for (const name of ['head.db', 'keys.db']) {
    renameSync(join(data, name), join(gateway.folder, 'away'))
    for (const args of [['verify'], ['verify', data]]) {
      const { code, stderr } = await gateway.gatelog(...args)
      assert.equal(code, 5, stderr)
      assert.match(stderr, new RegExp(`${name} is gone or empty, and the record has entries \\[trail\\.damaged\\]`))
    }
    renameSync(join(gateway.folder, 'away'), join(data, name))
  }
  const whole = await gateway.gatelog('verify')
  assert.equal(whole.code, 0, whole.stdout + whole.stderr)
})

test('a folder that never was a record is none', async (t) => {
  const folder = folderFor(t)
  mkdirSync(join(folder, 'gatelog-data'))
  assert.deepEqual([(await gatelog(folder, ['verify'])).code, (await gatelog(folder, ['verify', '.'])).code], [1, 2])
})

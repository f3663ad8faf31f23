/** A second server on a data folder is refused whatever becomes of the file `lock`, after a backup and an erasure too; the first goes on. */
import assert from 'node:assert/strict'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gatelog, startGateway } from '../process.case.ts'

const YAML = `connections: { demo: { kind: demo } }
backup: { to: ./to, keys: ./apart }
`

test('a second server is refused without the lock, and beside another one in its place', async (t) => {
  const gateway = await startGateway(t, YAML)
  const { folder, url } = gateway
  const lock = join(folder, 'gatelog-data/lock')
  const key = await gateway.key('--user', 'ana')
  const asked = async () => {
    const answer = await fetch(`${url}/c/demo/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-gatelog-key': key },
      body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'a lighthouse keeper' }] }),
    })
    await answer.text()
    return answer.status
  }
  assert.equal(await asked(), 200)
  assert.equal((await gateway.gatelog('backup')).code, 0)
  assert.equal((await gateway.gatelog('erase', '--user', 'ana', '--why', 'x', '--basis', 'y', '--yes')).code, 0)
  assert.equal((await gateway.gatelog('backup')).code, 0)
  const changes: readonly [string, () => void][] = [
    ['gone', () => rmSync(lock)],
    ['another', () => writeFileSync(`${lock}.new`, '')],
    ['in its place', () => renameSync(`${lock}.new`, lock)],
  ]
  for (const [name, change] of changes) {
    change()
    const second = await gatelog(folder, ['serve'])
    assert.equal(second.code, 1, name)
    assert.match(second.stderr, /\[trail\.locked\]/, name)
    assert.equal(await asked(), 200, name)
  }
  assert.equal(await gateway.end('SIGTERM'), 0)
  const verified = await gatelog(folder, ['verify'])
  assert.equal(verified.code, 0, verified.stdout)
})

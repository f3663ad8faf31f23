/** Killed in the middle: of a backup, earlier ones are as they were; of a restore, no record is there. The next one is whole. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { namesAt, openFolder } from '#export'
import { restoreBackup } from '../../src/app/backup/restore.ts'
import { folderFor, gatelog } from '../process.case.ts'

const BIN = join(import.meta.dirname, '../../bin/gatelog.mjs')

/** How a process ended: its signal, or its code. */
const ran = (...args: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    const path = join(import.meta.dirname, '../../src/app/backup/kill.case.ts')
    execFile(process.execPath, [path, ...args], { timeout: 50_000 }, (error, _out, err) =>
      resolve(error ? (error.signal ?? `${error.code} ${err}`) : '0'),
    )
  })

test('a kill at any step of a backup leaves the earlier ones, and at any step of a restore no record', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-kill-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const [from, keys] = [openFolder(join(folder, 'to')), openFolder(join(folder, 'keys-copy'))]
  const encryption = { folder: join(folder, 'keys'), former: [] }
  const config = { data: join(folder, 'back'), path_keys: false, encryption }
  const restore = (dryRun: boolean) => restoreBackup({ config, from, keys, trustKeys: false, dryRun, reader: 'ana' })

  assert.equal(await ran('backup', folder, '0'), '0')
  assert.equal((await restore(true)).report?.ok, true)
  const [first] = await namesAt(from)
  for (const nth of [1, 2, 4]) {
    assert.equal(await ran('backup', folder, String(nth)), 'SIGKILL')
    assert.deepEqual(await namesAt(from), [first])
    assert.equal((await restore(true)).report?.ok, true)
  }
  assert.equal(await ran('backup', folder, '0'), '0')
  assert.equal((await namesAt(from)).length, 2)
  assert.equal(existsSync(join(folder, 'data', 'backup.tmp')), false)

  for (const nth of [1, 3, 7]) {
    assert.equal(await ran('restore', folder, String(nth)), 'SIGKILL')
    assert.equal(existsSync(config.data), false)
  }
  const { last, done } = await restore(false)
  assert.deepEqual([last >= 5, done, existsSync(`${config.data}.restoring`)], [true, true, false])
})

test('a signal that ends a backup of a record which no server holds takes along what was staged', async (t) => {
  const folder = folderFor(t)
  const bucket = createServer((asked, answer) => {
    if (asked.method !== 'PUT') return void answer.writeHead(200).end('<ListBucketResult></ListBucketResult>')
    bucket.emit('putting')
  })
  await once(bucket.listen(0, '127.0.0.1'), 'listening')
  t.after(() => bucket.close().closeAllConnections())
  const url = `http://127.0.0.1:${(bucket.address() as AddressInfo).port}/b`
  const form = `{ url: '${url}', region: r, access_key: k, secret_key: s }`
  writeFileSync(join(folder, 'gatelog.yaml'), `connections: {}\nbackup: { to: ${form} }\n`)
  assert.equal((await gatelog(folder, ['keys', 'create', '--user', 'ana'])).code, 0)
  const staged = () => globSync(join(folder, 'gatelog-data/backup.tmp/*'))
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    const child = spawn(process.execPath, [BIN, 'backup'], { cwd: folder, env: { ...process.env, HOME: folder } })
    const ended = once(child, 'exit')
    await Promise.race([once(bucket, 'putting'), ended])
    assert.ok(staged().length > 0)
    child.kill(signal)
    assert.deepEqual(await ended, [code, null])
    assert.equal(existsSync(join(folder, 'gatelog-data/backup.tmp')), false)
  }
})

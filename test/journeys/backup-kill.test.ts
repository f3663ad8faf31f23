/** Killed in the middle: of a backup, earlier ones are as they were; of a restore, no record is there. The next one is whole. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { namesAt, openFolder } from '#export'
import { restoreBackup } from '../../src/app/backup/restore.ts'

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

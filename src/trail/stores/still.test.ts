/** What is read as it lies: never a file with a log, never beside who writes. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { File } from './sqlite/file.ts'
import { FolderLock } from './sqlite/lock.ts'
import { isReadOnly, openStill, shareLock } from './sqlite/still.ts'

function ground(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-still-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('a file is read and never written, one of another version or with a log is refused', (t) => {
  const path = join(ground(t), 'a.db')
  const format = { version: 2, schema: 'CREATE TABLE t(x)' }
  const own = new File(path, format)
  own.transaction(() => own.run('INSERT INTO t VALUES (1)'))
  assert.throws(() => openStill(path), { code: 'disk.readonly' })
  own.close()
  const still = new File(path, format, true)
  assert.deepEqual(still.all('SELECT x FROM t').length, 1)
  assert.throws(() => still.transaction(() => still.run('DELETE FROM t')), { code: 'disk.readonly' })
  assert.throws(() => still.run('DELETE FROM t'), /readonly/)
  still.close()
  assert.throws(() => new File(path, { ...format, version: 3 }, true), { code: 'disk.readonly' })
  assert.throws(() => new File(path, { ...format, version: 1 }, true), { code: 'trail.newer' })
  writeFileSync(path, 'no database')
  assert.throws(() => new File(path, format, true), { code: 'trail.broken' })
})

test('beside who holds the folder nothing is read, and while it is read nobody takes it', (t) => {
  const folder = ground(t)
  const path = join(folder, 'lock')
  shareLock(path).close()
  const writer = new FolderLock(folder)
  assert.throws(() => shareLock(path), { code: 'trail.locked' })
  writer.close()
  const reader = shareLock(path)
  shareLock(path).close()
  assert.throws(() => new FolderLock(folder), { code: 'trail.locked' })
  reader.close()
  new FolderLock(folder).close()
  assert.equal(isReadOnly(folder), false)
  assert.equal(isReadOnly(join(folder, 'none')), false)
})

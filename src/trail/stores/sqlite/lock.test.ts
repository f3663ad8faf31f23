/** What may stand in the place of the lock: an empty file of the folder; all else is refused by name, and nothing is made elsewhere. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Fault } from '#exchange'
import { FolderLock } from './lock.ts'

function placesFor(t: TestContext) {
  const parent = mkdtempSync(join(tmpdir(), 'gatelog-lock-'))
  t.after(() => rmSync(parent, { recursive: true, force: true }))
  const folder = join(parent, 'data %#?')
  mkdirSync(folder)
  return { folder, lock: join(folder, 'lock'), outside: join(parent, 'outside') }
}

const refused = (told: RegExp) => (error: unknown) =>
  error instanceof Fault && error.code === 'trail.unavailable' && told.test(error.detail ?? '')

for (const isThere of [false, true])
  test(`a link to a file that is ${isThere ? '' : 'not '}there is refused, and what it points to is left alone`, (t) => {
    const { folder, lock, outside } = placesFor(t)
    if (isThere) writeFileSync(outside, '')
    const before = isThere && statSync(outside).mtimeMs
    symlinkSync(outside, lock)
    for (const _ of [1, 2])
      assert.throws(() => new FolderLock(folder), refused(/^lock is a symbolic link, .* take it away/))
    assert.equal(existsSync(outside), isThere)
    if (isThere) assert.deepEqual([statSync(outside).mtimeMs, readFileSync(outside).length], [before, 0])
  })

test('a folder, a pipe and a file with something in it are refused by name, and are left as they are', (t) => {
  const { folder, lock } = placesFor(t)
  mkdirSync(lock)
  assert.throws(() => new FolderLock(folder), refused(/^lock is a folder/))
  rmSync(lock, { recursive: true })
  spawnSync('mkfifo', [lock])
  assert.throws(() => new FolderLock(folder), refused(/^lock is no plain file/))
  rmSync(lock)
  writeFileSync(lock, 'no such thing '.repeat(500))
  assert.throws(() => new FolderLock(folder), refused(/^lock is a file of 7000 bytes/))
  assert.equal(readFileSync(lock, 'utf8'), 'no such thing '.repeat(500))
  rmSync(lock)
  new FolderLock(folder).close()
})

test('it is made once, held by one, and stays empty', (t) => {
  const { folder, lock } = placesFor(t)
  for (const _ of [1, 2]) {
    const held = new FolderLock(folder)
    assert.throws(() => new FolderLock(folder), { code: 'trail.locked' })
    assert.deepEqual([statSync(lock).size, statSync(lock).mode & 0o777], [0, 0o600])
    held.close()
  }
  renameSync(lock, `${lock}.away`)
  new FolderLock(folder).close()
})

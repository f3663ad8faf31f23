/** Folders are made with those above them, readable by their owner alone; where none can be made it is told, and at once. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeFolders } from './folders.ts'
import { writeDurably } from './seal/durable.ts'

test('those above come first, and what is there stays', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-folders-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  assert.equal(makeFolders(join(folder, 'a/b/c')), join(folder, 'a'))
  for (const name of ['a', 'a/b', 'a/b/c']) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o700)
  assert.equal(makeFolders(join(folder, 'a/b/c')), undefined)
  assert.equal(makeFolders(join(folder, 'a/b/d')), join(folder, 'a/b/d'))
  writeFileSync(join(folder, 'file'), '')
  assert.throws(() => makeFolders(join(folder, 'file')), { code: 'EEXIST' })
  assert.throws(() => makeFolders(join(folder, 'file/in/it')), { code: 'ENOTDIR' })
})

test('a folder that takes none is told, and nothing spins', { skip: process.platform !== 'linux' }, async () => {
  assert.throws(() => makeFolders('/proc/gatelog/in/it'), { code: 'ENOENT' })
  await assert.rejects(writeDurably([{ path: '/proc/gatelog/parts/x', bytes: Buffer.of(1) }]), { code: 'ENOENT' })
})

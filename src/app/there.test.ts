/** A record that is not there, one that may not be looked at, and one of which the first file is gone are three things. */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openKeyring } from './keyring.ts'
import { isThere } from './there.ts'

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-there-'))
  t.after(() => rmSync(folder, { recursive: true }))
  chmodSync(folder, 0o755)
  return folder
}

test('nothing, and an empty folder, are no record; an install.key makes one', (t) => {
  const data = join(folderFor(t), 'data')
  assert.equal(isThere(data), false)
  mkdirSync(data)
  assert.equal(isThere(data), false)
  openKeyring(data)
  assert.equal(isThere(data), true)
})

test('an install.key that is gone is told, and none is made in its place', (t) => {
  for (const name of ['head.db', 'keys.db', 'days', 'seal']) {
    const data = folderFor(t)
    writeFileSync(join(data, name), '')
    const gone = { code: 'trail.damaged', message: new RegExp(`install\\.key is gone from .*, where ${name} lie`) }
    assert.throws(() => isThere(data), gone)
    assert.throws(() => openKeyring(data), gone)
  }
})

const SKIP = process.geteuid?.() === 0 ? false : 'needs root, to be somebody else for a moment'

test('who may not look into it is told whose it is, not that there is none', { skip: SKIP }, (t) => {
  const data = join(folderFor(t), 'data')
  mkdirSync(data, { mode: 0o700 })
  writeFileSync(join(data, 'install.key'), '')
  process.seteuid?.(65_534)
  try {
    const owned = { code: 'disk.path', message: /data may not be read by uid 65534: run this as its owner, uid 0/ }
    assert.throws(() => isThere(data), owned)
  } finally {
    process.seteuid?.(0)
  }
})

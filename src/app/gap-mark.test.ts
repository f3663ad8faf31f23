/** The mark of a gap on a disk: what it says survives its process, and writing it takes no room. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { markLeftIn, openGapMark } from './gap-mark.ts'

const STRETCH = { from: 1, to: 1_795_599_381_000, count: 17, reason: 'trail.unavailable; the process ended within it' }

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-mark-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('what was set is left to whoever opens it next; what was cleared is not', (t) => {
  const folder = folderFor(t)
  assert.equal(markLeftIn(folder), undefined)
  const first = openGapMark(folder)
  assert.deepEqual([first.left, markLeftIn(folder)], [undefined, undefined])
  const { size, mode } = statSync(join(folder, 'gap.mark'))
  assert.equal(mode & 0o777, 0o600)
  first.set({ ...STRETCH, count: 16 })
  first.set(STRETCH)
  assert.equal(statSync(join(folder, 'gap.mark')).size, size, 'it takes no room')
  const second = openGapMark(folder)
  assert.deepEqual([second.left, markLeftIn(folder)], [STRETCH, STRETCH])
  second.clear()
  assert.deepEqual([markLeftIn(folder), openGapMark(folder).left], [undefined, undefined])
  assert.equal(statSync(join(folder, 'gap.mark')).size, size)
})

test('a mark that makes no sense is none', (t) => {
  const folder = folderFor(t)
  for (const text of ['', 'x', '7', 'null', '{"from":1}', '{"from":1,"to":2,"count":"3","reason":"r"}']) {
    writeFileSync(join(folder, 'gap.mark'), text)
    assert.equal(markLeftIn(folder), undefined, text)
  }
})

test('a folder that cannot be written: trail.unavailable', () =>
  assert.throws(() => openGapMark('/proc/nowhere'), { code: 'trail.unavailable' }))

/** What a killed process left goes; nothing else does: of who lives, of another machine, of another name, behind a link. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { scratchIn } from './scratch.ts'

const CHILD = `
const { scratchIn } = await import(process.argv[1])
const { writeFileSync } = await import('node:fs')
writeFileSync(scratchIn(process.argv[2], '.word') + '/zip', 'half')
process.kill(process.pid, 'SIGKILL')
`

test('the next one removes what is left, and nothing that only looks like it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-scratch-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const args = ['--input-type=module', '--eval', CHILD, join(import.meta.dirname, 'scratch.ts'), folder]
  assert.equal(spawnSync(process.execPath, args).signal, 'SIGKILL')
  const [left = ''] = readdirSync(folder)
  const [, here, pid] = /^\.word-([0-9a-f]{8})-(\d+)-\w{6}$/.exec(left) ?? []
  assert.ok(here && pid, left)
  const kept = [
    `.word-00000000-${pid}-AAAAAA`,
    `.word-${here}-${process.ppid}-AAAAAA`,
    `.other-${here}-${pid}-AAAAAA`,
    `.word-${here}-${pid}-AAAAAA.zip`,
    `.word-${here}-${pid}`,
  ]
  for (const name of kept) mkdirSync(join(folder, name))
  const elsewhere = join(folder, 'elsewhere')
  mkdirSync(elsewhere)
  writeFileSync(join(elsewhere, 'theirs'), '')
  const links = [`.word-${here}-${pid}-LINKED`, `.word-${here}-${pid}-FILE12`]
  symlinkSync(elsewhere, join(folder, links[0] ?? ''))
  writeFileSync(join(folder, links[1] ?? ''), '')
  const inside = `.word-${here}-${pid}-INSIDE`
  mkdirSync(join(folder, inside))
  symlinkSync(elsewhere, join(folder, inside, 'link'))

  const own = scratchIn(folder, '.word')
  assert.deepEqual(readdirSync(folder).sort(), [...kept, ...links, 'elsewhere', own.slice(folder.length + 1)].sort())
  assert.ok(existsSync(join(elsewhere, 'theirs')))
  assert.notEqual(scratchIn(folder, '.word'), own)
})

const ENDING = `
const { goesAtEnd, scratchIn } = await import(process.argv[1])
const { mkdirSync, writeFileSync } = await import('node:fs')
for (const path of [scratchIn(process.argv[2], '.word'), process.argv[2] + '/staged', process.argv[2] + '/done']) {
  mkdirSync(path, { recursive: true })
  writeFileSync(path + '/body', 'half')
}
const _ = goesAtEnd(process.argv[2] + '/staged')
goesAtEnd(process.argv[2] + '/done')[Symbol.dispose]()
process.exit(7)
`

test('a process that ends by itself takes along what it has not removed yet', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-scratch-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const args = ['--input-type=module', '--eval', ENDING, join(import.meta.dirname, 'scratch.ts'), folder]
  assert.equal(spawnSync(process.execPath, args).status, 7)
  assert.deepEqual(readdirSync(folder), ['done'])
})

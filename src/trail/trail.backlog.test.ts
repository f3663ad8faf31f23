/** What is written faster than it is indexed: how much waits, in a process that is killed. Measures no time. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'

const EXCHANGES = 1500
/** Texts that may wait before commits wait for them, and what one more commit brings. */
const MOST = 512 + 1

/** Many openings at once, each with a session of its own, whose key is wanted in the middle of a commit; then one more. */
const CHILD = `
import { createHash, createHmac } from 'node:crypto'
const { openTrail } = await import(process.argv[1] + '/index.ts')
const { opening, idOf, NOON } = await import(process.argv[1] + '/stores/made.ts')
const keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const trail = await openTrail({ folder: process.argv[2], keyring, now: () => NOON })
const one = (nth) => trail.append(opening(idOf(nth), { session: 's' + nth, text: 'words of number ' + nth }))
await Promise.all(Array.from({ length: ${EXCHANGES} }, (_, nth) => one(nth + 1)))
await one(${EXCHANGES + 1})
process.kill(process.pid, 'SIGKILL')
`

test('texts that wait for the index stay few however many come at once', (t) => {
  const parent = mkdtempSync(join(tmpdir(), 'gatelog-backlog-'))
  t.after(() => rmSync(parent, { recursive: true, force: true }))
  const folder = join(parent, 'data')
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', CHILD, import.meta.dirname, folder])
  assert.equal(run.signal, 'SIGKILL', String(run.stderr))
  using db = new DatabaseSync(join(folder, 'days/2026-11-24.default.db'))
  const count = (sql: string) => Number(db.prepare(`SELECT count(*) AS count FROM ${sql}`).get()?.['count'])
  assert.equal(count('exchanges'), EXCHANGES + 1)
  assert.ok(count('unindexed') <= MOST, `${count('unindexed')} texts wait`)
})

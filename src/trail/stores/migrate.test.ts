/** A record of an earlier version is brought up to date at once: told before, whole after, and after a kill in the middle. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { Keyring } from '#exchange'
import { openTrail } from '../open.ts'
import { EARLIER } from './earlier.case.ts'
import { bodyOf, DAY, ending, idOf, NOON, opening } from './made.ts'
import { migrate } from './sqlite/migrate.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const open = (folder: string) => openTrail({ folder, keyring, now: () => NOON })
const lookAt = (folder: string) => openTrail({ folder, keyring, now: () => NOON, asItIs: true, lostKey: 'show' })
const FILES = ['days/2026-11-22.default.db', 'days/2026-11-23.default.db', 'days/2026-11-24.default.db']

/** Three days, the older two as version 2 left them. */
async function early(t: TestContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-migrate-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const trail = await open(folder)
  for (const [nth, at] of [NOON - 2 * DAY, NOON - DAY, NOON].entries()) {
    const id = idOf(nth, at)
    await trail.append(opening(id, { at, body: bodyOf('a prompt') }))
    await trail.append(ending(id, { at }))
  }
  await trail.close()
  for (const file of FILES.slice(0, 2)) alter(join(folder, file), EARLIER)
  return folder
}

function alter(path: string, sql: string): void {
  const db = new DatabaseSync(path)
  db.exec(sql)
  db.close()
}

const versions = (folder: string) =>
  FILES.map((file) => migrate(folder, { dryRun: true }).files.find((one) => one.file === file)?.version)
const contents = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => `${name} ${statSync(join(parentPath, name), { bigint: true }).mtimeNs}`)
    .sort()

test('a dry run tells file, format, steps, rows and space, and changes nothing', async (t) => {
  const folder = await early(t)
  const before = contents(folder)
  const told = migrate(folder, { dryRun: true })
  assert.deepEqual(contents(folder), before)
  assert.equal(told.done, false)
  const old = told.files.filter(({ does }) => does.length > 0)
  assert.deepEqual(
    old.map(({ file, version, to, rows, does }) => [file, version, to, rows, does.length]),
    FILES.slice(0, 2).map((file) => [file, 2, 9, 1, 7]),
  )
  for (const { file, needs } of old) assert.equal(needs, statSync(join(folder, file)).size)
  assert.equal(told.needs, Math.max(...old.map(({ needs }) => needs)))
  assert.ok(told.free > told.needs)
})

test('it is done at once, told after each file, and once more it finds nothing', async (t) => {
  const folder = await early(t)
  const told: string[] = []
  const done = migrate(folder, { dryRun: false, progress: (at, of) => told.push(`${at}/${of}`) })
  assert.deepEqual([done.done, told, versions(folder)], [true, ['1/2', '2/2'], [9, 9, 9]])
  assert.ok(migrate(folder, { dryRun: false }).files.every(({ does }) => does.length === 0))
  const trail = await open(folder)
  for (const [nth, at] of [NOON - 2 * DAY, NOON - DAY, NOON].entries())
    assert.equal((await trail.exchange(idOf(nth, at)))?.ending?.kind, 'replied')
  await trail.close()
})

test('one file that is newer, or too old, and none is touched', async (t) => {
  for (const [version, code] of [
    [99, 'trail.newer'],
    [-1, 'trail.unavailable'],
  ] as const) {
    const folder = await early(t)
    alter(join(folder, FILES[2] ?? ''), `PRAGMA user_version=${version}`)
    const before = contents(folder)
    for (const dryRun of [true, false]) assert.throws(() => migrate(folder, { dryRun }), { code })
    assert.deepEqual(contents(folder), before)
  }
})

test('who only looks at a record of before begins nothing: it is refused, and nothing of it is changed', async (t) => {
  const folder = await early(t)
  const before = contents(folder)
  for (const _ of [1, 2]) await assert.rejects(lookAt(folder), { code: 'trail.older', detail: /days|format 2/ })
  assert.deepEqual(contents(folder), before)
  migrate(folder, { dryRun: false })
  await (await lookAt(folder)).close()
})

test('a keys.db that is gone is named, whatever number the day files bear', async (t) => {
  const folder = await early(t)
  migrate(folder, { dryRun: false })
  rmSync(join(folder, 'keys.db'))
  for (const file of FILES) alter(join(folder, file), 'PRAGMA user_version=4')
  const before = contents(folder)
  await assert.rejects(lookAt(folder), { code: 'trail.damaged', message: /keys\.db is gone or empty/ })
  assert.deepEqual(contents(folder), before)
})

test('where no record is, that is told', () => {
  const folder = join(tmpdir(), 'gatelog-migrate-nowhere')
  for (const dryRun of [true, false]) assert.throws(() => migrate(folder, { dryRun }), { code: 'trail.none' })
})

test('while the record is open it is refused, whatever is asked', async (t) => {
  const folder = await early(t)
  const trail = await open(folder)
  for (const dryRun of [true, false]) assert.throws(() => migrate(folder, { dryRun }), { code: 'trail.locked' })
  await trail.close()
})

test('killed in the middle, every file is of one version or the other, and the next run finishes', async (t) => {
  for (const [point, expected] of [
    ['migrate.written:1', [2, 2, 9]],
    ['migrate.durable:1', [9, 2, 9]],
    ['migrate.written:2', [9, 2, 9]],
    ['migrate.durable:2', [9, 9, 9]],
  ] as const) {
    const folder = await early(t)
    const module = join(import.meta.dirname, 'sqlite/migrate.ts')
    const script = `import { migrate } from ${JSON.stringify(module)}; migrate(${JSON.stringify(folder)}, { dryRun: false })`
    const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, GATELOG_KILL_AT: point },
    })
    assert.equal(signal, 'SIGKILL', point)
    assert.deepEqual(versions(folder), expected, point)
    migrate(folder, { dryRun: false })
    const trail = await open(folder)
    assert.equal((await trail.exchange(idOf(0, NOON - 2 * DAY)))?.ending?.kind, 'replied')
    await trail.close()
  }
})

/** What a backup or a restore that was killed left goes as soon as the record is opened, and so is reached by every erasure; no second one is needed. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { lookAt } from '../record.ts'
import { backup, bytesIn, DOER, erasureIn, exchange, ground, sealed } from './ground.case.ts'
import { holdBeside } from './left.ts'

const USER = 'zanzibaria'
/** As the entry says who it was. */
const TOLD = `"name":"${USER}"`

/** Resolves with the signal that ended a process which dies at its nth step at the place. */
const killed = (mode: 'backup' | 'restore', folder: string, nth: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const args = [join(import.meta.dirname, 'kill.case.ts'), mode, folder, String(nth)]
    execFile(process.execPath, args, { timeout: 50_000 }, (error) => resolve(error?.signal ?? undefined))
  })

test('after a kill in the midst of a copy, a start and an erasure, nothing tells of who was erased', async (t) => {
  const { folder, config, open } = ground(t)
  const staging = join(config.data, 'backup.tmp')
  const first = await open()
  await exchange(first, USER, 'a word')
  await sealed(first)
  await first.close()
  assert.equal(await killed('backup', folder, 2), 'SIGKILL')
  assert.ok(
    bytesIn(staging).some((text) => text.includes(TOLD)),
    'it was copied',
  )
  const looking = await lookAt(config)
  await looking.close()
  assert.ok(existsSync(staging), 'who only looks writes nothing')

  const record = await open()
  assert.equal(existsSync(staging), false)
  await erasureIn(record).erase({ user: USER }, DOER)
  await record.close()
  for (const text of bytesIn(config.data)) assert.ok(!text.includes(TOLD))

  let nth = 6
  do assert.equal(await killed('backup', folder, ++nth), 'SIGKILL')
  while (!existsSync(join(staging, 'keys.db')))
  await (await open()).close()
  assert.equal(existsSync(staging), false, 'keys go too')
})

test('what a restore left goes once a record is opened in its place, and not while one runs', async (t) => {
  const { folder, config, open, to, keys, back } = ground(t)
  const record = await open()
  await exchange(record, USER, 'a word')
  await sealed(record)
  await backup(record, config.data, to, keys)
  await record.close()
  const [data, beside] = [join(folder, 'back'), join(folder, 'back.restoring')]
  assert.equal(await killed('restore', folder, 7), 'SIGKILL')
  assert.ok(bytesIn(beside).length > 0)
  const other = await back()
  assert.deepEqual([existsSync(beside), other.late], [false, []])
  await other.close()

  using running = holdBeside(data)
  writeFileSync(join(running.folder, 'record'), 'half')
  assert.throws(() => holdBeside(data), { code: 'trail.locked' })
  const meanwhile = await back()
  assert.deepEqual(readdirSync(running.folder).sort(), ['lock', 'record'])
  assert.match(meanwhile.late.join(), /^a record is being put back/)
  await meanwhile.close()
})

test('what stood half written beside the journal, and half sent at a place, goes with the next one', async (t) => {
  const { folder, config, open, to, keys } = ground(t)
  await (await open()).close()
  const [id = ''] = readdirSync(join(folder, 'keys'))
  const journal = join(folder, 'keys', id, 'journal.jsonl.new')
  writeFileSync(journal, `{"kind":"document","of":"hold","id":"h","value":{"scope":{"user":"${USER}"}}}\n`)
  const record = await open()
  assert.equal(existsSync(journal), false)
  const half = join(folder, 'keys-copy', 'parts', 'aa', 'x.0123456789ab.half')
  mkdirSync(join(folder, 'keys-copy', 'parts', 'aa'), { recursive: true })
  for (const path of [half, join(folder, 'keys-copy', 'of-somebody.half')]) writeFileSync(path, 'x')
  await backup(record, config.data, to, keys)
  await record.close()
  assert.deepEqual([existsSync(half), existsSync(join(folder, 'keys-copy', 'of-somebody.half'))], [false, true])
})

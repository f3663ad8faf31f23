/** A command that comes while a server starts waits for it, and where nobody lets go says who holds the record. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { Fault } from '#exchange'
import { FolderLock } from '#trail'
import { patient } from './held.ts'
import { folderFor, spawned } from './house.case.ts'
import type { Record } from './remote.ts'

const record = (answer: () => string): Record => ({
  get: async () => answer() as never,
  send: async () => answer() as never,
  follow: async () => assert.fail(),
  async *lines() {
    yield answer()
    yield 'last'
  },
  close: async () => undefined,
})

const locked = (): string => {
  throw new Fault('trail.locked', 'head.db')
}

test('who answers meanwhile is asked, of lines too; another fault is told at once', async () => {
  let times = 0
  const held = patient(record(locked), async () => (++times < 3 ? undefined : record(() => 'server')))
  assert.deepEqual([await held.send('POST', '/keys'), times], ['server', 3])
  const lines: string[] = []
  for await (const line of patient(record(locked), async () => record(() => 'first')).lines('/export')) lines.push(line)
  assert.deepEqual(lines, ['first', 'last'])
  const broken = () => {
    throw new Fault('trail.broken')
  }
  await assert.rejects(patient(record(broken), assert.fail).get('/x'), { code: 'trail.broken' })
})

test('a command waits a moment for whoever has the record open, and then says so', async (t) => {
  const folder = folderFor(t)
  assert.equal((await spawned(folder, ['keys', 'create', '--user', 'ana'])).code, 0)
  const lock = new FolderLock(join(folder, 'gatelog-data'))
  const never = await spawned(folder, ['keys', 'list'])
  assert.equal(never.code, 1)
  assert.match(never.err, /\[trail\.locked\]\n.*server that starts/)
  const made = spawned(folder, ['keys', 'create', '--user', 'bea'])
  setTimeout(() => lock.close(), 1500)
  assert.equal((await made).code, 0)
})

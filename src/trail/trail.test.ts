/** The trail over the store in memory: order, one opening and one ending, barriers, what is found, the close. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import type { Ending, Fault, Keyring, Opening } from '#exchange'
import { openTrail, parseQuery } from './index.ts'

const NOW = Date.parse('2026-11-24T12:00:00Z')
const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const open = () => openTrail({ folder: '', keyring, now: () => NOW, store: 'memory' })
const idOf = (n: number) =>
  `${(NOW + n)
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})/, '$1-')}-7000-8000-000000000000`
const asked = (n: number, more: Partial<Opening> = {}): Opening => ({
  kind: 'asked',
  exchange: idOf(n),
  at: NOW + n,
  door: 'reverse',
  method: 'POST',
  path: '/chat',
  route: 'chat',
  facts: {},
  findings: [],
  ...more,
})
const replied = (n: number): Ending => ({
  kind: 'replied',
  exchange: idOf(n),
  at: NOW + n,
  status: 200,
  delivered: 200,
  findings: [],
  timings: { end: 1 },
})
const coded = (code: string) => (error: Fault) => error.code === code

test('seqs run without a hole in the order of the appends', async () => {
  const trail = await open()
  const seqs = await Promise.all([0, 1, 2, 3].map((n) => trail.append(asked(n))))
  assert.deepEqual(seqs, [1, 2, 3, 4])
  await trail.close()
})
test('an exchange has one opening and one ending', async () => {
  const trail = await open()
  await trail.append(asked(0))
  await assert.rejects(trail.append(asked(0)), coded('gateway.internal'))
  await trail.append(replied(0))
  await assert.rejects(trail.append(replied(0)), coded('gateway.internal'))
  await assert.rejects(trail.append(replied(1)), coded('gateway.internal'))
  assert.equal(trail.state.kind, 'open')
  assert.equal((await trail.last())?.ending?.kind, 'replied')
  await trail.close()
})
test('journalled bytes count until they are durable', async () => {
  const trail = await open()
  await trail.append(asked(0))
  trail.journal(idOf(0), Buffer.from('x'))
  assert.equal(typeof trail.unjournalled, 'number')
  await trail.journalled()
  assert.equal(trail.unjournalled, undefined)
  await trail.close()
})
test('finds newest first, page by page', async () => {
  const trail = await open()
  for (const n of [0, 1, 2]) await trail.append(asked(n, { text: 'the login page', model: `gpt-${n}` }))
  const query = parseQuery('model:gpt* "login page"', NOW)
  const first = await trail.find(query, { limit: 2 })
  assert.deepEqual(
    first.exchanges.map(({ exchange }) => exchange),
    [idOf(2), idOf(1)],
  )
  const second = await trail.find(query, { limit: 2, before: first.next ?? '' })
  assert.deepEqual(
    second.exchanges.map(({ exchange }) => exchange),
    [idOf(0)],
  )
  assert.equal(second.next, undefined)
  await trail.close()
})
test('close keeps every promise given out, then refuses', async () => {
  const trail = await open()
  const waiting = trail.append(asked(0))
  await trail.close()
  assert.equal(await waiting, 1)
  await assert.rejects(trail.append(asked(1)), coded('trail.unavailable'))
})

/** Lines that belong to no exchange have a time of their own: they go with it, and not where somebody holds them. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Keyring, Note } from '#exchange'
import { type LineRetention, openTrail, type StoreName } from '../index.ts'
import { signerOf } from '../seal/made.ts'
import { DAY, idOf, NOON, opening } from '../stores/made.ts'
import { Custody, type Doer } from './custody.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const DOER: Doer = { who: { value: 'ana', source: 'declared' }, why: 'case 17' }

async function open(t: TestContext, store: StoreName, retention: LineRetention) {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-lines-'))
  const asked = { folder: join(folder, 'data'), keyring, now: () => NOON, store, signer: signerOf() }
  const trail = await openTrail({ ...asked, retention: () => retention })
  let count = 1000
  const custody = new Custody({ trail, keyring, now: () => NOON, uuid: () => idOf(count++, NOON) })
  t.after(async () => {
    await trail.close()
    await rm(folder, { recursive: true, force: true })
  })
  return { trail, custody }
}

const at = NOON - 3 * DAY
const read = {
  kind: 'read',
  at,
  did: 'listed',
  via: 'local',
  reader: DOER.who,
  content: false,
  count: 1,
  times: 1,
} as const
const LINES: readonly Note[] = [
  { ...read, exchange: idOf(1, at), of: 'user:ana' },
  { kind: 'searched', exchange: idOf(2, at), at, via: 'local', fingerprint: 'f', query: '', found: 0 },
  { kind: 'bypass', exchange: idOf(3, at), at, source: 'declared', via: 'otlp', happened: at, actor: 'bea' },
  { kind: 'gap', exchange: idOf(4, at), at, from: 1, to: 2, count: 1, reason: 'full', signature: 's' },
  { ...read, exchange: idOf(5, NOON), at: NOON, of: 'user:ana' },
]

for (const store of ['memory', 'sqlite'] as const) {
  test(`each sort of line goes when its time is over, and nothing else does; ${store}`, async (t) => {
    const { trail, custody } = await open(t, store, { reads: '1d', leads: '2y', gaps: 'forever' })
    for (const line of LINES) await trail.append(line)
    await trail.append(opening(idOf(6, at), { at, kind: 'refused', retain: '1d' }))
    await trail.append(opening(idOf(7, at), { at, kind: 'refused' }))
    const fates = (await custody.plan()).map(({ name, fate, entries, exchanges }) => [name, fate, entries, exchanges])
    assert.deepEqual(fates, [
      ['2026-11-21.1d.db', 'purge', 3, 1],
      ['2026-11-21.2y.db', 'keep', 1, 0],
      ['2026-11-21.default.db', 'keep', 2, 1],
      ['2026-11-24.1d.db', 'keep', 1, 0],
    ])
    await custody.purge(DOER)
    const seqs = [await trail.reads(9), await trail.searches(), await trail.bypasses(), await trail.gaps()]
    assert.deepEqual(
      seqs.map((all) => all.map(({ seq }) => seq)),
      [[5], [], [3], [4]],
    )
    assert.equal((await trail.reads(9))[0]?.read.retain, '1d')
    if (store === 'sqlite') {
      while ((await trail.sealed()).size < 8) await new Promise((resolve) => setTimeout(resolve, 20))
      const report = await trail.verify({})
      assert.deepEqual([report?.alarms, report?.counts.expired], [[], 3])
    }
  })

  test(`a hold keeps the lines of its time, those that name its user, and one by its id; ${store}`, async (t) => {
    const { trail, custody } = await open(t, store, { reads: '1d', leads: '2d', gaps: '3d' })
    for (const line of LINES) await trail.append(line)
    const held = async (scope: object) => {
      const { id } = await custody.holds.add(scope, DOER)
      const rows = await custody.plan('2026-11-24')
      await custody.holds.release(id, DOER)
      return rows.filter(({ why }) => why === 'hold').map(({ retain }) => retain)
    }
    assert.deepEqual(await held({ user: 'ana' }), ['1d'])
    assert.deepEqual(await held({ user: 'bea' }), ['2d'])
    assert.deepEqual(await held({ user: 'e' }), [])
    assert.deepEqual(await held({ since: at, until: at + 1 }), ['1d', '2d', '3d'])
    assert.deepEqual(await held({ since: at + 1 }), [])
    assert.deepEqual(await held({ exchange: idOf(4, at) }), ['3d'])
    assert.deepEqual(await held({ connection: 'copilot' }), [])
  })
}

test('the newest reads are found whatever file of their day they lie in', async (t) => {
  const { trail } = await open(t, 'sqlite', { reads: 'forever', leads: '1d', gaps: '1d' })
  for (const nth of [1, 2]) await trail.append({ ...read, exchange: idOf(nth, NOON), at: NOON, of: 'x' })
  await trail.append({ ...read, exchange: idOf(3, NOON), at: NOON, of: 'z', retain: '2y' })
  await trail.append({ ...read, exchange: idOf(4, NOON), at: NOON, of: 'y' })
  assert.deepEqual(
    (await trail.reads(2)).map(({ read: { of } }) => of),
    ['z', 'y'],
  )
})

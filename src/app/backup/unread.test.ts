/** A record that was put back without some of its keys: that is told, verifies as locked, and excuses nothing that befalls it later. */
import assert from 'node:assert/strict'
import { cpSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Restored } from '#exchange'
import { openFolder } from '#export'
import { lookAt, type OpenRecord } from '../record.ts'
import { backup, custodyIn, exchange, forge, ground, KEPT, sealed, sqlIn, WORD } from './ground.case.ts'
import type { RestoreOptions } from './restore.ts'

/** More sessions than keys are made for ahead. */
const SESSIONS = 100

/**
 * A backup, a copy of the keys that is older than ben's, and one that is newer: ana has another key since, as after a rescan that
 * masked something of hers.
 */
async function kept(t: TestContext) {
  const own = ground(t)
  const record = await own.open()
  const ana = await exchange(record, 'ana', WORD)
  const older = openFolder(join(own.folder, 'older'))
  await backup(record, own.config.data, own.to, older)
  for (let nth = 0; nth < SESSIONS; nth++) await exchange(record, `one-${nth}`, KEPT)
  const ben = await exchange(record, 'ben', KEPT)
  await sealed(record)
  const { name, last } = await backup(record, own.config.data, own.to)
  await record.trail.keys.rekey('ana')
  const newer = openFolder(join(own.folder, 'newer'))
  await backup(record, own.config.data, openFolder(join(own.folder, 'elsewhere')), newer)
  await record.close()
  const restore = (keys: RestoreOptions['keys']) => own.restore({ name, keys })
  return { ...own, ana, ben, last, older, newer, restore }
}

async function told({ trail }: OpenRecord): Promise<{ seq: number; note: Restored }> {
  const [one, ...others] = await trail.claims(['restored'])
  assert.ok(one?.note?.kind === 'restored' && !one.mark && others.length === 0)
  return { seq: one.seq, note: one.note }
}

/** A record as it lies; closed with the test where that fails. */
async function looked(
  t: TestContext,
  own: Pick<ReturnType<typeof ground>, 'config'>,
  data: string,
): Promise<OpenRecord> {
  const record = await lookAt({ ...own.config, data })
  t.after(() => record.close())
  return record
}

const statesOf = async ({ trail }: OpenRecord, id: string) => (await trail.standing(id))?.map(({ state }) => state)
const LOCKED = ['locked', 'locked']
const VERIFIED = ['verified', 'verified']

for (const [kind, ana, ben] of [
  ['none', LOCKED, LOCKED],
  ['older', VERIFIED, LOCKED],
  ['newer', LOCKED, VERIFIED],
] as const)
  test(`put back with ${kind} keys: what cannot be read is told by the entry, is locked and no alarm, sealed or not`, async (t) => {
    const own = await kept(t)
    const { locked, report, done } = await own.restore(kind === 'none' ? 'none' : own[kind])
    const count = { none: own.last, older: locked?.[0]?.entries ?? 0, newer: 2 }[kind]
    assert.deepEqual([locked, done, report?.ok], [[{ entries: count, why: WHY[kind] }], true, true])
    assert.ok(count > 0 && (kind === 'none' || count < own.last))
    for (const isSealed of [false, true]) {
      const record = isSealed ? await own.back() : await looked(t, own, join(own.folder, 'back'))
      if (isSealed) await sealed(record)
      const { seq, note } = await told(record)
      assert.deepEqual([note.keys, seq], [kind === 'none' ? 'none' : undefined, own.last + 1])
      const again = await record.trail.verify({})
      assert.deepEqual([again?.ok, again?.alarms, again?.found], [false, [], 0], kind)
      assert.deepEqual(again?.locked, { bodies: count, keys: [], notBack: { bodies: count, by: [seq] } })
      assert.deepEqual([await statesOf(record, own.ana), await statesOf(record, own.ben)], [ana, ben])
      await record.close()
    }
  })

/** The day file of the exchanges. */
const dayIn = (folder: string): string => join(folder, globSync('days/*.default.db', { cwd: folder })[0] ?? '')

const WHY = { none: 'no keys', older: 'made since', newer: 'destroyed' } as const

test('with the keys of then nothing is said, and a key that is destroyed later is an alarm', async (t) => {
  const { config, folder, open, to, keys, restore, ...own } = ground(t)
  const record = await open()
  await exchange(record, 'ana', WORD)
  await sealed(record)
  await backup(record, config.data, to, keys)
  await record.close()
  assert.equal((await restore()).locked, undefined)
  const put = await own.back()
  await sealed(put)
  const { note } = await told(put)
  assert.deepEqual([note.keys, note.locked, (await put.trail.verify({}))?.ok], [undefined, undefined, true])
  await put.close()
  sqlIn(join(folder, 'back/keys.db'), "DELETE FROM keys WHERE session = 'ana'")
  const again = await looked(t, { config }, join(folder, 'back'))
  const report = await again.trail.verify({})
  assert.deepEqual(
    report?.alarms.map(({ harm, seq }) => [harm, seq]),
    [1, 2].map((seq) => ['unreadable', seq]),
  )
  await again.close()
})

test('who writes in the data folder makes nothing locked by such an entry', async (t) => {
  const own = await kept(t)
  await own.restore(own.newer)
  const put = await own.back()
  await exchange(put, 'cleo', KEPT)
  await sealed(put)
  const { seq, note } = await told(put)
  await put.close()
  const back = join(own.folder, 'back')
  const ways: Readonly<Record<string, readonly [change: (folder: string) => unknown, alarms: readonly number[]]>> = {
    'a key that it does not name is destroyed': [
      (folder) => sqlIn(join(folder, 'keys.db'), "DELETE FROM keys WHERE session = 'ben'"),
      [own.last - 1, own.last],
    ],
    'so is one of later': [
      (folder) => sqlIn(join(folder, 'keys.db'), "DELETE FROM keys WHERE session = 'cleo'"),
      [seq + 1, seq + 2],
    ],
    'a body is put under a key that it was put back without': [
      (folder) =>
        sqlIn(dayIn(folder), `UPDATE bodies SET key = (SELECT key FROM bodies WHERE seq = 1) WHERE seq = ${own.last}`),
      [own.last],
    ],
    'it is made to name more': [
      (folder) => {
        sqlIn(join(folder, 'keys.db'), "DELETE FROM keys WHERE session = 'ben'")
        const sql = `UPDATE entries SET json = replace(json, '"locked":[0,2]', '"locked":[0,${own.last}]') WHERE seq = ${seq}`
        assert.equal(sqlIn(custodyIn(folder), sql), 1)
      },
      [1, 2, own.last - 1, own.last, seq],
    ],
    'it is taken out': [(folder) => sqlIn(custodyIn(folder), `DELETE FROM entries WHERE seq = ${seq}`), [1, 2, seq]],
    'another one is put behind it': [
      (folder) => {
        sqlIn(join(folder, 'keys.db'), "DELETE FROM keys WHERE session = 'ben'")
        forge(folder, seq + 3, { ...note, locked: [0, own.last] })
      },
      [own.last - 1, own.last, seq + 3],
    ],
  }
  for (const [way, [change, alarms]] of Object.entries(ways)) {
    const folder = join(own.folder, way)
    cpSync(back, folder, { recursive: true })
    change(folder)
    const record = await looked(t, own, folder)
    const report = await record.trail.verify({})
    assert.deepEqual(
      [...new Set(report?.alarms.map((one) => one.seq))],
      alarms,
      `${way}: ${JSON.stringify(report?.alarms)}`,
    )
    if (alarms.includes(own.last)) assert.notDeepEqual(await statesOf(record, own.ben), LOCKED)
    await record.close()
  }
})

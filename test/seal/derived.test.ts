/** What replies brought is held against their endings, whether the key of its units is here or not, and of every version. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, type TestContext, test } from 'node:test'
import { openTrail, wrappingOf } from '../../src/trail/index.ts'
import { age } from '../../src/trail/seal/made.ts'
import { ending, idOf, NOON, opening } from '../../src/trail/stores/made.ts'
import {
  type Change,
  headSql,
  keyring,
  keysSql,
  look,
  MADE_UP,
  mutated,
  open,
  SIZE,
  setUp,
  signer,
  sql,
  tearDown,
  underMadeUp,
} from './tampered.case.ts'

before(setUp)
after(tearDown)

const OTHERS = `CAST('abcdefghijkl' AS BLOB)`
const LATER = SIZE + 2

/** A record whose last exchange was kept without its bodies, and has what its reply brought. */
async function bodiless(t: TestContext, change: Change = () => undefined): Promise<string> {
  const folder = await mutated(t, () => undefined)
  const trail = await open(folder, true)
  await trail.append(opening(idOf(8000), { keep: 'metadata' }))
  const unit = { from: 'fence', lines: [1, 4], fresh: [2, 3] } as const
  await trail.append(ending(idOf(8000), { edits: { units: [unit], forms: ['a=b(c)', 'd=e(f)'] } }))
  await trail.close()
  await change(folder, t)
  return folder
}

describe('of a reply that was kept without its body', () => {
  test('what it brought is verified where its key is here', async (t) => {
    const { ok, counts } = await look(await bodiless(t))
    assert.deepEqual([ok, counts.verified], [true, SIZE + 2])
  })
  test('it is locked where it is under a key that is not, and never passes for verified', async (t) => {
    const { ok, found, locked } = await look(await bodiless(t, (f) => underMadeUp(f, LATER)))
    assert.deepEqual([ok, found, locked], [false, 0, { bodies: 0, edits: 1, keys: [MADE_UP] }])
    const missing = await look(await bodiless(t, (f) => underMadeUp(f, LATER)), { missingKeys: true })
    assert.equal(missing.ok, true)
  })
  test('with the wrapping key gone it is locked beside all bodies', async (t) => {
    const other = wrappingOf([Buffer.alloc(32, 5)])
    const { ok, found, locked } = await look(await bodiless(t), {}, other)
    assert.deepEqual([ok, found, locked?.bodies, locked?.edits, locked?.keys.length], [false, 0, SIZE, 1, 1])
  })
  test('fingerprints that were exchanged are found though its key is not here', async (t) => {
    const exchanged = await bodiless(t, (f) => {
      underMadeUp(f, LATER)
      sql(f, `UPDATE edits SET prints = ${OTHERS} WHERE seq = ${LATER}`)
    })
    const { alarms } = await look(exchanged)
    assert.deepEqual(
      alarms.map(({ harm, seq, told }) => [harm, seq, told]),
      [['index changed', LATER, 'what was derived of it differs']],
    )
  })
  test('a key of it that was destroyed is an alarm, where keys are not known to be missing', async (t) => {
    const destroyed: Change = (f) =>
      keysSql(f, `DELETE FROM keys WHERE id = (SELECT max(id) FROM keys WHERE file LIKE '2%')`)
    const { alarms } = await look(await bodiless(t, destroyed))
    assert.deepEqual(
      alarms.map(({ harm, seq }) => [harm, seq]),
      [['unreadable', LATER]],
    )
    assert.match(alarms[0]?.told ?? '', /the key of what was derived of it was destroyed/)
    assert.equal((await look(await bodiless(t, destroyed), { missingKeys: true })).ok, true)
  })
})

test('under another key than its body it is changed, though neither key is here', async (t) => {
  const folder = await mutated(t, (f) => underMadeUp(f, 78))
  const { alarms } = await look(folder, {}, wrappingOf([Buffer.alloc(32, 5)]))
  assert.deepEqual(
    alarms.map(({ harm, seq }) => [harm, seq]),
    [['index changed', 78]],
  )
})

test('a wrapping key that is lost for good leaves it locked with its body, and is no alarm', async (t) => {
  const folder = await mutated(t, () => undefined)
  const wrapping = wrappingOf([Buffer.alloc(32, 5)])
  const trail = await openTrail({ folder, keyring, now: () => NOON, signer, wrapping, lostKey: 'go on' })
  await trail.append(opening(idOf(8000), { session: 's0' }))
  await trail.close()
  const { alarms, locked } = await look(folder, {}, wrapping)
  assert.deepEqual([alarms, locked?.bodies, locked?.edits], [[], SIZE, undefined])
})

describe('an ending of an earlier version, which tells no digest of fingerprints alone', () => {
  const earlier = (change: Change) => async (t: TestContext) => {
    const folder = await mutated(t, (f) =>
      sql(f, `UPDATE entries SET json = json_remove(json, '$.printed') WHERE json LIKE '%"printed"%'`),
    )
    for (const day of ['2026-11-23', '2026-11-24']) await age(folder, `${day}.default.db`, SIZE)
    keysSql(folder, `DELETE FROM keys WHERE file = 'entries'`)
    headSql(folder, `DELETE FROM documents WHERE kind = 'proof'`)
    await (await open(folder, true)).close()
    await change(folder, t)
    return look(folder)
  }
  test('is verified', async (t) => {
    const { alarms, counts } = await earlier(() => undefined)(t)
    assert.deepEqual([alarms, counts.verified], [[], SIZE])
  })
  const prints: Change = (f) => sql(f, `UPDATE edits SET prints = ${OTHERS} WHERE seq = 78`)
  for (const [name, change] of [
    ['fingerprints exchanged', prints],
    ['units under a made-up key', (f) => underMadeUp(f, 78)],
  ] as const satisfies readonly (readonly [string, Change])[])
    test(`${name} are found`, async (t) => {
      const { alarms } = await earlier(change)(t)
      assert.deepEqual(
        alarms.map(({ harm, seq }) => [harm, seq]),
        [['index changed', 78]],
      )
    })
})

test('an ending says the digest of its fingerprints', async (t) => {
  const trail = await open(await bodiless(t), false)
  const found = await trail.exchange(idOf(8000))
  await trail.close()
  const prints = Buffer.from(found?.edits?.prints.join('') ?? '', 'hex')
  assert.equal(prints.length, 12)
  assert.equal(found?.ending?.printed, createHash('sha256').update(prints).digest('hex'))
})

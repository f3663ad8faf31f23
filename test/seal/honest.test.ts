/** Nothing that somebody was entitled to do to a record is an alarm, and the log lies as its specification says. */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { adopt, openTrail, wrappingOf } from '../../src/trail/index.ts'
import { keepAnchored } from '../../src/trail/seal/anchor.ts'
import { standingOf } from '../../src/trail/seal/anchored.ts'
import { headIn, LogFiles, sealIn } from '../../src/trail/seal/files.ts'
import { rangeHash } from '../../src/trail/seal/hashes.ts'
import { commitmentsOf } from '../../src/trail/seal/leaf.ts'
import { age, keyOf, signerOf } from '../../src/trail/seal/made.ts'
import { TILE } from '../../src/trail/seal/tiles.ts'
import { ending, idOf, NOON, opening } from '../../src/trail/stores/made.ts'
import {
  ACT,
  early,
  forge,
  keyring,
  keysSql,
  look,
  lookAt,
  mutated,
  open,
  READ,
  rewrite,
  SIZE,
  setUp,
  signer,
  sql,
  tearDown,
  whole,
} from './tampered.case.ts'

before(setUp)
after(tearDown)

describe('no false alarm', () => {
  test('a record as it should be, with and without a key from elsewhere', async () => {
    const report = await look(whole())
    assert.deepEqual(report.alarms, [])
    const { sealed, unsealed, counts, ownKey } = report
    assert.deepEqual([sealed, unsealed, counts.verified, ownKey], [SIZE, 0, SIZE, false])
    const trail = await open(whole(), false)
    const own = await trail.verify({})
    await trail.close()
    assert.deepEqual([own?.ok, own?.ownKey, own?.vkey], [true, true, signer.vkey])
    assert.equal((await look(whole(), { vkey: signerOf(2).vkey })).alarms[0]?.harm, 'forged')
  })
  test('an anchor with junk for a proof is named as what it claims, and never says anchored', async (t) => {
    const folder = await mutated(t, () => undefined)
    const note = headIn(sealIn(early()))?.printed ?? ''
    await keepAnchored(sealIn(folder), { name: 'tsa', kind: 'rfc3161' }, note, { at: NOON, proof: Buffer.of(1) })
    const report = await look(folder)
    assert.match(standingOf(report), /^internally consistent; anchor of tsa claimed, not checked /)
    assert.doesNotMatch(standingOf(report), /anchored/)
  })
  test('bodies whose key is not here are locked, not changed, and never pass for verified', async (t) => {
    const other = wrappingOf([Buffer.alloc(32, 5)])
    const report = await look(whole(), {}, other)
    const { keys } = report.locked ?? { keys: [] }
    assert.deepEqual([report.ok, report.found, report.locked?.bodies, keys.length], [false, 0, SIZE, 1])
    assert.match(keys[0] ?? '', /^[0-9a-f]{16}$/)
    const folder = await mutated(t, (f) =>
      sql(f, `UPDATE entries SET json = replace(json, '"Ana"', '"Bea"') WHERE seq = 3`),
    )
    const { alarms, locked } = await look(folder, {}, other)
    assert.deepEqual([alarms[0]?.harm, alarms[0]?.seq, alarms.length, locked?.bodies], ['changed', 3, 1, SIZE - 1])
  })
  test('who reads where the key is not waits for it, and is proven then; nothing else is written there', async (t) => {
    const folder = await mutated(t, () => undefined)
    const shown = await lookAt(folder, wrappingOf([Buffer.alloc(32, 5)]), false)
    await shown.append(READ)
    const release = { ...ACT, exchange: idOf(9100), kind: 'release', hold: idOf(1) } as const
    await assert.rejects(shown.append(release), { code: 'trail.key' })
    await shown.close()
    const trail = await open(folder, true)
    assert.deepEqual(await adopt({ trail, now: () => NOON, uuid: () => idOf(8300) }), { lines: 1, strange: 0, left: 0 })
    await trail.append(release)
    await trail.close()
    const { alarms, counts } = await look(folder)
    assert.deepEqual([alarms, counts.verified, counts.unproven], [[], SIZE + 2, undefined])
  })
  test('a line of who read that an earlier version sealed without a proof stays that line', async (t) => {
    const folder = await mutated(t, async (f) => {
      forge(f, READ)
      await rewrite(f, (leaves) => {
        const made = Object.entries(commitmentsOf(READ, Buffer.alloc(32, 1), undefined))
        const fields = made.map(([name, one]) => `"${name}":"${one}"`).join(',')
        leaves.push(Buffer.from(`{"fields":{${fields}},"kind":"unproven","seq":${SIZE + 1},"v":2}`))
      })
    })
    const { alarms, counts } = await look(folder)
    assert.deepEqual([alarms, counts.verified, counts.unproven], [[], SIZE, 1])
    sql(folder, `UPDATE entries SET json = replace(json, '"viewed"', '"listed"') WHERE seq = ${SIZE + 1}`)
    assert.deepEqual((await look(folder)).alarms[0]?.harm, 'changed')
  })
  test('a key that is lost for good: what was there before is taken as it is, all since is proven by the new one', async (t) => {
    const folder = await mutated(t, () => undefined)
    const other = wrappingOf([Buffer.alloc(32, 5)])
    const trail = await openTrail({ folder, keyring, now: () => NOON, signer, wrapping: other, lostKey: 'go on' })
    await trail.append(opening(idOf(8000)))
    await trail.close()
    forge(folder, { ...opening(idOf(8001)) }, SIZE + 2)
    const { alarms, locked } = await look(folder, {}, other)
    assert.deepEqual(
      alarms.map(({ harm, seq }) => [harm, seq]),
      [['forged', SIZE + 2]],
    )
    assert.equal(locked?.bodies, SIZE)
  })
  test('a record of before entries were proven', async (t) => {
    const folder = await mutated(t, () => undefined)
    for (const day of ['2026-11-23', '2026-11-24']) await age(folder, `${day}.default.db`, SIZE)
    keysSql(folder, `DELETE FROM keys WHERE file = 'entries'`) // what proves under it proves nothing under another
    forge(folder, { ...ACT, kind: 'release', hold: idOf(1) })
    const trail = await open(folder, true)
    await trail.append(opening(idOf(8002)))
    await trail.close()
    const { alarms, counts, unproven } = await look(folder)
    assert.deepEqual([alarms, counts.verified, unproven], [[], SIZE + 2, SIZE + 1])
  })
  test('entries that are not sealed yet', async (t) => {
    const folder = await mutated(t, () => undefined)
    const trail = await open(folder, false)
    await trail.append(opening(idOf(5000)))
    await trail.append(ending(idOf(5000)))
    await trail.close()
    const report = await look(folder)
    assert.deepEqual([report.ok, report.unsealed, report.counts.verified], [true, 2, SIZE])
  })
  test('a day that was purged, and one entry more than that', async (t) => {
    const folder = await mutated(t, () => undefined)
    const trail = await open(folder, true)
    const file = (await trail.dayFiles.list()).find(({ day }) => day === '2026-11-23')!
    const { entries, exchanges } = file
    const days = [{ day: file.day, entries, exchanges }]
    const act = {
      exchange: idOf(7000),
      at: NOON,
      who: { value: 'root', source: 'observed' },
      why: 'its time was over',
    } as const
    await trail.append({ kind: 'purge', ...act, days })
    await trail.dayFiles.remove([file.name])
    await trail.close()
    const report = await look(folder)
    assert.deepEqual([report.alarms, report.counts.expired], [[], entries])
    sql(
      folder,
      `UPDATE entries SET json = replace(json, '"entries":${entries}', '"entries":${entries - 1}') WHERE json LIKE '%purge%'`,
    )
    assert.equal((await look(folder)).ok, false)
  })
})

test('files of the log are those that the specification names', async () => {
  const names = await readdir(sealIn(whole()))
  assert.deepEqual(names.sort(), ['checkpoint', 'tile', 'vkey'])
  assert.deepEqual(rangeHash(new LogFiles(sealIn(whole()), SIZE).node, 0, SIZE), headIn(sealIn(whole()))?.root)
  assert.ok(keyOf(1).asymmetricKeyType === 'ed25519' && TILE === 256)
})

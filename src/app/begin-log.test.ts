/** A record that is older than its last sealed head: it stays unsealed, until its log goes on under another name and says why. */
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { beginLog, logPack, parseHead, printVerifier, unpackLog, verifierOf } from '#trail'
import { backup, forge, ground, say, sealed, unsealed } from './backup/ground.case.ts'
import { beginLogIn } from './begin-log.ts'
import { holdKeys } from './keyholder/index.ts'
import { type OpenRecord, openRecord } from './record.ts'
import { uuid7 } from './uuid.ts'

const WHY = { why: 'the disk was lost', reader: 'ana' }
const sealAs = (origin: string) => ({ origin, key: { kind: 'file', path: undefined } }) as const

/** A record of 6 entries in place of which one of 4 was put back; the heads over either. */
async function rolledBack(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-begin-'))
  const config = {
    data: join(folder, 'data'),
    path_keys: false,
    encryption: { folder: join(folder, 'keys'), former: [] },
  }
  const opened: OpenRecord[] = []
  t.after(async () => {
    for (const record of opened) await record.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const open = async (origin: string) => {
    const record = await openRecord(config, { keys: holdKeys, lostKey: 'refuse', seal: sealAs(origin) })
    opened.push(record)
    return record
  }
  const checkpoint = () => readFileSync(join(config.data, 'seal/checkpoint'), 'utf8')
  const heads: string[] = []
  for (const [count, copy] of [
    [4, true],
    [2, false],
  ] as const) {
    const record = await open('first')
    await say(record, count)
    await sealed(record)
    await record.close()
    heads.push(checkpoint())
    if (copy) cpSync(config.data, join(folder, 'copy'), { recursive: true })
  }
  rmSync(config.data, { recursive: true })
  cpSync(join(folder, 'copy'), config.data, { recursive: true })
  writeFileSync(join(config.data, 'seal.known'), heads[1] ?? '') // as a restore leaves it
  const begin = () => beginLogIn({ ...config, seal: sealAs('second') }, WHY)
  return { config, open, heads, begin, checkpoint }
}

test('it goes on from the head that is here, and its first entry tells of the other log and why', async (t) => {
  const { config, open, heads, begin, checkpoint } = await rolledBack(t)
  const behind = await open('first')
  await say(behind, 3)
  await wait(1500)
  assert.match(await unsealed(behind), /6 entries were sealed/)
  await behind.close()
  const [old, newest] = heads as [string, string]
  assert.equal(checkpoint(), old)

  const told = await begin()
  assert.deepEqual(
    [told.origin, told.former.origin, told.former.size, told.known?.origin, told.known?.size, told.why, told.seq],
    ['second', 'first', 4, 'first', 6, WHY.why, 11],
  )
  assert.match(told.vkey, /^second\+[0-9a-f]{8}\+/)
  await assert.rejects(begin(), { code: 'seal.named' })
  const record = await open('second')
  await say(record, 2)
  await sealed(record)
  const report = await record.trail.verify({ heads: [old] })
  assert.deepEqual(
    [
      report?.ok,
      report?.origin,
      report?.sealed,
      report?.former?.map(({ origin, size, known, by }) => [origin, size, known, by]),
    ],
    [true, 'second', 13, [['first', 4, 6, 11]]],
  )
  assert.deepEqual([report?.vanished, report?.counts.vanished], [[{ from: 5, to: 6, by: 7, sealed: 'first' }], 2])
  const lost = await record.trail.verify({ heads: [newest] })
  assert.deepEqual([lost?.ok, lost?.alarms.map(({ harm }) => harm)], [false, ['rolled back']])
  const former = join(config.data, 'seal/former/1')
  const pack = join(config.data, 'seal.pack')
  await logPack(config.data, pack)
  await unpackLog(pack, join(config.data, 'again'))
  for (const name of ['checkpoint', 'vkey'])
    assert.deepEqual(readFileSync(join(config.data, 'again/seal/former/1', name)), readFileSync(join(former, name)))
  writeFileSync(join(former, 'checkpoint'), newest)
  const forged = await record.trail.verify({})
  assert.ok(forged?.alarms.some(({ harm }) => harm === 'rolled back'))
  rmSync(join(config.data, 'seal/former'), { recursive: true })
  const gone = await record.trail.verify({})
  assert.deepEqual(
    gone?.alarms.map(({ harm, seq }) => [harm, seq]),
    [['rolled back', 11]],
  )
  await record.close()
  assert.match(checkpoint(), /^second\n/)
})

test('cut short between head and entry, it is an alarm, and done again it ends what was begun', async (t) => {
  const { config, open, begin } = await rolledBack(t)
  const keyholder = await holdKeys({
    wrapping: { form: config.encryption, data: config.data, id: 'x', fresh: true },
    variables: [],
  })
  const signer = await keyholder.signer(sealAs('second'), config.data)
  await beginLog(join(config.data, 'seal'), { signer, seen: [], told: [] })
  await keyholder.close()
  const half = await open('second')
  const untold = await half.trail.verify({})
  assert.deepEqual(
    untold?.alarms.map(({ harm }) => harm),
    ['forged'],
  )
  const seq = (await half.trail.highest()) + 1
  const {
    origin = '',
    size,
    root = '',
  } = parseHead(readFileSync(join(config.data, 'seal/former/1/checkpoint'), 'utf8')) ?? {}
  await half.close()
  const act = { at: Date.now(), who: { value: 'mallory', source: 'observed' }, why: 'x' }
  const former = { origin, size, root: Buffer.from(root).toString('hex') }
  forge(config.data, seq, { ...act, kind: 'begun', exchange: uuid7(Date.now()), origin: 'second', former })
  const forged = await open('second')
  assert.deepEqual(
    (await forged.trail.verify({}))?.alarms.map((alarm) => [alarm.harm, alarm.seq]),
    [
      ['forged', undefined],
      ['forged', seq],
    ],
  )
  await forged.close()
  assert.equal((await begin()).former.size, 4)
  assert.ok(!existsSync(join(config.data, 'seal/former/2')))
  const record = await open('second')
  await sealed(record)
  assert.deepEqual(
    (await record.trail.verify({}))?.alarms.map((alarm) => [alarm.harm, alarm.seq]),
    [['forged', seq]],
  )
  await record.close()
})

test('how far it was sealed is known from what was signed last, though no restore says so', async (t) => {
  const { config, heads, begin } = await rolledBack(t)
  rmSync(join(config.data, 'seal.known'))
  const told = await begin()
  const sizes = heads.map((head) => Number(head.split('\n')[1]))
  assert.deepEqual([told.former.size, told.known?.size], sizes)
})

/** A record whose log was taken away after four entries, put back from a backup that has none, on the machine that signed it. */
async function logless(t: TestContext) {
  const { folder, config, to, keys, restore } = ground(t)
  const opened: OpenRecord[] = []
  t.after(() => Promise.all(opened.map((record) => record.close().catch(() => undefined)))) // the folder is gone by then
  const back = { ...config, data: join(folder, 'back') }
  const open = async (origin: string, place = back) => {
    const record = await openRecord(place, { keys: holdKeys, lostKey: 'refuse', seal: sealAs(origin) })
    opened.push(record)
    return record
  }
  const first = await open('first', config)
  await say(first, 4)
  await sealed(first)
  await first.close()
  const old = readFileSync(join(config.data, 'seal/checkpoint'), 'utf8')
  rmSync(join(config.data, 'seal'), { recursive: true })
  const without = await open('first', config)
  await say(without, 2)
  assert.equal((await backup(without, config.data, to, keys)).sealed, 0)
  await without.close()
  assert.equal((await restore()).done, true)
  const begin = (origin: string) => beginLogIn({ ...back, seal: sealAs(origin) }, WHY)
  return { config: back, open, begin, old }
}

test('where nothing of a log is here that is known, the record is sealed anew under another name once somebody says why', async (t) => {
  const { config, open, begin, old } = await logless(t)
  const behind = await open('first')
  await wait(1500)
  assert.match(await unsealed(behind), /its files are gone|4 entries were sealed/)
  await behind.close()
  await assert.rejects(begin('first'), { code: 'seal.named', detail: 'first' })
  const told = await begin('second')
  assert.deepEqual(
    [told.origin, told.former.origin, told.former.size, told.known?.origin, told.known?.size, told.why],
    ['second', 'first', 0, 'first', 4, WHY.why],
  )
  await assert.rejects(begin('second'), { code: 'seal.named' })
  const record = await open('second')
  await say(record, 1)
  await sealed(record)
  const { notes } = await record.signed()
  const report = await record.trail.verify({ known: [...notes, old] })
  assert.deepEqual(
    [report?.ok, report?.origin, report?.former?.map((one) => [one.origin, one.size, one.known, one.by])],
    [true, 'second', [['first', 0, 4, told.seq]]],
    JSON.stringify(report),
  )
  const kept = await record.trail.verify({ heads: [old] })
  assert.deepEqual(
    kept?.alarms.map(({ harm }) => harm),
    ['rolled back'],
  )
  rmSync(join(config.data, 'seal/former'), { recursive: true })
  const gone = await record.trail.verify({})
  assert.deepEqual(
    gone?.alarms.map(({ harm, seq }) => [harm, seq]),
    [['rolled back', told.seq]],
  )
  await record.close()
})

test('the same cut short before its entry is an alarm, and done again it tells', async (t) => {
  const { config, open, begin, old } = await logless(t)
  const signer = { vkey: signerVkey('second'), sign: async () => new Uint8Array() }
  await beginLog(join(config.data, 'seal'), { signer, seen: [old], told: [] })
  const half = await open('second')
  assert.match(await unsealed(half), /4 entries were sealed in the log first, and no entry tells/)
  const alarms = (await half.trail.verify({ known: (await half.signed()).notes }))?.alarms
  assert.deepEqual(
    alarms?.map(({ harm }) => harm),
    ['rolled back'],
  )
  await half.close()
  const told = await begin('second')
  assert.deepEqual([told.former.size, told.known?.size], [0, 4])
  assert.ok(!existsSync(join(config.data, 'seal/former/2')))
  const record = await open('second')
  await sealed(record)
  assert.equal((await record.trail.verify({ known: [old] }))?.ok, true)
  await record.close()
})

const signerVkey = (origin: string): string => printVerifier(verifierOf(origin, new Uint8Array(32)))

/** Backups taken and put back: what was erased is read by nobody, what was told since is done again, nothing is half there. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '#exchange'
import { openFolder } from '#export'
import { keyChecks, wrappingHouse } from '../keyholder/house.ts'
import { holdKeys } from '../keyholder/index.ts'
import { openRecord } from '../record.ts'
import { uuid7 } from '../uuid.ts'
import {
  backup,
  bodyOf,
  bytesIn,
  DOER,
  erasureIn,
  exchange,
  ground,
  KEPT,
  sealed,
  unsealed,
  WORD,
} from './ground.case.ts'
import type { RestoreOptions } from './restore.ts'

test('what was erased is read by nobody in the oldest backup, with every key; the rest is, and what was told is done again', async (t) => {
  const { folder, config, open, to, keys, restore, back } = ground(t)
  const record = await open()
  const erased = await exchange(record, 'ana', WORD)
  const other = await exchange(record, 'ben', KEPT)
  const { record: key } = await record.identity.create({ kind: 'user', actor: 'ana', connections: '*' })
  await sealed(record)
  const first = await backup(record, config.data, to, keys)
  assert.equal(first.sealed, 4)
  const all = [...bytesIn(join(folder, 'to')), ...bytesIn(join(folder, 'keys-copy'))]
  for (const word of [WORD, KEPT, 'ana', '"ben"', '/v1/chat']) assert.ok(!all.some((text) => text.includes(word)), word)

  await record.identity.revoke(key.id, 'left')
  const hold = await record.custody.holds.add({ user: 'ben' }, DOER)
  await erasureIn(record).erase({ user: 'ana' }, DOER)
  const later = await exchange(record, 'ben', 'said later')
  await sealed(record)
  const second = await backup(record, config.data, to, keys)
  assert.ok(second.sent < first.bytes)
  await record.close()

  const newest = await restore()
  assert.deepEqual([newest.report?.ok, newest.replayed.erasures, newest.journal], [true, 0, true])
  const again = await back()
  assert.equal(await bodyOf(again, later), JSON.stringify({ said: 'said later' }))
  assert.equal(await bodyOf(again, erased), undefined)
  await sealed(again)
  const { size } = await again.trail.sealed() // no journal knows of it: who signs remembers it
  await again.close()
  rmSync(join(folder, 'back'), { recursive: true })

  const oldest = await restore({ name: first.name })
  assert.deepEqual(
    [oldest.replayed, oldest.known, oldest.sealed],
    [{ erasures: 1, holds: 1, purges: 0, revocations: 1, voided: 0 }, size, 4],
  )
  for (const text of bytesIn(join(folder, 'back'))) assert.ok(!text.includes(WORD))
  const old = await back()
  assert.equal(await bodyOf(old, other), JSON.stringify({ said: KEPT }))
  assert.equal(await old.trail.exchange(erased), undefined)
  assert.ok(await old.trail.dayFiles.erasedBy(erased))
  assert.deepEqual(
    (await old.custody.holds.list()).map(({ id }) => id),
    [hold.id],
  )
  assert.equal(old.identity.list().find(({ id }) => id === key.id)?.why, 'left')
  await exchange(old, 'ana', 'after it was put back')
  await wait(2500)
  assert.match(await unsealed(old), /were sealed/)
  assert.ok((await old.trail.sealed()).size <= 4)
  await old.close()
  rmSync(join(folder, 'back'), { recursive: true })

  for (const path of globSync('keys/*/journal.jsonl', { cwd: folder })) rmSync(join(folder, path))
  const lines = (await to.list('backups/')).at(-1)!
  await to.remove(lines)
  const untold = await restore({ name: first.name })
  assert.deepEqual([untold.replayed.erasures, untold.replayed.voided, untold.journal], [0, 1, false])
  const shown = await back()
  const found = await shown.trail.exchange(erased)
  assert.ok(found && found.opening.body === undefined)
  assert.equal(found.unreadable?.opening?.code, 'trail.body')
  assert.equal(await bodyOf(shown, other), JSON.stringify({ said: KEPT }))
  await shown.close()
})

test('what was erased to the end goes again though it is held since; what was held before it was done stays', async (t) => {
  const { folder, config, open, to, keys, restore, back } = ground(t)
  const record = await open()
  const erased = await exchange(record, 'ana', WORD)
  const begun = await exchange(record, 'ben', KEPT)
  await sealed(record)
  const { name } = await backup(record, config.data, to, keys)
  const erasure = erasureIn(record)
  await erasure.erase({ user: 'ana' }, DOER)
  const isSealed = record.trail.sealed
  Object.assign(record.trail, { sealed: () => Promise.resolve({ kind: 'on', size: 0, fault: 'no disk' }) })
  await assert.rejects(erasure.erase({ user: 'ben' }, DOER), { code: 'trail.unavailable' })
  Object.assign(record.trail, { sealed: isSealed })
  for (const user of ['ana', 'ben']) await record.custody.holds.add({ user }, DOER)
  assert.equal(await erasure.resume(), 0)
  await record.close()
  assert.deepEqual((await restore({ name })).replayed.erasures, 2)
  const old = await back()
  assert.equal(await old.trail.exchange(erased), undefined)
  assert.equal(await bodyOf(old, begun), JSON.stringify({ said: KEPT }))
  for (const text of bytesIn(join(folder, 'back'))) assert.ok(!text.includes(WORD))
  await old.close()
})

test('a day that was purged since goes again, whatever the backup has of it', async (t) => {
  const { folder, config, open, to, keys, restore, back } = ground(t)
  const record = await open()
  const [day, today] = [Date.now() - 3 * 86_400_000, new Date().toISOString().slice(0, 10)]
  const purged = await exchange(record, 'ana', WORD, day)
  const kept = await exchange(record, 'ben', KEPT)
  await sealed(record)
  const before = await backup(record, config.data, to, keys)
  const file = (await record.trail.dayFiles.list()).find(({ exchanges }) => exchanges === 1)?.name ?? ''
  assert.ok(file < today)
  await record.custody.purge(DOER, today)
  await sealed(record)
  assert.ok(!existsSync(join(config.data, 'days', file)))
  const after = await backup(record, config.data, to, keys)
  await record.close()
  for (const [name, purges] of [
    [before.name, 1],
    [after.name, 0],
  ] as const) {
    const told = await restore({ name })
    assert.deepEqual([told.replayed.purges, told.report?.ok], [purges, true], name)
    assert.ok(!existsSync(join(folder, 'back/days', file)))
    const again = await back()
    assert.equal(await again.trail.exchange(purged), undefined)
    assert.equal(await bodyOf(again, kept), JSON.stringify({ said: KEPT }))
    assert.equal((await again.trail.custody()).filter(({ note }) => note.kind === 'purge').length, 1)
    await again.close()
    rmSync(join(folder, 'back'), { recursive: true })
  }
})

test('a purge that was told and not done when the backup was taken is done when it is put back', async (t) => {
  const { folder, config, open, to, keys, restore, back } = ground(t)
  const record = await open()
  const at = Date.now() - 3 * 86_400_000
  const purged = await exchange(record, 'ana', WORD, at)
  const days = [{ day: new Date(at).toISOString().slice(0, 10), entries: 2, exchanges: 1 }]
  await record.trail.append({
    kind: 'purge',
    exchange: uuid7(Date.now()),
    at: Date.now(),
    ...{ who: DOER.who, why: DOER.why },
    days,
  })
  await sealed(record)
  await backup(record, config.data, to, keys)
  await record.close()
  assert.equal((await restore()).replayed.purges, 1)
  const again = await back()
  assert.equal(await again.trail.exchange(purged), undefined)
  assert.equal(globSync('back/days/*.default.db', { cwd: folder }).length, 0)
  await again.close()
})

test('only what changed is sent again, and what no backup has any more is removed', async (t) => {
  const { config, open, to } = ground(t)
  const record = await open()
  await exchange(record, 'ana', WORD)
  await sealed(record)
  const first = await backup(record, config.data, to, undefined, 2)
  const second = await backup(record, config.data, to, undefined, 2)
  assert.ok(first.sent > 3 * second.sent, `${first.sent} ${second.sent}`)
  const third = await backup(record, config.data, to, undefined, 1)
  assert.equal(third.removed, 2)
  assert.equal((await to.list('backups/')).length, 1)
  await record.close()
})

test('after a rotation the key that backups are under is named with their place, until none is left that is', async (t) => {
  const { folder, config, open, to, keys } = ground(t)
  const record = await open()
  await exchange(record, 'ana', KEPT)
  await backup(record, config.data, to, keys)
  const former = record.keyholder.name
  const clock = { uuid: () => uuid7(Date.now()), now: Date.now }
  const house = wrappingHouse({ ...record, via: 'local', ...clock })
  const rowsOf = async () => (await house.rows()).map(({ name, keys, backups }) => [name, keys > 0, backups?.length])
  assert.deepEqual(await rowsOf(), [[former, true, 2]])
  await house.rotate(false)
  const now = record.keyholder.name
  assert.deepEqual(await rowsOf(), [
    [now, true, undefined],
    [former, false, 2],
  ])
  const checks = async () =>
    (await keyChecks(record.trail, record.keyholder, config.data))
      .filter(({ check }) => check === 'backup key')
      .map(({ state, told }) => [state, told.includes(former) && told.includes(to.told)])
  assert.deepEqual(await checks(), [['ok', true]])
  rmSync(join(globSync('keys/*', { cwd: folder }).map((path) => join(folder, path))[0] ?? '', `${former}.key`))
  await record.keyholder.renew()
  await house.rotate(false)
  assert.deepEqual(await checks(), [['warn', true]])
  await wait(2)
  await backup(record, config.data, to, keys)
  assert.deepEqual(await checks(), [['warn', true]])
  await wait(2)
  await backup(record, config.data, to, keys, 1)
  assert.deepEqual(await checks(), [])
  await record.close()
})

test('a damaged, foreign, newer or half-written backup, a full target and a missing key are faults, and nothing is put back', async (t) => {
  const { folder, config, open, to, keys, restore } = ground(t)
  const record = await open()
  await exchange(record, 'ana', WORD)
  await sealed(record)
  const { name } = await backup(record, config.data, to, keys)
  await record.close()
  const outer = `backups/${name}.json`
  const whole = (await to.get(outer))!
  const parts = await to.list('parts/')
  const refused = async (code: string, more: Partial<RestoreOptions> = {}) => {
    await assert.rejects(restore(more), { code })
    assert.deepEqual(
      readdirSync(folder).filter((each) => /back/.test(each)),
      [],
    )
  }
  for (const part of parts) {
    const bytes = (await to.get(part))!
    const flipped = Buffer.from(bytes)
    flipped[bytes.length >> 1]! ^= 1
    await to.put(part, flipped)
    await refused('backup.damaged')
    await to.remove(part)
    await refused('backup.damaged')
    await to.put(part, bytes)
  }
  await to.put(outer, whole.subarray(0, 200))
  await refused('backup.damaged')
  await to.put(outer, Buffer.from(whole.toString().replace('"v":1', '"v":2')))
  await refused('backup.newer')
  await to.put(outer, Buffer.from(whole.toString().replace(/"at":\d/, '"at":2')))
  await refused('backup.damaged')
  await to.put(outer, whole)
  await refused('backup.none', { name: '20200101T000000000Z' })
  await refused('backup.none', { keys: openFolder(join(folder, 'nowhere')) })
  await refused('backup.key', {
    config: { ...config, data: join(folder, 'back'), encryption: { folder: join(folder, 'x'), former: [] } },
  })
  await assert.rejects(restore({ config }), { code: 'backup.target' })
  const beside = await restore({ config, dryRun: true })
  assert.deepEqual([beside.report?.ok, beside.done, existsSync(`${config.data}.restoring`)], [true, false, false])
  const stranger = ground(t)
  const foreign = await stranger.open()
  await exchange(foreign, 'eve', WORD)
  await assert.rejects(backup(foreign, stranger.config.data, to), { code: 'backup.foreign' })
  await foreign.close()
  const dry = await restore({ dryRun: true })
  assert.deepEqual([dry.report?.ok, dry.done, existsSync(join(folder, 'back'))], [true, false, false])
  writeFileSync(join(folder, 'back.restoring'), '')
  assert.equal((await restore({ keys: 'none' })).done, true)
})

test('what came just before a backup is sealed in it', async (t) => {
  const { config, open, to } = ground(t)
  const record = await open()
  await exchange(record, 'ana', WORD)
  const taken = await backup(record, config.data, to)
  assert.deepEqual([taken.last, taken.sealed], [2, 2])
  await record.close()
})

test('of a record that was never sealed each part is held against its digest: whatever was done to one is found, and nothing is put back', async (t) => {
  const { folder, config, to, keys, restore } = ground(t)
  const record = await openRecord(config, { keys: holdKeys, lostKey: 'refuse' })
  const id = await exchange(record, 'ben', KEPT)
  const taken = await backup(record, config.data, to, keys)
  assert.equal(taken.sealed, 0)
  await record.close()
  const files = [...globSync('{to,keys-copy}/parts/*/*', { cwd: folder }), ...globSync('to/backups/*', { cwd: folder })]
  assert.ok(files.length > 4, files.join())
  const ways: Readonly<Record<string, (bytes: Buffer) => Buffer | undefined>> = {
    'a bit flipped': (bytes) => bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte)) as Buffer,
    'cut in the middle': (bytes) => bytes.subarray(0, bytes.length >> 1),
    'another one of the same size': (bytes) => Buffer.alloc(bytes.length, 7),
    gone: () => undefined,
  }
  for (const file of files)
    for (const [way, harm] of Object.entries(ways)) {
      const path = join(folder, file)
      const whole = readFileSync(path)
      const damaged = harm(whole)
      if (damaged) writeFileSync(path, damaged)
      else rmSync(path)
      const codes = /backups/.test(file) && !damaged ? ['backup.none'] : ['backup.damaged']
      await assert.rejects(restore(), ({ code }: Fault) => codes.includes(code), `${file}, ${way}`)
      assert.ok(!existsSync(join(folder, 'back')) && !existsSync(join(folder, 'back.restoring')), `${file}, ${way}`)
      writeFileSync(path, whole)
    }
  const told = await restore()
  assert.deepEqual([told.report, told.done], [undefined, true])
  const back = await openRecord({ ...config, data: join(folder, 'back') }, { keys: holdKeys, lostKey: 'refuse' })
  assert.equal(await bodyOf(back, id), JSON.stringify({ said: KEPT }))
  await back.close()
})

/** What a record that was put back is: what went is gone again, also where the journal was lost, and it is said what it rests on. */
import assert from 'node:assert/strict'
import { globSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { beginLogIn } from '../begin-log.ts'
import { holdKeys } from '../keyholder/index.ts'
import { openRecord } from '../record.ts'
import { sealChecks } from '../seal-checks.ts'
import { uuid7 } from '../uuid.ts'
import { backup, bytesIn, DOER, erasureIn, exchange, ground, KEPT, sealed, unsealed, WORD } from './ground.case.ts'
import { Shipping } from './shipping.ts'

const OLD = Date.now() - 3 * 86_400_000
const today = () => new Date().toISOString().slice(0, 10)

test('a journal that was lost is begun from the record: an older backup does all again, and that it was lost is told', async (t) => {
  const { folder, config, open, to, keys, restore, back } = ground(t)
  const first = await open()
  assert.equal(first.begunAfter, 0)
  const erased = await exchange(first, 'bea', WORD)
  const purged = await exchange(first, 'ana', WORD, OLD)
  const kept = await exchange(first, 'ben', KEPT)
  const hold = await first.custody.holds.add({ user: 'ben' }, DOER)
  await sealed(first)
  const before = await backup(first, config.data, to, keys)
  await first.custody.holds.release(hold.id, DOER)
  await erasureIn(first).erase({ user: 'bea' }, DOER)
  await first.custody.purge(DOER, today())
  await sealed(first)
  await first.close()
  for (const path of globSync('keys/*/journal.jsonl', { cwd: folder })) rmSync(join(folder, path))

  const again = await open()
  assert.ok(again.begunAfter > 0)
  const shipping = new Shipping({
    ...{ ...again, data: config.data, now: Date.now, tell: () => undefined },
    settings: () => ({ to: join(folder, 'to'), keep: 9 }) as never,
  })
  const rows = async () => (await shipping.checks()).filter(({ check }) => check === 'journal')
  assert.deepEqual(
    (await rows()).map(({ state }) => state),
    ['warn'],
  )
  await exchange(again, 'ben', KEPT)
  await sealed(again)
  await wait(2)
  await backup(again, config.data, to, keys)
  assert.deepEqual(await rows(), [])
  await exchange(again, 'ben', 'after the last backup')
  await sealed(again)
  const { size } = await again.trail.sealed()
  await again.close()

  const told = await restore({ name: before.name })
  assert.deepEqual(
    [told.replayed, told.journal, told.known],
    [{ erasures: 1, holds: 1, purges: 1, revocations: 0, voided: 0 }, true, size],
  )
  for (const text of bytesIn(join(folder, 'back'))) assert.ok(!text.includes(WORD))
  const put = await back()
  assert.equal(await put.trail.exchange(erased), undefined)
  assert.ok(await put.trail.dayFiles.erasedBy(erased))
  assert.equal(await put.trail.exchange(purged), undefined)
  assert.ok(await put.trail.exchange(kept))
  assert.deepEqual(await put.custody.holds.list(), [])
  await put.close()

  const third = await open()
  assert.equal(third.begunAfter, 0)
  await third.close()
})

test('what a restore did again verifies while the log is behind, says what that rests on, and is sealed by the log that is begun', async (t) => {
  const { folder, config, open, to, keys, restore, back } = ground(t)
  const record = await open()
  await exchange(record, 'ana', WORD, OLD)
  await exchange(record, 'bea', WORD)
  await exchange(record, 'ben', KEPT)
  await sealed(record)
  const before = await backup(record, config.data, to, keys)
  await record.custody.purge(DOER, today())
  await erasureIn(record).erase({ user: 'bea' }, DOER)
  await sealed(record)
  await record.close()
  const told = await restore({ name: before.name })
  assert.deepEqual([told.report?.ok, told.report?.counts.erased, told.report?.counts.expired], [true, 2, 2])
  const put = await back()
  await wait(1500)
  await unsealed(put)
  const state = await put.trail.sealed()
  assert.ok(state.size <= 6 && 'code' in state && state.code === 'seal.behind')
  const house = { data: join(folder, 'back'), export: { anchors: {} } }
  const [row] = await sealChecks({ ...put, config: () => house })
  assert.ok(row?.state === 'fail' && /gatelog trail begin-log/.test(row.remedy ?? ''))
  const report = await put.trail.verify({ missingKeys: true })
  assert.deepEqual([report?.ok, report?.alarms, report?.counts.erased, report?.counts.expired], [true, [], 2, 2])
  const notes = (await put.trail.custody()).filter(({ note }) => note.kind === 'erase' || note.kind === 'purge')
  assert.equal(notes.length, 2)
  assert.deepEqual(
    report?.putBack?.unsealed,
    notes.map(({ seq }) => seq),
  )
  assert.ok((report?.putBack?.by ?? 0) > Math.max(...notes.map(({ seq }) => seq)))
  await put.close()

  const data = join(folder, 'back')
  const seal = { origin: 'again.example/log', key: { kind: 'file', path: undefined } } as const
  await beginLogIn({ ...config, data, seal }, { why: 'put back', reader: 'ana' })
  const on = await openRecord({ ...config, data }, { keys: holdKeys, lostKey: 'refuse', seal })
  await sealed(on)
  const after = await on.trail.verify({ missingKeys: true })
  await on.close()
  assert.deepEqual([after?.ok, after?.alarms, after?.putBack, after?.counts.expired], [true, [], undefined, 2])
})

test('what was searched for after a backup and erased with a user is not in it: it is put back, and nothing else goes', async (t) => {
  const { folder, config, open, to, keys, restore, back } = ground(t)
  const record = await open()
  const read = (of: string) =>
    record.trail.append({
      ...{ kind: 'read', exchange: uuid7(Date.now()), at: Date.now(), did: 'listed', via: 'local', of },
      ...{ reader: DOER.who, content: false, count: 1, times: 1 },
    })
  await exchange(record, 'bea', WORD)
  await exchange(record, 'ben', KEPT)
  const known = await read('user:bea')
  await sealed(record)
  const before = await backup(record, config.data, to, keys)
  await read('user:bea')
  await read('user:bea verdict:allow')
  await erasureIn(record).erase({ user: 'bea' }, DOER)
  await sealed(record)
  await record.close()

  const told = await restore({ name: before.name })
  assert.deepEqual([told.replayed.erasures, told.report?.ok, told.report?.alarms], [1, true, []])
  const put = await back()
  const [erase] = (await put.trail.custody()).flatMap(({ note }) => (note.kind === 'erase' ? note : []))
  assert.ok(erase)
  assert.deepEqual(
    (await put.trail.dayFiles.takenBy(erase.exchange)).notes.map(({ seq }) => seq),
    [known],
  )
  assert.deepEqual(
    (await put.trail.reads(9)).map(({ read }) => read.of),
    ['"[masked:erased]"'],
  )
  const report = await put.trail.verify({ missingKeys: true })
  assert.deepEqual([report?.ok, report?.alarms], [true, []])
  await put.close()
  assert.ok(!bytesIn(join(folder, 'back')).some((text) => text.includes('user:bea')))
})

test('no entry of a restore, or one that nobody proves, and what is gone is dropped', async (t) => {
  const { folder, config, open, to, keys, restore, back } = ground(t)
  const record = await open()
  await exchange(record, 'ana', WORD, OLD)
  await exchange(record, 'ben', KEPT)
  await sealed(record)
  const before = await backup(record, config.data, to, keys)
  await record.custody.purge(DOER, today())
  await sealed(record)
  await record.close()
  await restore({ name: before.name })
  const file = globSync('back/days/*.custody.db', { cwd: folder }).map((path) => join(folder, path))
  assert.ok(file.length > 0)
  let changed = 0
  for (const path of file) {
    const db = new DatabaseSync(path)
    const sql = `UPDATE entries SET json = replace(json, '"reader":{"value":"ana"', '"reader":{"value":"eve"') WHERE json LIKE '%"restored"%'`
    changed += Number(db.prepare(sql).run().changes)
    db.close()
  }
  assert.equal(changed, 1)
  const put = await back()
  const report = await put.trail.verify({ missingKeys: true })
  await put.close()
  assert.equal(report?.putBack, undefined)
  assert.deepEqual([report?.ok, report?.alarms.map(({ harm }) => harm).includes('dropped')], [false, true])
})

test('an erasure is done to its end while the keys of sessions are copied over and over', async (t) => {
  const { folder, open } = ground(t)
  const record = await open()
  for (const user of ['ana', 'bea']) await exchange(record, user, KEPT)
  await sealed(record)
  const to = join(folder, 'copied')
  mkdirSync(to)
  let isOver = false
  const copying = (async () => {
    let copies = 0
    for (; !isOver; copies++) await record.trail.copy({ to, known: {}, only: 'keys.db' })
    return copies
  })()
  const erasure = erasureIn(record)
  for (const user of ['ana', 'bea']) await erasure.erase({ user }, DOER)
  isOver = true
  assert.ok((await copying) > 2)
  assert.deepEqual(await record.trail.documents.list('erasing'), [])
  await record.close()
})

test('a line of who read that waited for the key comes along; where an erasure is done again, without what it asked for', async (t) => {
  const { folder, config, open, to, keys, restore, back } = ground(t)
  const first = await open()
  await exchange(first, 'bea', WORD)
  await sealed(first)
  await first.close()
  const line = {
    ...{ kind: 'read', exchange: uuid7(Date.now()), at: Date.now(), did: 'searched', via: 'local', of: WORD },
    ...{ reader: { value: 'ana', source: 'observed' }, content: true, count: 1, times: 1 },
  }
  const head = new DatabaseSync(join(config.data, 'head.db'))
  head.prepare("INSERT INTO documents VALUES ('waiting', ?, ?)").run(line.exchange, JSON.stringify({ line }))
  head.close()
  const seal = { key: { kind: 'file', path: undefined } } as const
  const record = await openRecord(config, { keys: holdKeys, lostKey: 'refuse', seal, waits: true })
  const before = await backup(record, config.data, to, keys)
  await erasureIn(record).erase({ user: 'bea' }, DOER)
  await sealed(record)
  await record.close()
  const { replayed } = await restore({ name: before.name })
  assert.equal(replayed.erasures, 1)
  for (const text of bytesIn(join(folder, 'back'))) assert.ok(!text.includes(WORD))
  const put = await back()
  const [{ read } = { read: undefined }, ...more] = await put.trail.reads(9)
  assert.deepEqual(
    [read?.of, read?.reader, read?.late?.id, more],
    ['"[masked:erased]"', { value: 'ana', source: 'declared' }, line.exchange, []],
  )
  await put.close()
})

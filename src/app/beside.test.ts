/** What is remembered of each log of a record: no log begins beside another one unasked, and none goes on that was ended. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { parseRemembered } from '#trail'
import { say, sealed, unsealed } from './backup/ground.case.ts'
import { beginLogIn } from './begin-log.ts'
import { holdKeys } from './keyholder/index.ts'
import { type OpenRecord, openRecord, recordOf } from './record.ts'
import { sealChecks } from './seal-checks.ts'
import { headBeside } from './seal-key.ts'

const WHY = { why: 'it was put back', reader: 'ana' }
const sealAs = (origin?: string, path?: string) => ({ ...(origin && { origin }), key: { kind: 'file', path } }) as const

/** `data`: of the record; `at`: where it, its wrapping keys and the seal's own key (`outside`) are. */
function ground(t: TestContext, { at, outside = false, name = 'data', keys: place = 'keys' }: Ground = {}) {
  const folder = at ?? mkdtempSync(join(tmpdir(), 'gatelog-beside-'))
  const key = outside ? join(folder, 'seal.pem') : undefined
  const keys = join(folder, place)
  const config = { data: join(folder, name), path_keys: false, encryption: { folder: keys, former: [] } }
  const opened: OpenRecord[] = []
  t.after(async () => {
    for (const record of opened) await record.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const open = async (origin?: string) => {
    const record = await openRecord(config, { keys: holdKeys, lostKey: 'refuse', seal: sealAs(origin, key) })
    opened.push(record)
    return record
  }
  /** Entries that are sealed when it is closed; as the log says it then. */
  const grow = async (count: number, origin?: string) => {
    const record = await open(origin)
    await say(record, count)
    await sealed(record)
    await record.close()
    return readFileSync(join(config.data, 'seal/checkpoint'), 'utf8')
  }
  const copy = (from: string, to: string) => {
    rmSync(join(folder, to), { recursive: true, force: true })
    cpSync(join(folder, from), join(folder, to), { recursive: true })
  }
  const begin = (origin?: string) => beginLogIn({ ...config, seal: sealAs(origin, key) }, WHY)
  const memory = (record: OpenRecord) =>
    key === undefined ? join(record.keyholder.place ?? '', 'seal.head') : headBeside(key, recordOf(record.keyring))
  return { folder, config, open, grow, copy, begin, memory }
}

interface Ground {
  readonly at?: string
  readonly outside?: boolean
  readonly name?: string
  readonly keys?: string
}

/** What is told of a record of which nothing is sealed: by the sealer, by `verify`, by `doctor`. */
async function told(record: OpenRecord, data: string) {
  const why = await unsealed(record)
  const report = await record.trail.verify({ known: (await record.signed()).notes })
  const [row] = await sealChecks({ ...record, config: () => ({ data, export: { anchors: {} } }) })
  return { why, harms: report?.alarms.map(({ harm }) => harm), doctor: row?.state }
}

test('a folder without its seal key and log gets no other one, though it looks like a new one, until somebody says so', async (t) => {
  const { config, open, grow, begin, memory } = ground(t)
  const old = await grow(4)
  for (const name of ['seal', 'seal.key']) rmSync(join(config.data, name), { recursive: true })
  const head = new DatabaseSync(join(config.data, 'head.db'))
  head.exec('DELETE FROM marks')
  head.close()
  const record = await open()
  const { why, harms, doctor } = await told(record, config.data)
  assert.match(why, /4 entries were sealed in the log gatelog\/[0-9a-f]+, and no entry tells/)
  assert.deepEqual([harms, doctor], [['rolled back'], 'fail'])
  await say(record, 2)
  await wait(1500)
  assert.equal((await record.trail.sealed()).size, 0)
  assert.equal(readFileSync(memory(record), 'utf8'), old)
  await record.close()
  const begun = await begin()
  assert.deepEqual([begun.former.size, begun.known?.size], [0, 4])
  const on = await open()
  await sealed(on)
  const known = (await on.signed()).notes
  assert.equal(known.length, 2)
  assert.deepEqual((await on.trail.verify({ known }))?.alarms, [])
  assert.deepEqual(
    (await on.trail.verify({ heads: [old] }))?.alarms.map(({ harm }) => harm),
    ['rolled back'],
  )
})

test('nor does one begin unasked under another name where the seal key lies elsewhere', async (t) => {
  const { config, open, grow, begin, memory } = ground(t, { outside: true })
  const old = await grow(4, 'first')
  rmSync(join(config.data, 'seal'), { recursive: true })
  const head = new DatabaseSync(join(config.data, 'head.db'))
  head.exec('DELETE FROM marks')
  head.close()
  const record = await open('second')
  const { why, harms, doctor } = await told(record, config.data)
  assert.match(why, /4 entries were sealed in the log first, and no entry tells/)
  assert.deepEqual([harms, doctor], [['rolled back'], 'fail'])
  await say(record, 1)
  await wait(1500)
  assert.equal((await record.trail.sealed()).size, 0)
  assert.equal(readFileSync(memory(record), 'utf8'), old)
  await record.close()
  assert.equal((await begin('second')).known?.size, 4)
  await grow(1, 'second')
})

test('two records with one seal key are sealed one after the other and at once, and nothing is told of one for the other', async (t) => {
  const one = ground(t, { outside: true })
  const other = ground(t, { at: one.folder, outside: true, name: 'other' })
  await one.grow(3, 'first')
  await other.grow(2, 'second')
  const records = [await one.open('first'), await other.open('second')]
  for (let nth = 0; nth < 3; nth++) {
    await Promise.all(records.map((record) => say(record, 4)))
    await Promise.all(records.map(sealed))
  }
  for (const record of records) await record.close()
  for (const [ground, origin] of [
    [one, 'first'],
    [other, 'second'],
  ] as const) {
    const asItLies = { ...ground.config, seal: sealAs(origin, join(one.folder, 'seal.pem')) }
    const record = await openRecord(asItLies, { keys: holdKeys, lostKey: 'show' })
    const { notes, unread } = await record.signed()
    assert.deepEqual([notes.map((note) => note.split('\n')[0]), unread], [[origin], []])
    assert.deepEqual((await record.trail.verify({ known: notes }))?.alarms, [])
    await record.close()
  }
  const begun = await other.begin('third')
  assert.deepEqual([begun.former.origin, begun.beside], ['second', undefined])
})

for (const keys of ['keys', 'data/keys'])
  test(`a head that nobody signed gets into no entry by lying in the data folder (wrapping keys in ${keys})`, async (t) => {
    const { config, grow, begin } = ground(t, { keys })
    await grow(2, 'first')
    const [root, signature] = [32, 68].map((bytes) => Buffer.alloc(bytes, 7).toString('base64'))
    writeFileSync(join(config.data, 'seal.head'), `evil\n50\n${root}\n\n— evil ${signature}\n`)
    const { former, known, beside } = await begin('second')
    assert.deepEqual([former.origin, known, beside], ['first', undefined, undefined])
  })

test('where the log is here and the configuration names another one, the start is refused for that', async (t) => {
  const { grow, open } = ground(t)
  await grow(2, 'first')
  await assert.rejects(open('typo'), { code: 'seal.key', detail: /the log in the folder is first/ })
  await grow(1, 'first')
})

test('an older copy of a log that was ended is sealed under neither name, and a third one tells of both', async (t) => {
  const { config, open, grow, copy, begin, memory } = ground(t)
  await grow(3, 'first')
  copy('data', 'copy')
  await grow(4, 'first')
  await begin('second')
  await grow(2, 'second')
  copy('copy', 'data')
  for (const origin of ['first', 'second']) {
    const record = await open(origin)
    const { harms, doctor } = await told(record, config.data)
    assert.deepEqual([harms, doctor], [['rolled back', 'rolled back'], 'fail'])
    await say(record, 1)
    await wait(1500)
    assert.equal((await record.trail.sealed()).size <= 3, true)
    const heads = parseRemembered(readFileSync(memory(record), 'utf8'))?.map(({ head }) => [head.origin, head.size])
    assert.deepEqual(heads, [
      ['second', 10],
      ['first', 7],
    ])
    await record.close()
  }
  await assert.rejects(begin('second'), { code: 'seal.behind' })
  const { former, known, beside } = await begin('third')
  assert.deepEqual(
    [former, known, ...(beside ?? [])].map((one) => [one?.origin, one?.size]),
    [
      ['first', 3],
      ['first', 7],
      ['second', 10],
    ],
  )
  const record = await open('third')
  await sealed(record)
  const report = await record.trail.verify({ known: (await record.signed()).notes })
  assert.deepEqual(
    [report?.ok, report?.alarms, report?.vanished?.map(({ from, to, sealed: log }) => [from, to, log])],
    [true, [], [[4, 10, 'first']]],
  )
  const other = parseRemembered(readFileSync(memory(record), 'utf8'))?.map(({ head }) => head.origin)
  assert.deepEqual(other?.toSorted(), ['first', 'second', 'third'])
})

test('a memory of before goes on where an entry of the record tells of its log, and where it is gone', async (t) => {
  const { config, open, grow, begin, memory } = ground(t)
  const old = await grow(3, 'first')
  await begin('second')
  await grow(1, 'second')
  for (const text of [old, undefined]) {
    const [place] = readdirSync(config.encryption.folder)
    const path = join(config.encryption.folder, place ?? '', 'seal.head')
    if (text === undefined) rmSync(path)
    else writeFileSync(path, text)
    await grow(1, 'second')
  }
  const record = await open('second')
  assert.match(readFileSync(memory(record), 'utf8'), /^second\n7\n/)
  assert.deepEqual((await record.trail.verify({ known: (await record.signed()).notes }))?.alarms, [])
})

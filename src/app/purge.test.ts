/** Days that go while others write, read and are sealed: nobody is disturbed, nothing else goes, and the space comes back. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Opening } from '#exchange'
import { holdKeys } from './keyholder/index.ts'
import { lookAt, openRecord } from './record.ts'
import { uuid7 } from './uuid.ts'

const DOER = { who: { value: 'ops', source: 'declared' }, why: 'old tests' } as const
const DAY_MS = 86_400_000
const EVERYTHING = { where: {}, except: {}, text: [], without: [] }
const BODY_BYTES = 20_000
const OLD = { days: 3, exchanges: 40 }

async function opened(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-purge-'))
  const data = join(folder, 'data')
  const config = { data, path_keys: false, encryption: { folder: join(folder, 'keys'), former: [] } }
  const seal = { key: { kind: 'file', path: undefined } } as const
  const record = await openRecord(config, { keys: holdKeys, lostKey: 'refuse', seal })
  t.after(async () => {
    await record.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const seqs = new Map<string, number[]>()
  const size = () => globSync(join(data, 'days/*')).reduce((sum, path) => sum + statSync(path).size, 0)
  const exchange = async (at: number, more: Partial<Opening> = {}) => {
    const id = uuid7(at)
    const body = () => ({ bytes: randomBytes(BODY_BYTES), type: 'text/plain', received: 'aa', sent: 'bb' })
    const first = await record.trail.append({
      ...{ kind: 'asked', exchange: id, at, session: `s${id.slice(-2)}`, door: 'reverse', method: 'POST', path: '/v1' },
      ...{ route: 'chat', facts: {}, findings: [], body: body(), ...more },
    })
    const last = await record.trail.append({
      ...{ kind: 'replied', exchange: id, at, status: 200, findings: [], timings: {}, body: body() },
    })
    seqs.set(id, [first, last])
    return id
  }
  return { ...record, config, data, size, exchange, seqs }
}

test('a purge under traffic', async (t) => {
  const { trail, custody, data, size, exchange } = await opened(t)
  const today = new Date().toISOString().slice(0, 10)
  const old: string[] = []
  for (let day = 1; day <= OLD.days; day++)
    for (let nth = 0; nth < OLD.exchanges; nth++) old.push(await exchange(Date.now() - day * DAY_MS))
  const before = size()
  let going = true
  const fresh: string[] = []
  const write = async () => {
    while (going) fresh.push(await exchange(Date.now()))
  }
  const seen = { whole: 0, gone: 0 }
  /** As an export reads: pages of all, and each with its bodies. */
  const read = async () => {
    while (going) {
      for (let cursor: string | undefined = ''; cursor !== undefined && going; ) {
        const page = await trail.recorded(EVERYTHING, { limit: 20, ...(cursor && { before: cursor }) })
        for (const { opening } of page.rows) {
          const one = await trail.exchange(opening.exchange)
          if (one?.opening.body && one.opening.body.bytes.length === BODY_BYTES) seen.whole++
          else seen.gone++
          assert.ok(one === undefined || one.unreadable === undefined, 'what is there can be read')
        }
        cursor = page.next
      }
    }
  }
  /** As a sink follows: no entry of today is passed over. */
  const followed = new Set<string>()
  const follow = async () => {
    for (let after = 0; going || after < (await trail.highest()); ) {
      const rows = await trail.following(after, 50)
      for (const { entry } of rows) followed.add(entry?.exchange ?? '')
      after = rows.at(-1)?.seq ?? after
      if (rows.length === 0) await wait(5)
    }
  }
  const busy = [write(), write(), read(), follow()]
  await wait(300)
  const purged = await custody.purge(DOER, today)
  await wait(300)
  while (seen.whole === 0 || fresh.length <= 4) await wait(20)
  going = false
  await Promise.all(busy)
  assert.ok(seen.whole > 0 && fresh.length > 4, JSON.stringify({ seen, fresh: fresh.length }))
  assert.deepEqual(
    globSync(join(data, 'days/*.default.db*')).filter((path) => !path.includes(today)),
    [],
  )
  assert.ok(purged.bytes > before / 2 && purged.bytes >= old.length * BODY_BYTES, `${purged.bytes} of ${before}`)
  for (const id of old) assert.equal(await trail.exchange(id), undefined)
  for (const id of fresh) assert.equal((await trail.exchange(id))?.opening.body?.bytes.length, BODY_BYTES)
  const passed = fresh.filter((id) => !followed.has(id))
  assert.deepEqual(passed, [], 'a sink passed some over')
  for (let tries = 0; (await trail.sealed()).size < (await trail.highest()); tries++) {
    assert.ok(tries < 2000, JSON.stringify(await trail.sealed()))
    await wait(20)
  }
  const report = await trail.verify({})
  assert.deepEqual([report?.ok, report?.counts.expired], [true, 2 * old.length])
})

test('of a day that is kept for several times a purge says exactly which entries it took, and nothing else of the day is excused', async (t) => {
  const { trail, custody, config, data, exchange, seqs, close } = await opened(t)
  const at = Date.now() - 3 * DAY_MS
  const day = new Date(at).toISOString().slice(0, 10)
  const kept: Record<string, number[]> = { '1d': [], '7y': [], hipaa: [], default: [] }
  for (const retain of ['1d', '7y', '1d', '1d', undefined, 'hipaa', '7y', '1d', undefined, '1d'] as const) {
    const id = await exchange(at, retain === undefined ? {} : { retain })
    kept[retain ?? 'default']?.push(...(seqs.get(id) ?? []))
  }
  await exchange(Date.now())
  const { seq } = await custody.purge(DOER)
  const [told] = (await trail.custody()).filter((one) => one.seq === seq)
  assert.ok(told?.note.kind === 'purge')
  assert.deepEqual(
    told.note.days.map(({ day, retain, entries, exchanges }) => [day, retain, entries, exchanges]),
    [[day, '1d', 10, 5]],
  )
  const took = told.note.days[0]?.took ?? []
  const taken = took.flatMap((_, at) => (at % 2 === 1 ? spanOf(took, at) : []))
  assert.deepEqual(taken, kept['1d'])
  while ((await trail.sealed()).size < (await trail.highest())) await wait(50)
  const report = await trail.verify({})
  assert.deepEqual([report?.ok, report?.counts.expired, report?.counts.counted], [true, 10, undefined])
  await close()
  for (const [name, lost] of [
    ['7y', kept['7y']],
    ['hipaa', kept['hipaa']],
  ] as const) {
    const path = join(data, 'days', `${day}.${name}.db`)
    const bytes = readFileSync(path)
    rmSync(path)
    const looked = await lookAt(config)
    const alarms = (await looked.trail.verify({}))?.alarms ?? []
    await looked.close()
    assert.deepEqual(
      alarms.map(({ harm, seq }) => [harm, seq]),
      lost?.map((seq) => ['dropped', seq]),
      name,
    )
    writeFileSync(path, bytes)
  }
})

/** The seqs of the run that ends at `end` of such a list. */
const spanOf = (took: readonly number[], end: number): number[] => {
  const before = took.slice(0, end).reduce((sum, count) => sum + count, 0)
  return Array.from({ length: took[end] ?? 0 }, (_, nth) => before + nth + 1)
}

/** Days that go while others write, read and are sealed: nobody is disturbed, nothing else goes, and the space comes back. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { globSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { holdKeys } from './keyholder/index.ts'
import { openRecord } from './record.ts'
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
  const size = () => globSync(join(data, 'days/*')).reduce((sum, path) => sum + statSync(path).size, 0)
  const exchange = async (at: number) => {
    const id = uuid7(at)
    const body = () => ({ bytes: randomBytes(BODY_BYTES), type: 'text/plain', received: 'aa', sent: 'bb' })
    await record.trail.append({
      ...{ kind: 'asked', exchange: id, at, session: `s${id.slice(-2)}`, door: 'reverse', method: 'POST', path: '/v1' },
      ...{ route: 'chat', facts: {}, findings: [], body: body() },
    })
    await record.trail.append({
      ...{ kind: 'replied', exchange: id, at, status: 200, findings: [], timings: {}, body: body() },
    })
    return id
  }
  return { ...record, data, size, exchange }
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
    assert.ok(tries < 400, JSON.stringify(await trail.sealed()))
    await wait(20)
  }
  const report = await trail.verify({})
  assert.deepEqual([report?.ok, report?.counts.expired], [true, 2 * old.length])
})

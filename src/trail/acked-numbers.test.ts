/** Numbers that somebody wrote in the data folder move no end: nothing is said to be gone that never was, and nothing is skipped. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { Fault, type Keyring } from '#exchange'
import type { Acked, AckedMark } from './acked.ts'
import { startTrail } from './open.ts'
import { signerOf } from './seal/made.ts'
import type { OpenStore, Store } from './store.ts'
import { ending, idOf, NOON, opening } from './stores/made.ts'
import { openSqlite } from './stores/sqlite.ts'
import type { Trail } from './trail.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const signer = signerOf()
const FILE = 'days/2026-11-24.default.db'

/** Outside of the record. */
class Memory implements AckedMark {
  left: Acked | undefined
  declare sealed?: number
  readonly #ids: () => string
  constructor(ids: () => string) {
    this.#ids = ids
  }
  begin(acked: Acked): void {
    this.left = acked
  }
  reach(seq: number): void {
    this.left = { ...this.left, seq }
  }
  entry(gone: { from: number; to: number }) {
    return { kind: 'vanished', exchange: this.#ids(), at: NOON, ...gone } as const
  }
}

/** The store of a process that dies behind so many commits. */
const stopping =
  (most = Number.POSITIVE_INFINITY): OpenStore =>
  async (options) => {
    const store = await openSqlite(options)
    let left = most
    const commit: Store['commit'] = async (batch) =>
      left-- > 0 ? store.commit(batch) : Promise.reject(new Fault('trail.unavailable', 'it died'))
    const own = (name: string | symbol) => (name === 'commit' ? commit : Reflect.get(store, name))
    return new Proxy(store, {
      get(_, name) {
        const value: unknown = own(name)
        return typeof value === 'function' ? value.bind(store) : value
      },
    })
  }

/** A record of six entries, closed; `sealed`, with its log. */
async function house(t: TestContext, sealed = false) {
  const parent = await mkdtemp(join(tmpdir(), 'gatelog-numbers-'))
  const folder = join(parent, 'data')
  let [next, trail]: [number, Trail | undefined] = [0, undefined]
  const ids = () => idOf(++next)
  const memory = new Memory(ids)
  t.after(async () => {
    await trail?.close()
    await rm(parent, { recursive: true, force: true })
  })
  const own = {
    ...{ folder, memory, checkpoint: join(folder, 'seal/checkpoint') },
    async open(how: { sealing?: boolean; asItIs?: boolean; commits?: number } = {}) {
      await trail?.close()
      const asItIs = how.asItIs === true
      trail = await startTrail(stopping(how.commits), {
        ...{ folder, keyring, now: () => NOON, asItIs, ...(how.sealing && { signer }) },
        ...(!asItIs && { acked: memory }),
      })
      return trail
    },
    close: async () => trail?.close(),
    sql(file: string, ...statements: readonly string[]) {
      const db = new DatabaseSync(join(folder, file))
      for (const statement of statements) db.exec(statement)
      db.close()
    },
    /** Its two numbers. */
    async say() {
      const id = ids()
      return [await trail?.append(opening(id)), await trail?.append(ending(id))]
    },
    async spans() {
      return (await trail?.vanished())?.map(({ seq, vanished: { from, to } }) => [from, to, seq])
    },
  }
  const filled = await own.open({ sealing: sealed })
  for (let nth = 0; nth < 3; nth++) await own.say()
  if (sealed) for (let tries = 0; (await filled.sealed()).size < 6 && tries < 500; tries++) await wait()
  await own.close()
  return own
}

const wait = () => new Promise((resolve) => setTimeout(resolve, 20))

const cut = (from: number) => [
  `DELETE FROM entries WHERE seq >= ${from}`,
  `DELETE FROM exchanges WHERE seq >= ${from}`,
  `UPDATE exchanges SET closing = NULL, outcome = NULL WHERE closing >= ${from}`,
]

for (const size of [3000, 100_000_000])
  test(`a size of ${size} that somebody writes into the checkpoint moves no end and no number`, async (t) => {
    const own = await house(t, true)
    const honest = await readFile(own.checkpoint, 'utf8')
    const [origin, , ...rest] = honest.split('\n')
    await writeFile(own.checkpoint, [origin, size, ...rest].join('\n'))
    await own.open() // a command that has no signer
    assert.deepEqual(own.memory.left, { seq: 6, since: 0 })
    assert.deepEqual(await own.say(), [7, 8])
    await own.close()
    await writeFile(own.checkpoint, honest)
    const trail = await own.open({ sealing: true })
    assert.deepEqual([own.memory.left, await own.spans()], [{ seq: 8, since: 0 }, []])
    assert.deepEqual(await own.say(), [9, 10])
    for (let tries = 0; (await trail.sealed()).size < 10 && tries < 500; tries++) await wait()
    const looked = await own.open({ asItIs: true })
    const report = await looked.verify({ vkey: signer.vkey, acked: own.memory.left ?? { seq: 0 } })
    assert.deepEqual([report?.found, report?.sealed, report?.counts.verified], [0, 10, 10])
  })

for (const outside of [true, false])
  test(`a size that nobody checks hides nothing: ${outside ? 'less is known outside' : 'who signs tells it at its start'}`, async (t) => {
    const own = await house(t, true)
    await own.open()
    assert.deepEqual(await own.say(), [7, 8])
    await own.close()
    own.sql(FILE, ...cut(7))
    const honest = await readFile(own.checkpoint, 'utf8')
    const [origin, , ...rest] = honest.split('\n')
    await writeFile(own.checkpoint, [origin, 8, ...rest].join('\n'))
    if (outside) own.memory.sealed = 6
    await own.open()
    await own.close()
    await writeFile(own.checkpoint, honest)
    await own.open({ sealing: true })
    assert.deepEqual(await own.spans(), [[7, 8, 9]])
  })

test('what was sealed and removed is not gone where who signs is not here', async (t) => {
  const own = await house(t, true)
  const trail = await own.open({ sealing: true })
  await trail.dayFiles.remove(['2026-11-24.default.db'])
  own.memory.sealed = 6
  await own.open()
  assert.deepEqual([await own.spans(), await own.say()], [[], [7, 8]])
})

test('a raised mark of the head file moves nothing, and no absent leaf is made up to it', async (t) => {
  const own = await house(t, true)
  own.sql('head.db', "UPDATE marks SET value = 4000000000 WHERE name = 'seq'")
  const trail = await own.open({ sealing: true })
  assert.deepEqual(await own.say(), [7, 8])
  for (let tries = 0; (await trail.sealed()).size < 8 && tries < 500; tries++) await wait()
  assert.deepEqual([(await trail.sealed()).size, await trail.highest()], [8, 8])
})

test('where a number is passed over for a row of somebody else, nobody says later that what was passed over had vanished', async (t) => {
  const own = await house(t)
  const row = `(SELECT json FROM entries WHERE seq = 1), x'${'11'.repeat(32)}')`
  own.sql(FILE, `INSERT INTO entries(seq, json, salt) VALUES (40, ${row}`)
  await own.open()
  assert.deepEqual(own.memory.left, { seq: 6, since: 0, skipped: [7, 40] })
  assert.deepEqual(await own.say(), [41, 42])
  await own.close()
  own.sql(FILE, ...cut(7))
  await own.open()
  assert.deepEqual(await own.spans(), [[41, 42, 43]])
  await own.close()
  own.sql(FILE, ...cut(5))
  own.sql('days/2026-11-24.custody.db', 'DELETE FROM entries', 'DELETE FROM gaps')
  await own.open()
  assert.deepEqual(await own.spans(), [
    [5, 6, 44],
    [41, 43, 45],
  ])
})

test('two stretches that vanished are told at once: who dies after the first commit leaves none untold', async (t) => {
  const own = await house(t)
  own.memory.left = { seq: 40, skipped: [20, 30] }
  const { left } = own.memory
  await own.open({ commits: 1 })
  own.memory.left = left // what is remembered comes behind it
  await own.open()
  assert.deepEqual(await own.spans(), [
    [7, 19, 41],
    [31, 40, 42],
  ])
})

test('a number in head.db that none can be is told as damage of that file', async (t) => {
  for (const value of ['9007199254740993', '-1', "'x'", "x'00'", '1.5']) {
    const own = await house(t)
    own.sql('head.db', `UPDATE marks SET value = ${value} WHERE name = 'seq'`)
    await assert.rejects(own.open(), { code: 'trail.broken', message: /head\.db: the mark seq/ })
    await assert.rejects(own.open({ asItIs: true }), { code: 'trail.damaged' })
  }
})

test('more than can have been cut off is a fault with a remedy, and nothing is written', async (t) => {
  const own = await house(t)
  own.memory.left = { seq: 2_000_000 }
  await assert.rejects(own.open(), { code: 'trail.end', message: /entry 2000000 .* ends with 6/ })
  own.memory.left = undefined
  await own.open()
  assert.deepEqual([await own.say(), await own.spans()], [[7, 8], []])
})

test('a record whose days are all removed goes on behind its highest number, with a memory, a log or neither', async (t) => {
  for (const [sealed, forgets] of [
    [true, false],
    [true, true],
    [false, true],
  ] as const) {
    const own = await house(t, sealed)
    const trail = await own.open({ sealing: sealed })
    await trail.dayFiles.remove(['2026-11-24.default.db'])
    await own.close()
    if (forgets) own.memory.left = undefined
    await own.open({ sealing: sealed })
    assert.deepEqual([await own.spans(), await own.say()], [[], [7, 8]], `${sealed} ${forgets}`)
  }
})

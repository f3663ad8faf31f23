/** What the trail does when its store fails: refuses and recovers, or latches for good. Over a store that is told to fail. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import { type Entry, Fault, type FaultCode, type Keyring } from '#exchange'
import { startTrail } from './open.ts'
import type { Batch, Store } from './store.ts'
import { ending, idOf, NOON, opening } from './stores/made.ts'
import { openMemory } from './stores/memory.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const bytes = (text: string) => Buffer.from(text)
const texts = (batches: readonly Batch[]) =>
  batches.map(({ pieces }) => pieces.map((piece) => `${piece.bytes}`).join(''))

/** A trail whose store fails as long as `fail.code` is set, and keeps what it was given. */
async function failing() {
  const store = await openMemory({ lineKey: Buffer.alloc(32) })
  const fail: { code: FaultCode | undefined } = { code: undefined }
  const batches: Batch[] = []
  const latched: Fault[] = []
  let broken: (fault: Fault) => void = () => assert.fail('not open yet')
  const write = store.commit.bind(store)
  store.commit = commit
  async function commit(batch: Batch) {
    batches.push(batch)
    await new Promise(setImmediate)
    if (fail.code) throw new Fault(fail.code, 'as told')
    return write(batch)
  }
  const open = async (options: { onBroken: (fault: Fault) => void }): Promise<Store> => {
    broken = options.onBroken
    return store
  }
  const onLatch = (fault: Fault) => latched.push(fault)
  const trail = await startTrail(open, { folder: '', keyring, now: () => NOON, onLatch })
  return { trail, store, fail, batches, latched, broken: (fault: Fault) => broken(fault) }
}

for (const code of ['trail.unavailable', 'trail.locked'] as const) {
  test(`${code}: every promise of the batch rejects, the next append recovers`, async () => {
    const { trail, fail } = await failing()
    fail.code = code
    const appends = [1, 2].map((n) => trail.append(opening(idOf(n))))
    for (const append of appends) await assert.rejects(append, { code })
    assert.equal(trail.state.kind, 'refusing')
    fail.code = undefined
    assert.equal(await trail.append(opening(idOf(3))), 1)
    assert.equal(trail.state.kind, 'open')
    await trail.close()
  })
}
test('reply bytes that were refused go first with the next batch, in their order', async () => {
  const { trail, store, fail } = await failing()
  await trail.append(opening(idOf(1)))
  fail.code = 'trail.unavailable'
  trail.journal(idOf(1), bytes('one '))
  await assert.rejects(trail.journalled(), { code: 'trail.unavailable' })
  const since = trail.unjournalled
  trail.journal(idOf(1), bytes('two'))
  assert.equal(trail.unjournalled, since)
  fail.code = undefined
  await trail.journalled()
  assert.equal(trail.unjournalled, undefined)
  assert.equal(trail.state.kind, 'open')
  assert.equal(Buffer.from((await store.unfinished())[0]?.bytes ?? []).toString(), 'one two')
  await trail.close()
})
test('trail.broken latches: told once, nothing is written ever again', async () => {
  const { trail, fail, batches, latched } = await failing()
  fail.code = 'trail.broken'
  await assert.rejects(trail.append(opening(idOf(1))), { code: 'trail.broken' })
  fail.code = undefined
  await assert.rejects(trail.append(opening(idOf(2))), { code: 'trail.broken' })
  await assert.rejects(trail.documents.put('key', 'a', 1), { code: 'trail.broken' })
  await assert.rejects(trail.journalled(), { code: 'trail.broken' })
  assert.equal(trail.state.kind, 'latched')
  assert.deepEqual([batches.length, latched.length], [1, 1])
  await trail.close()
})
test('a latched trail never claims that bytes are durable', async () => {
  const { trail, broken } = await failing()
  await trail.append(opening(idOf(1)))
  broken(new Fault('trail.broken', 'the thread died'))
  await new Promise(setImmediate)
  assert.equal(trail.state.kind, 'latched')
  trail.journal(idOf(1), bytes('x'))
  assert.equal(typeof trail.unjournalled, 'number')
})
test('what waits behind a batch that breaks the store is rejected, not written', async () => {
  const { trail, fail, batches } = await failing()
  fail.code = 'trail.broken'
  const first = assert.rejects(trail.append(opening(idOf(1))), { code: 'trail.broken' })
  await Promise.resolve()
  const second = assert.rejects(trail.append(opening(idOf(2))), { code: 'trail.broken' })
  await Promise.all([first, second])
  assert.equal(batches.length, 1)
})
test('journalled() does not wait for bytes that came after it', async () => {
  const { trail } = await failing()
  await trail.append(opening(idOf(1)))
  trail.journal(idOf(1), bytes('x'))
  let done = false
  const waited = trail.journalled().then(() => {
    done = true
  })
  for (let rounds = 0; !done && rounds < 50; rounds++) {
    trail.journal(idOf(1), bytes('y'))
    await new Promise(setImmediate)
  }
  assert.ok(done)
  await waited
  await trail.close()
})
test('one batch is in flight, and the next takes all that came meanwhile', async () => {
  const { trail, batches } = await failing()
  const appends = [trail.append(opening(idOf(1)))]
  await new Promise(setImmediate)
  for (const n of [2, 3, 4, 5]) {
    appends.push(trail.append(opening(idOf(n))))
    await Promise.resolve()
  }
  await Promise.all(appends)
  assert.deepEqual(
    batches.map(({ entries }) => entries.length),
    [1, 4],
  )
  await trail.close()
})
test('a large backlog leaves in several batches, and no bytes go before their opening', async () => {
  const { trail, batches } = await failing()
  const appends = Array.from({ length: 600 }, (_, n) => trail.append(opening(idOf(n))))
  trail.journal(idOf(599), bytes('late'))
  trail.journal(idOf(0), bytes('soon'))
  await Promise.all([...appends, trail.journalled()])
  assert.deepEqual(
    batches.map(({ entries }) => entries.length),
    [256, 256, 88],
  )
  assert.deepEqual(texts(batches), ['soon', '', 'late'])
  await trail.close()
})
test('a listener that throws hears no more, and does no harm to others', async () => {
  const { trail } = await failing()
  const seen: number[] = []
  let calls = 0
  trail.tail(() => {
    calls++
    throw new Error('listener')
  })
  trail.tail((_: Entry, seq: number) => seen.push(seq))
  assert.equal(await trail.append(opening(idOf(1))), 1)
  assert.equal(await trail.append(ending(idOf(1))), 2)
  await new Promise(setImmediate)
  assert.deepEqual([seen, calls], [[1, 2], 1])
  await trail.close()
})

test('bytes are waited for right after the append that made them durable', async () => {
  const { trail, fail } = await failing()
  await trail.append(opening(idOf(1)))
  fail.code = 'trail.unavailable'
  trail.journal(idOf(1), bytes('a'))
  await assert.rejects(trail.journalled(), { code: 'trail.unavailable' })
  fail.code = undefined
  await trail.append(opening(idOf(2)))
  await trail.journalled()
  assert.equal(trail.unjournalled, undefined)
  await trail.close()
})

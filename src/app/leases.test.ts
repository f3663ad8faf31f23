/** The leases of the gateway's own credentials: renewed, rotated, run out; what is sent is always what is masked. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Fault } from '#exchange'
import { Leases } from './leases.ts'

function ground(t: TestContext) {
  const now = { ms: 0 }
  const held = new Map([
    ['a', 'first-of-a'],
    ['b', 'first-of-b'],
  ])
  const told: string[] = []
  const asked: string[] = []
  let changes = 0
  const leases = new Leases({ clock: () => now.ms, tell: (line) => told.push(line), changed: () => changes++ })
  t.after(() => leases.close())
  const ask = async (name: string) => {
    asked.push(name)
    const value = held.get(name)
    if (value === undefined) throw new Fault('upstream.credential', `the file of ${name} is gone`)
    return value
  }
  return { now, held, told, asked, leases, ask, changes: () => changes }
}

test('within its lease a credential is there without a question', async (t) => {
  const { now, leases, ask, asked } = ground(t)
  await leases.take(['a', 'b'], ask)
  const { own } = leases
  for (let nth = 0; nth < 1000; nth++) assert.equal(own.of('a'), 'first-of-a')
  assert.deepEqual(asked, ['a', 'b'])
  now.ms = 59_999
  assert.equal(own.of('b'), 'first-of-b')
  now.ms = 60_000
  assert.throws(() => own.of('a'), { code: 'upstream.credential' })
  assert.throws(() => own.of('unknown'), { code: 'upstream.credential' })
})

test('one that cannot be renewed runs out, and comes back; the others go on', async (t) => {
  const { now, held, told, leases, ask, changes } = ground(t)
  await leases.take(['a', 'b'], ask)
  held.delete('a')
  for (now.ms = 20_000; now.ms <= 60_000; now.ms += 20_000) await leases.renew()
  now.ms = 61_000
  assert.throws(() => leases.own.of('a'), { code: 'upstream.credential' })
  assert.equal(leases.own.of('b'), 'first-of-b')
  assert.equal(told.length, 1, 'it is told once')
  assert.ok(leases.values.includes('first-of-a'), 'it is masked on')
  held.set('a', 'first-of-a')
  await leases.renew()
  assert.equal(leases.own.of('a'), 'first-of-a')
  assert.match(told.at(-1) ?? '', /can be had again/)
  assert.equal(changes(), 0)
})

test('a rotated one is sent by the next house alone, whose masking knows it and the one before', async (t) => {
  const { held, leases, ask, changes } = ground(t)
  await leases.take(['a', 'b'], ask)
  const before = leases.own
  held.set('a', 'second-of-a')
  await leases.renew()
  assert.equal(changes(), 1)
  assert.equal(before.of('a'), 'first-of-a')
  assert.equal(leases.own.of('a'), 'second-of-a')
  assert.notEqual(leases.own.version('a'), before.version('a'))
  assert.equal(leases.own.version('b'), before.version('b'))
  assert.deepEqual(leases.values.toSorted(), ['first-of-a', 'first-of-b', 'second-of-a'])
  for (let nth = 0; nth < 20; nth++) {
    held.set('a', `turn-${nth}-of-a`)
    await leases.renew()
  }
  assert.equal(leases.values.length, 6, 'former ones are bounded')
})

test('a new configuration takes all of its own or changes nothing', async (t) => {
  const { held, leases, ask } = ground(t)
  await leases.take(['a', 'b'], ask)
  await assert.rejects(leases.take(['b', 'c'], ask), { code: 'upstream.credential' })
  assert.equal(leases.own.of('a'), 'first-of-a')
  held.set('c', 'first-of-c')
  await leases.take(['b', 'c'], ask)
  assert.throws(() => leases.own.of('a'), { code: 'upstream.credential' })
  assert.equal(leases.own.of('c'), 'first-of-c')
  assert.deepEqual(leases.values.toSorted(), ['first-of-b', 'first-of-c'])
})

test('doctor is told where each comes from, and which cannot be had', async (t) => {
  const { held, now, leases, ask } = ground(t)
  await leases.take(['a', 'b'], ask)
  const sources = { a: { parts: [{ file: '/run/a' }] }, b: { command: ['/bin/vault', 'read'] } }
  const states = () => leases.rows(sources).map(({ state, told }) => `${state} ${told}`)
  assert.deepEqual(states(), ['ok a: from /run/a', 'ok b: printed by /bin/vault'])
  held.delete('b')
  now.ms = 30_000
  await leases.renew()
  assert.match(states()[1] ?? '', /^fail b: printed by \/bin\/vault, which does not/)
  assert.doesNotMatch(states().join(), /first-of/)
})

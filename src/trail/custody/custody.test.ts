/** What a purge lets go and what it leaves, with holds, statutes and periods in every combination; what each leaves on the record. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { expiryOf, type Keyring, type Opening } from '#exchange'
import { openTrail, type StoreName } from '../index.ts'
import { DAY, ending, idOf, NOON, opening } from '../stores/made.ts'
import { Custody, type Doer } from './custody.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const DOER: Doer = { who: { value: 'ana', source: 'declared' }, why: 'case 17' }

async function open(t: TestContext, store: StoreName = 'memory', now = NOON) {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-custody-'))
  const trail = await openTrail({ folder, keyring, now: () => now, store })
  let count = 1000
  const custody = new Custody({ trail, keyring, now: () => now, uuid: () => idOf(count++, now) })
  t.after(async () => {
    await trail.close()
    await rm(folder, { recursive: true, force: true })
  })
  const add = (nth: number, days: number, more: Partial<Opening> = {}) => {
    const at = NOON - days * DAY
    return trail.append(opening(idOf(nth, at), { at, kind: 'refused', ...more }))
  }
  return { folder, trail, custody, add }
}

const actor = (id: string) => ({ id, kind: 'person', name: id, groups: [] }) as const

test('a purge removes the files of days whose time is over, and leaves one entry', async (t) => {
  const { folder, trail, custody, add } = await open(t, 'sqlite')
  await add(1, 3, { retain: '1d', text: 'over' })
  await add(2, 3, { retain: '7y' })
  await add(3, 2, { retain: '1d' })
  await add(4, 1, { retain: '1d' })
  await add(5, 3000, {})
  const rows = await custody.plan()
  const fates = rows.map(({ name, fate, why, expires }) => [name, fate, why, expires])
  assert.deepEqual(fates, [
    ['2018-09-07.default.db', 'keep', 'forever', undefined],
    ['2026-11-21.1d.db', 'purge', 'over', '2026-11-23'],
    ['2026-11-21.7y.db', 'keep', 'time', '2033-11-22'],
    ['2026-11-22.1d.db', 'purge', 'over', '2026-11-24'],
    ['2026-11-23.1d.db', 'keep', 'time', '2026-11-25'],
  ])
  const { seq, bytes } = await custody.purge(DOER)
  assert.ok(seq === 6 && bytes > 8192)
  const [told] = await trail.custody()
  assert.deepEqual(told?.note, {
    ...{ kind: 'purge', exchange: idOf(1000), at: NOON, ...DOER },
    days: [
      { day: '2026-11-21', retain: '1d', entries: 1, exchanges: 1, took: [0, 1] },
      { day: '2026-11-22', retain: '1d', entries: 1, exchanges: 1, took: [2, 1] },
    ],
  })
  const left = (await readdir(join(folder, 'days'))).filter((name) => /2026-11-2[12].1d/.test(name))
  assert.deepEqual(left, [])
  assert.equal((await custody.purge(DOER)).seq, undefined)
  assert.equal((await trail.custody()).length, 1)
  const asked = await custody.plan('2026-11-24')
  assert.deepEqual(
    asked.filter(({ fate }) => fate === 'purge').map(({ name, why }) => [name, why]),
    [
      ['2018-09-07.default.db', 'asked'],
      ['2026-11-21.7y.db', 'asked'],
      ['2026-11-23.1d.db', 'asked'],
    ],
  )
})

for (const store of ['memory', 'sqlite'] as const)
  test(`a hold keeps what it is about, until it is released; ${store}`, async (t) => {
    const { trail, custody, add } = await open(t, store)
    await add(1, 5, { retain: '1d', actor: actor('ana'), session: 's1' })
    await add(2, 4, { retain: '1d', actor: actor('bob'), connection: 'copilot', text: 'a kangaroo' })
    await add(3, 3, { retain: '1d', actor: actor('cy') })
    const going = async () =>
      (await custody.plan()).filter(({ fate }) => fate === 'purge').map(({ day }) => Number(day.slice(-2)))
    const held = async (scope: object) => {
      const { id } = await custody.holds.add(scope, DOER)
      const days = await going()
      await custody.holds.release(id.slice(0, 36), DOER)
      return days
    }
    assert.deepEqual(await going(), [19, 20, 21])
    assert.deepEqual(await held({ user: 'ana' }), [20, 21])
    assert.deepEqual(await held({ session: 's1' }), [20, 21])
    assert.deepEqual(await held({ exchange: idOf(3, NOON - 3 * DAY) }), [19, 20])
    assert.deepEqual(await held({ connection: 'copilot' }), [19, 21])
    assert.deepEqual(await held({ query: 'kangaroo' }), [19, 21])
    assert.deepEqual(await held({ query: 'after:100h' }), [19])
    assert.deepEqual(await held({ since: NOON - 4 * DAY, until: NOON - 3 * DAY }), [19, 21])
    assert.deepEqual(await held({ user: 'ana', connection: 'copilot' }), [19, 20, 21])
    const { id } = await custody.holds.add({ user: 'ana' }, DOER)
    await custody.purge(DOER)
    assert.equal((await trail.exchange(idOf(1, NOON - 5 * DAY)))?.opening.actor?.id, 'ana')
    assert.equal(await trail.exchange(idOf(2, NOON - 4 * DAY)), undefined)
    assert.deepEqual((await custody.plan()).find(({ why }) => why === 'hold')?.holds, [id])
  })

for (const store of ['memory', 'sqlite'] as const)
  test(`a hold that is asked for while a purge is under way is in force once that is done, not before; ${store}`, async (t) => {
    const { trail, custody, add } = await open(t, store)
    for (const nth of [1, 2]) await add(nth, 6 - nth, { retain: '1d', actor: actor('ana') })
    let isSealed = false
    const { sealed } = trail
    Object.assign(trail, {
      sealed: () => Promise.resolve({ kind: 'on', size: isSealed ? Number.MAX_SAFE_INTEGER : 0 }),
    })
    const purging = custody.purge(DOER)
    while ((await trail.custody()).length === 0) await wait(1)
    let isHeld = false
    const holding = custody.holds.add({ user: 'ana' }, DOER).then(() => (isHeld = true))
    await wait(60)
    assert.deepEqual([isHeld, (await custody.holds.list()).length], [false, 0])
    assert.ok(await trail.exchange(idOf(1, NOON - 5 * DAY)))
    isSealed = true
    assert.equal((await purging).rows.length, 2)
    await holding
    Object.assign(trail, { sealed })
    assert.deepEqual(
      (await trail.custody()).map(({ note }) => note.kind),
      ['purge', 'hold'],
    )
    await add(3, 3, { retain: '1d', actor: actor('ana') })
    const [held, purged] = [custody.holds.add({ user: 'cy' }, DOER), custody.purge(DOER)]
    assert.deepEqual(
      [(await purged).rows.map(({ why }) => why), (await held).scope],
      [['hold', 'custody'], { user: 'cy' }],
    )
    assert.ok(await trail.exchange(idOf(3, NOON - 3 * DAY)))
  })

test('a hold and its end are entries, and neither tells whose exchanges they were', async (t) => {
  const { trail, custody } = await open(t)
  const { id } = await custody.holds
    .add({ user: 'ana@example.com', query: 'user:"ana b" kangaroo' }, DOER)
    .catch(() => ({ id: '' }))
  assert.equal(id, '')
  const hold = await custody.holds.add({ user: 'ana@example.com', since: 5 }, DOER)
  await custody.holds.add({ query: 'user:anab kangaroo' }, DOER)
  await custody.holds.release(hold.id, DOER)
  const told = JSON.stringify(await trail.custody())
  for (const word of ['ana@example', 'anab', 'kangaroo']) assert.ok(!told.includes(word), word)
  const [first, , last] = (await trail.custody()).map(({ note }) => note)
  assert.ok(first?.kind === 'hold' && first.exchange === hold.id && first.why === 'case 17')
  assert.deepEqual([Object.keys(first.scope), first.scope.since, first.scope.user?.length], [['since', 'user'], 5, 16])
  assert.ok(last?.kind === 'release' && last.hold === hold.id)
  assert.deepEqual((await custody.holds.list()).length, 1)
  await assert.rejects(custody.holds.release(hold.id, DOER), { code: 'custody.absent' })
})

test('a scope that means nothing, or more than one, is refused', async (t) => {
  const { custody } = await open(t)
  const wrong: unknown[] = [
    undefined,
    {},
    { who: 'x' },
    { user: '' },
    { user: 'a*' },
    { exchange: 'last' },
    { since: 'x' },
  ]
  for (const scope of [...wrong, { since: 2, until: 2 }, { user: 'a', query: 'user:b' }])
    await assert.rejects(custody.holds.add(scope, DOER), { code: 'usage.option' }, JSON.stringify(scope))
  await assert.rejects(custody.holds.add({ query: 'nonsense:' }, DOER), { code: 'query.syntax' })
  assert.deepEqual(await custody.holds.list(), [])
})

test('an open exchange, today, a statute: none of them goes, whatever is asked', async (t) => {
  const { trail, custody, add } = await open(t)
  await add(1, 3, { kind: 'asked', retain: '1d' })
  await add(2, 0, { retain: '1d' })
  await add(3, 2000, { retain: 'sec-17a-4' })
  await add(4, 2500, { retain: 'sec-17a-4' })
  const fates = async () => (await custody.plan('2099-01-01')).map(({ fate, why }) => `${fate} ${why}`)
  assert.deepEqual(await fates(), ['purge over', 'keep worm', 'keep open', 'keep open'])
  await trail.append(ending(idOf(1, NOON - 3 * DAY)))
  assert.deepEqual(await fates(), ['purge over', 'keep worm', 'purge over', 'keep open'])
})

test('a purge never takes what has its time, is held or is under a statute, and takes all else that is over', async (t) => {
  const retain = fc.constantFrom(undefined, '1d', '2d', '1w', '6mo', 'sec-17a-4', 'pci-dss')
  const one = fc.record({ days: fc.integer({ min: 1, max: 2400 }), retain, user: fc.constantFrom('a', 'b', 'c') })
  await fc.assert(
    fc.asyncProperty(
      fc.array(one, { minLength: 1, maxLength: 12 }),
      fc.subarray(['a', 'b', 'c'], { maxLength: 1 }),
      async (all, held) => {
        const { trail, custody, add } = await open(t)
        for (const [nth, { days, retain: kept, user }] of all.entries())
          await add(nth, days, { actor: actor(user), ...(kept && { retain: kept }) })
        for (const user of held) await custody.holds.add({ user }, DOER)
        await custody.purge(DOER)
        const fileOf = (each: (typeof all)[number]) => `${each.days} ${each.retain}`
        const blocked = new Set(all.filter(({ user }) => held.includes(user)).map(fileOf))
        for (const [nth, each] of all.entries()) {
          const at = NOON - each.days * DAY
          const over = (expiryOf(new Date(at).toISOString().slice(0, 10), each.retain) ?? '9') <= '2026-11-24'
          const there = (await trail.exchange(idOf(nth, at))) !== undefined
          assert.equal(there, !over || blocked.has(fileOf(each)), JSON.stringify(each))
        }
      },
    ),
    { numRuns: 40 },
  )
})

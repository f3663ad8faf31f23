/** What a rescan does to bodies: masked in place both ways, page by page, and it goes on where it was stopped. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, RULES } from '#masking'
import { SECRET } from '../house.case.ts'
import { bodyOf, converse, DAY, DOER, found, idOf, NOON, open, SAID, textOf } from './ground.case.ts'
import { Rescan, type RescanPage } from './rescan.ts'

const BY = { rules: () => 'v1', run: 'here' }

for (const store of ['memory', 'sqlite'] as const) {
  test(`what was no known secret is found and masked in place, both ways, page by page; ${store}`, async (t) => {
    const house = await open(t, store)
    const late = 'zanzibar-7731-bluebird'
    await converse(house, [
      ...SAID.slice(0, 2),
      [`my key is ${late} ok`, `your key is ${late}, and ${SECRET}`],
      ['go on', 'yes'],
    ])
    const engine = compile(RULES, { known: [{ id: 'late-key', value: late }] })
    const rescan = new Rescan({
      ...house.house,
      holds: house.custody.holds,
      engine: () => engine,
      ...BY,
      policy: () => 'c0'.repeat(32),
    })
    const page = await rescan.page(0, DOER)
    assert.deepEqual([page.seen, page.reached, page.resumed, page.entries], [4, undefined, false, [9]])
    assert.deepEqual(
      page.found.map(({ exchange, who, model, direction, rules, seq }) => [
        Number(exchange.slice(-4)),
        who,
        model,
        direction,
        rules,
        seq,
      ]),
      [
        [3, 'ana', 'm', 'prompt', ['late-key', 'github-pat'], 9],
        [2, 'ana', 'm', 'prompt', ['late-key'], 9],
        [2, 'ana', 'm', 'reply', ['late-key', 'github-pat'], 9],
      ],
    )
    for (const nth of [0, 1, 2, 3]) {
      const text = (await textOf(house, nth)).join('')
      assert.ok(!text.includes('zanzibar') && !text.includes(SECRET.slice(0, 12)), String(nth))
    }
    assert.match((await textOf(house, 2)).join(''), /my key is \[masked:late-key(#[a-z0-9]{4})?\] ok/)
    assert.deepEqual(await found(house, 'zanzibar'), [])
    assert.deepEqual(await found(house, 'rule:late-key has:finding'), [3, 2])
    const [note] = (await house.trail.custody()).map((each) => each.note)
    assert.ok(note?.kind === 'redact' && note.bodies.length === 3 && note.policy === 'c0'.repeat(32))
    const again = await rescan.page(0, DOER)
    assert.deepEqual([again.found, again.entries, (await house.trail.custody()).length], [[], [], 1])
  })
}

test('a rescan goes on where it was stopped, and begins anew for another time', async (t) => {
  const house = await open(t, 'memory')
  await converse(
    house,
    Array.from({ length: 120 }, (_, nth) => [`say ${nth}`, `said ${nth}`] as const),
  )
  const engine = compile(RULES)
  const first = await new Rescan({ ...house.house, holds: house.custody.holds, engine: () => engine, ...BY }).page(
    0,
    DOER,
  )
  assert.deepEqual([first.seen, first.resumed, first.reached !== undefined], [50, false, true])
  const next = new Rescan({ ...house.house, holds: house.custody.holds, engine: () => engine, ...BY })
  const second = await next.page(0, DOER)
  assert.deepEqual([second.seen, second.resumed], [100, true])
  const third = await next.page(0, DOER)
  assert.deepEqual([third.seen, third.reached], [120, undefined])
  assert.equal((await next.page(1, DOER)).seen, 50)
  assert.deepEqual([(await next.page(0, DOER)).seen, (await next.page(0, DOER)).resumed], [50, true])
})

test('one that was stopped goes on, looks through what came since it began, and tells what its first part found', async (t) => {
  const house = await open(t, 'memory')
  const late = 'zanzibar-7731-bluebird'
  const turns = Array.from(
    { length: 120 },
    (_, nth) => [`say ${nth} ${nth === 110 ? late : ''}`, `said ${nth}`] as const,
  )
  await converse(house, turns.slice(0, 119))
  const engine = compile(RULES, { known: [{ id: 'late-key', value: late }] })
  const by = (rules: string, run: string) =>
    new Rescan({ ...house.house, holds: house.custody.holds, engine: () => engine, rules: () => rules, run })
  const first = await by('v1', 'a').page(0, DOER)
  assert.ok(first.found.length > 0 && first.entries.length === 1)
  const more = { exchange: idOf(500), at: NOON, door: 'reverse', method: 'POST', path: '/', route: 'chat' } as const
  const body = { ...bodyOf(`{"model":"m","messages":[{"role":"user","content":"it is ${late}"}]}`) }
  await house.trail.append({ kind: 'refused', ...more, facts: {}, findings: [], body })
  const found: string[] = []
  const pages: RescanPage[] = []
  const next = by('v1', 'b')
  do pages.push(await next.page(0, DOER))
  while (pages.at(-1)?.reached !== undefined && pages.length < 9)
  for (const page of pages) found.push(...page.found.map(({ exchange }) => exchange))
  assert.deepEqual([pages.length, pages.at(-1)?.seen, found], [3, 120, [idOf(500)]])
  assert.deepEqual([pages[0]?.resumed, pages[0]?.anew], [true, false])
  const unread = { bodies: 0, keys: [] }
  assert.deepEqual(pages[0]?.earlier, { bodies: first.found.length, entries: first.entries, left: [], unread })
})

test('one that was stopped begins anew, and says so, where rules or known values are others by then', async (t) => {
  const house = await open(t, 'memory')
  const late = 'zanzibar-7731-bluebird'
  await converse(
    house,
    Array.from({ length: 60 }, (_, nth) => [`say ${nth} ${nth === 59 ? late : ''}`, `said ${nth}`] as const),
  )
  const by = (rules: string, value: string) => {
    const engine = compile(RULES, { known: [{ id: 'late-key', value }] })
    const house_ = { ...house.house, holds: house.custody.holds, engine: () => engine, rules: () => rules, run: 'a' }
    return new Rescan(house_)
  }
  assert.ok((await by('v1', 'another-value-4711').page(0, DOER)).reached !== undefined)
  const page = await by('v2', late).page(0, DOER)
  assert.deepEqual([page.seen, page.resumed, page.anew, page.found.length], [50, false, true, 1])
})

for (const store of ['memory', 'sqlite'] as const) {
  test(`a rescan and an erasure that meet exclude each other: nothing erased comes back; ${store}`, async (t) => {
    const house = await open(t, store)
    const late = 'zanzibar-7731-bluebird'
    await converse(house, [...SAID.slice(0, 3), [`my key is ${late} ok`, 'noted']])
    const engine = compile(RULES, { known: [{ id: 'late-key', value: late }] })
    const rescan = new Rescan({ ...house.house, holds: house.custody.holds, engine: () => engine, ...BY })
    const [page] = await Promise.all([
      rescan.page(0, DOER),
      house.erasure.erase({ exchange: idOf(1, NOON - DAY) }, DOER),
    ])
    assert.ok(page.found.length > 0)
    for (const nth of [2, 3]) {
      const { opening, ending } = (await house.trail.exchange(idOf(nth))) ?? {}
      const text = [opening, ending].map((one) => Buffer.from(one?.body?.bytes ?? '').toString()).join('')
      assert.ok(!text.includes('Wunderlich') && !text.includes('zanzibar'), text.slice(-900))
    }
  })

  test(`a body that somebody wrote anew meanwhile is masked as it is then, and as it was by nobody; ${store}`, async (t) => {
    const house = await open(t, store)
    const late = 'zanzibar-7731-bluebird'
    await converse(house, [
      [`Wunderlich says ${late} ok`, 'noted'],
      [`and ${late}`, 'noted'],
    ])
    const id = idOf(0, NOON - DAY)
    const engine = compile(RULES, { known: [{ id: 'late-key', value: late }] })
    const other = Buffer.from(`{"model":"m","messages":[{"role":"user","content":"somebody says ${late} ok"}]}`)
    const { dayFiles } = house.trail
    const revise = dayFiles.revise.bind(dayFiles)
    let times = 0
    t.mock.method(dayFiles, 'revise', async (revision: Parameters<typeof revise>[0]) => {
      const one = { exchange: id, part: 'prompt', bytes: other, salt: Buffer.alloc(32, 1), findings: [] } as const
      if (times++ === 0) await revise({ ...revision, by: idOf(800), bodies: [one] })
      return revise(revision)
    })
    const rescan = new Rescan({ ...house.house, holds: house.custody.holds, engine: () => engine, ...BY })
    const page = await rescan.page(0, DOER)
    const notes = (await house.trail.custody()).flatMap(({ seq, note }) =>
      note.kind === 'redact' ? [{ seq, note }] : [],
    )
    const [first, second] = notes.map(({ seq }) => seq)
    const told = page.found.map(({ exchange, direction, seq }) => [exchange, direction, seq])
    assert.deepEqual(told, [
      [idOf(1, NOON - DAY), 'prompt', first],
      [id, 'prompt', second],
    ])
    assert.deepEqual(
      notes.map(({ note }) => note.bodies.map(({ exchange }) => exchange)),
      [[idOf(1, NOON - DAY), id], [id]],
    )
    assert.deepEqual([page.entries, page.left, times], [[first, second], [], 2])
    const text = Buffer.from((await house.trail.exchange(id))?.opening.body?.bytes ?? '').toString()
    assert.match(text, /somebody says \[masked:late-key/)
  })
}

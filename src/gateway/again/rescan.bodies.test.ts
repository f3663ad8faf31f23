/** What a rescan does to bodies: masked in place both ways, page by page, and it goes on where it was stopped. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, RULES } from '#masking'
import { SECRET } from '../house.case.ts'
import { converse, DOER, found, open, SAID, textOf } from './ground.case.ts'
import { Rescan } from './rescan.ts'

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
    const rescan = new Rescan({ ...house.house, engine: () => engine, policy: () => 'c0'.repeat(32) })
    const page = await rescan.page(0, DOER)
    assert.deepEqual([page.seen, page.reached, page.resumed, page.seq], [4, undefined, false, 9])
    assert.deepEqual(
      page.found.map(({ exchange, who, model, direction, rules }) => [
        Number(exchange.slice(-4)),
        who,
        model,
        direction,
        rules,
      ]),
      [
        [3, 'ana', 'm', 'prompt', ['late-key', 'github-pat']],
        [2, 'ana', 'm', 'prompt', ['late-key']],
        [2, 'ana', 'm', 'reply', ['late-key', 'github-pat']],
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
    assert.deepEqual([again.found, again.seq, (await house.trail.custody()).length], [[], undefined, 1])
  })
}

test('a rescan goes on where it was stopped, and begins anew for another time', async (t) => {
  const house = await open(t, 'memory')
  await converse(
    house,
    Array.from({ length: 120 }, (_, nth) => [`say ${nth}`, `said ${nth}`] as const),
  )
  const engine = compile(RULES)
  const first = await new Rescan({ ...house.house, engine: () => engine }).page(0, DOER)
  assert.deepEqual([first.seen, first.resumed, first.reached !== undefined], [50, false, true])
  const next = new Rescan({ ...house.house, engine: () => engine })
  const second = await next.page(0, DOER)
  assert.deepEqual([second.seen, second.resumed], [100, true])
  const third = await next.page(0, DOER)
  assert.deepEqual([third.seen, third.reached], [120, undefined])
  assert.equal((await next.page(1, DOER)).seen, 50)
  assert.deepEqual([(await next.page(0, DOER)).seen, (await next.page(0, DOER)).resumed], [50, true])
})

/** Cases for every store: what a reply brought is kept with its ending and found by its lines. Never used by the product. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import type { Edits, EditUnit } from '#exchange'
import type { Store } from '../store.ts'
import { commit, DAY, ending, idOf, NOON, opening } from './made.ts'
import { packUnits } from './sqlite/units.ts'

/** The key that the cases open their stores with. */
const LINE_KEY = Buffer.alloc(32, 8)

/** A line's fingerprint under that key. */
export const print = (form: string) => createHmac('sha256', LINE_KEY).update(form).digest('hex').slice(0, 12)

/** One unit with these lines, from its second line on. */
const editsOf = (...forms: string[]): Edits => {
  const named = { path: 'src/ä.ts', language: 'ts', call: 0, field: 'new_string' }
  const fresh = [2, 3, 4, 7].slice(0, forms.length)
  const one: EditUnit = { from: 'edit', ...named, lines: [1, 9], fresh }
  return { units: [one, { from: 'fence', lines: [20, 400], fresh: [] }], forms }
}

/** What is kept comes back with the exchange, not in lists; its lines are found on every day, the newest first. */
export async function findsLines(store: Store): Promise<void> {
  const [early, late] = [idOf(1, NOON - DAY), idOf(2)]
  for (const id of [early, late, idOf(3), idOf(4)]) await commit(store, opening(id))
  const first = editsOf('consta=b(c)', 'e=f(g)')
  await commit(
    store,
    ending(early, { edits: first }),
    ending(late, { edits: { ...editsOf('e=f(g)', 'own=l'), cut: true } }),
  )
  await commit(store, ending(idOf(3), { edits: editsOf() }), ending(idOf(4)))
  const kept = await store.exchange(early)
  assert.deepEqual(kept?.edits, { units: first.units, prints: first.forms.map(print) })
  assert.deepEqual((await store.exchange(late))?.edits?.cut, true)
  assert.deepEqual((await store.exchange(idOf(3)))?.edits, { units: editsOf().units, prints: [] })
  assert.equal((await store.exchange(idOf(4)))?.edits, undefined)
  const units = packUnits(first)
  const prints = Buffer.from(first.forms.map(print).join(''), 'hex')
  const derived = createHash('sha256').update(units).update(prints).digest('hex')
  assert.equal(kept?.ending?.derived, derived)
  assert.equal(kept?.ending?.printed, createHash('sha256').update(prints).digest('hex'))
  assert.ok(!JSON.stringify(kept?.ending).includes('edits'))
  const found = async (...forms: string[]) =>
    (await store.lines(forms.map(print), 10)).map(({ exchange, prints, seq }) => {
      assert.ok(seq > 4)
      return [exchange, ...prints]
    })
  assert.deepEqual(await found('e=f(g)'), [
    [late, print('e=f(g)')],
    [early, print('e=f(g)')],
  ])
  assert.deepEqual(await found('consta=b(c)', 'nowhere', 'own=l', 'e=f(g)'), [
    [late, print('e=f(g)'), print('own=l')],
    [early, print('consta=b(c)'), print('e=f(g)')],
  ])
  assert.deepEqual(await found('nowhere'), [])
  assert.deepEqual(await found(), [])
}

/** Many lines of many exchanges: each finds its own, and the bound of a day holds. */
export async function findsAmongMany(store: Store): Promise<void> {
  for (let nth = 1; nth <= 300; nth++) {
    const forms = Array.from({ length: 4 }, (_, at) => (at === 0 ? 'common=to(all)' : `l${nth}=m(${at})`))
    await commit(store, opening(idOf(nth)), ending(idOf(nth), { edits: editsOf(...forms) }))
  }
  for (const nth of [1, 77, 300]) {
    const met = await store.lines([print(`l${nth}=m(2)`), print(`l${nth}=m(3)`)], 10)
    assert.deepEqual(
      met.map(({ exchange, prints }) => [exchange, prints.length]),
      [[idOf(nth), 2]],
    )
  }
  const common = await store.lines([print('common=to(all)')], 5)
  assert.deepEqual(
    common.map(({ exchange }) => exchange),
    [300, 299, 298, 297, 296].map((nth) => idOf(nth)),
  )
  const all = Array.from({ length: 300 }, (_, at) => print(`l${at + 1}=m(1)`))
  assert.equal((await store.lines(all, 1000)).length, 300)
}

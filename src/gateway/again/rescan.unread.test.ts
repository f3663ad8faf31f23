/** A rescan where bodies cannot be opened: it says how many, and destroys nothing of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseQuery, type Trail } from '#trail'
import { DOER, idOf, NOON } from './ground.case.ts'
import { ground, LATE, NAME, ONE, promptOf, TWO, turn } from './locked.case.ts'

const foundBy = async (trail: Trail, text: string) =>
  (await trail.find(parseQuery(text, NOON), { limit: 9 })).exchanges.map(({ exchange }) => exchange)

test('bodies that are locked are counted, by their key, and stay with it; once it is back they are looked through', async (t) => {
  const { open } = await ground(t)
  const first = await open(ONE)
  await turn(first.trail, 1, [`the word is ${LATE}`])
  await turn(first.trail, 2, [`the word is ${LATE}`, 'more'])
  await first.trail.close()
  const second = await open(TWO)
  await turn(second.trail, 3, [`the word is ${LATE}`, 'more', 'and more'])
  const page = await second.rescan.page(0, DOER)
  assert.deepEqual([page.seen, page.found.length, page.unread], [3, 1, { bodies: 4, keys: [NAME] }])
  assert.deepEqual(page.earlier.unread, { bodies: 0, keys: [] })
  await second.trail.close()
  const third = await open(TWO, ONE)
  for (const nth of [1, 2]) assert.match((await promptOf(third.trail, nth)) ?? '', new RegExp(LATE))
  assert.deepEqual(await third.trail.keys.unopened('s'), [])
  const again = await third.rescan.page(0, DOER)
  assert.deepEqual([again.found.length, again.unread], [2, { bodies: 0, keys: [] }])
  for (const nth of [1, 2, 3]) assert.doesNotMatch((await promptOf(third.trail, nth)) ?? '', new RegExp(LATE))
})

test('what earlier pages could not open is told by whoever goes on', async (t) => {
  const { open } = await ground(t)
  const first = await open(ONE)
  for (let nth = 0; nth < 60; nth++) await turn(first.trail, nth, ['said'], { session: 'one' })
  await first.trail.close()
  const { rescan } = await open(TWO)
  assert.deepEqual((await rescan.page(0, DOER)).unread, { bodies: 100, keys: [NAME] })
  const { unread, earlier } = await rescan.page(0, DOER)
  assert.deepEqual(
    [unread, earlier.unread],
    [
      { bodies: 20, keys: [NAME] },
      { bodies: 100, keys: [NAME] },
    ],
  )
})

test('a locked prompt that goes on from a masked one is found by its words as before', async (t) => {
  const { open } = await ground(t)
  const first = await open(TWO)
  await turn(first.trail, 1, [`the word is ${LATE}`])
  await first.trail.close()
  const second = await open(ONE)
  await turn(second.trail, 2, ['kangaroo'], { follows: idOf(1) })
  await second.trail.close()
  const third = await open(TWO)
  const page = await third.rescan.page(0, DOER)
  assert.deepEqual([page.found.length, page.unread.bodies], [1, 2])
  assert.deepEqual(await foundBy(third.trail, 'kangaroo'), [idOf(2)])
})

/** Cases for every store: entries in the order of their seq, across days, page by page. Never used by the product. */
import assert from 'node:assert/strict'
import type { Followed, Store } from '../store.ts'
import { bodyOf, commit, DAY, ending, idOf, NOON, opening } from './made.ts'

const told = (rows: readonly Followed[]) =>
  rows.map(({ seq, entry, opening: of }) => [seq, entry?.kind, ...(of ? [of.seq, of.opening.exchange] : [])])

/** Every entry once, in order, with the opening of what it belongs to; the ending's seq is known in lists too. */
export async function followsEntries(store: Store): Promise<void> {
  const [late, early] = [idOf(1, NOON + DAY), idOf(2)]
  assert.equal(await store.highest(), 0)
  await commit(store, opening(late, { body: bodyOf('a prompt'), text: 'a prompt' }))
  await commit(store, opening(early))
  await commit(store, ending(late, { body: bodyOf('a reply'), text: 'a reply' }))
  await commit(store, ending(early), opening(idOf(3), { kind: 'refused' }))
  assert.equal(await store.highest(), 5)
  const gap = { kind: 'gap', at: NOON, from: 1, to: 2, count: 3, reason: 'full', signature: 's' } as const
  await commit(store, { ...gap, exchange: idOf(4) })
  const outcome = {
    kind: 'outcome',
    at: NOON,
    outcome: 'accepted',
    source: 'declared',
    by: idOf(3),
    event: 'e',
  } as const
  await commit(store, { ...outcome, exchange: late })
  const all = [
    [1, 'asked'],
    [2, 'asked'],
    [3, 'replied', 1, late],
    [4, 'replied', 2, early],
    [5, 'refused'],
    [6, 'gap'],
    [7, 'outcome', 1, late],
  ]
  assert.deepEqual(told(await store.following(0, 100)), all)
  for (let after = 0; after <= 7; after++)
    for (const limit of [1, 2, 3])
      assert.deepEqual(told(await store.following(after, limit)), all.slice(after, after + limit), `${after}, ${limit}`)
  const [first] = await store.following(0, 1)
  assert.ok(first?.entry && !('body' in first.entry) && !('text' in first.entry))
  const { rows } = await store.find({ where: {}, except: {}, text: [], without: [] }, { limit: 10 })
  assert.deepEqual(
    rows.map(({ seq, closing }) => [seq, closing]),
    [
      [1, 3],
      [5, undefined],
      [2, 4],
    ],
  )
  assert.equal((await store.exchange(late))?.closing, 3)
}

/** What tells that entries vanished stands behind all of them, as do those that come after it; nothing is written in their places. */
export async function standsBehindWhatVanished(store: Store): Promise<void> {
  await commit(store, opening(idOf(1)))
  const vanished = { kind: 'vanished', exchange: idOf(2), at: NOON, from: 2, to: 40 } as const
  assert.deepEqual((await commit(store, vanished)).outcomes, [41])
  assert.deepEqual((await commit(store, opening(idOf(3)), ending(idOf(1)))).outcomes, [42, 43])
  assert.equal(await store.highest(), 43)
  assert.deepEqual(await store.notes('vanished'), [{ seq: 41, note: vanished }])
  assert.deepEqual(
    (await store.following(0, 9)).map(({ seq }) => seq),
    [1, 41, 42, 43],
  )
  const before = { ...vanished, exchange: idOf(5), to: 3 }
  assert.deepEqual((await commit(store, before)).outcomes, [44])
}

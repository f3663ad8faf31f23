/** Cases for every store: what is kept for different times, and what becomes of a day that is removed. Never used by the product. */
import assert from 'node:assert/strict'
import { Fault, type Outcome } from '#exchange'
import type { Store } from '../store.ts'
import { ask, bodyOf, commit, DAY, ending, idOf, NOON, opening, piece } from './made.ts'

const told = async (store: Store) =>
  (await store.files()).map(({ name, entries, exchanges, open }) => [name, entries, exchanges, open])
const numbers = (ids: readonly string[]) => ids.map((id) => Number.parseInt(id.slice(24), 16))
const found = async (store: Store, text: string, file?: string) => {
  const { rows } = await store.find(ask(text), { limit: 100, ...(file && { file }) })
  return numbers(rows.map(({ opening: { exchange } }) => exchange))
}

const outcome = (exchange: string): Outcome => ({
  ...{ kind: 'outcome', exchange, at: NOON + 9, outcome: 'accepted', source: 'declared' },
  ...{ by: idOf(99), event: 'ghostText.accepted' },
})

/** What is kept for different times lies in different files, and all that follows an opening goes with it. */
export async function keepsApart(store: Store): Promise<void> {
  const long = { retain: '7y', session: 's', text: 'a word' } as const
  await commit(
    store,
    opening(idOf(1), { session: 's', text: 'a word' }),
    opening(idOf(2), { ...long, body: bodyOf('b') }),
  )
  await store.commit({ entries: [], pieces: [piece(idOf(2), 'in flight'), piece(idOf(1), 'too')] })
  const bytes = (await store.unfinished()).map((one) => Buffer.from(one.bytes).toString())
  assert.deepEqual(bytes, ['too', 'in flight'])
  await commit(
    store,
    opening(idOf(3), { ...long, retain: 'hipaa', kind: 'refused' }),
    ending(idOf(2), { text: 'reply' }),
  )
  await commit(store, outcome(idOf(2)), ending(idOf(1)))
  assert.deepEqual(await told(store), [
    ['2026-11-24.7y.db', 3, 1, 0],
    ['2026-11-24.default.db', 2, 1, 0],
    ['2026-11-24.hipaa.db', 1, 1, 0],
  ])
  const kept = await store.exchange(idOf(2))
  assert.deepEqual([kept?.opening.retain, kept?.ending?.kind, kept?.outcomes?.length], ['7y', 'replied', 1])
  assert.deepEqual(await found(store, ''), [3, 2, 1])
  assert.deepEqual(await found(store, 'word'), [3, 2, 1])
  assert.deepEqual(await found(store, 'reply accepted:yes'), [2])
  assert.deepEqual(await found(store, '', '2026-11-24.7y.db'), [2])
  assert.deepEqual(await found(store, 'word', '2026-11-24.default.db'), [1])
  assert.deepEqual(numbers((await store.session('s')).map((row) => row.opening.exchange)).sort(), [1, 2, 3])
}

/** A day that is removed is gone with all that tells of it; nothing makes it anew, and no seq is given out twice. */
export async function removesDays(store: Store): Promise<void> {
  const old = idOf(1, NOON - 3 * DAY)
  const more = { at: NOON - 3 * DAY, session: 's', text: 'an old word' }
  await commit(store, opening(old, { ...more, retain: '1d' }), opening(idOf(2), { session: 's', text: 'a new word' }))
  await assert.rejects(store.remove(['2026-11-21.1d.db']), { code: 'gateway.internal' })
  await commit(store, ending(old), opening(idOf(4, NOON - 3 * DAY), { at: NOON - 3 * DAY, kind: 'refused' }))
  assert.equal(typeof (await store.remove(['2026-11-21.1d.db', '2026-11-20.1d.db', '../head.db'])), 'number')
  assert.deepEqual(await told(store), [
    ['2026-11-21.default.db', 1, 1, 0],
    ['2026-11-24.default.db', 1, 1, 1],
  ])
  assert.equal(await store.exchange(old), undefined)
  assert.deepEqual(await found(store, 'word'), [2])
  assert.deepEqual(numbers((await store.session('s')).map((row) => row.opening.exchange)), [2])
  const late = await commit(store, outcome(old), ending(old))
  assert.ok(late.outcomes.every((each) => each instanceof Fault && each.code === 'gateway.internal'))
  assert.deepEqual((await commit(store, ending(idOf(2)))).outcomes, [5])
  assert.deepEqual(
    (await store.following(0, 10)).map(({ seq }) => seq),
    [2, 4, 5],
  )
  assert.equal((await store.files()).length, 2)
}

/** Cases for every store: which session is which, and how many secrets a list counts. Never used by the product. */
import assert from 'node:assert/strict'
import type { Recorded, Store } from '../store.ts'
import { ask, commit, ending, finding, idOf, opening } from './made.ts'

/** Ids that differ in case alone are two sessions, in lists, in queries and by id. */
export async function tellsCase(store: Store): Promise<void> {
  await commit(store, opening(idOf(1), { session: 'aB' }), opening(idOf(2), { session: 'Ab' }))
  await commit(store, opening(idOf(3), { session: 'aB' }))
  const { rows } = await store.sessions(ask(''), { limit: 5 })
  assert.deepEqual(
    rows.map(({ session, exchanges }) => [session, exchanges]),
    [
      ['aB', 2],
      ['Ab', 1],
    ],
  )
  const idsOf = (found: readonly Recorded[]) => found.map((row) => row.opening.exchange)
  assert.deepEqual([idsOf(await store.session('Ab')), await store.session('ab')], [[idOf(2)], []])
  assert.deepEqual(idsOf((await store.find(ask('session:aB'), { limit: 5 })).rows), [idOf(3), idOf(1)])
  assert.deepEqual(idsOf((await store.find(ask('session:A*'), { limit: 5 })).rows), [idOf(2)])
}

/** A secret that a reply's last events repeat is one; two at one place of two prompts' lanes are two. */
export async function countsSecretsOnce(store: Store): Promise<void> {
  const at = (direction: 'prompt' | 'reply', lane: string, start: number) => ({
    ...finding('aws-key', true),
    ...{ direction, lane, start, end: start + 20 },
  })
  const said = [at('reply', 'output/0', 3), at('reply', 'output/0', 40), at('reply', 'part.text', 3)]
  const asked = [at('prompt', 'messages.0', 3), at('prompt', 'messages.1', 3)]
  await commit(store, opening(idOf(1), { session: 's', findings: asked }), ending(idOf(1), { findings: said }))
  const { rows } = await store.sessions(ask('has:finding'), { limit: 1 })
  assert.equal(rows[0]?.findings, 4)
  assert.equal((await store.exchange(idOf(1)))?.ending?.findings.length, 3)
}

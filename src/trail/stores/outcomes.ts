/** Cases for every store: what became of suggestions, and what else exchanges can be found by. Never used by the product. */
import assert from 'node:assert/strict'
import { type Facts, Fault, type Outcome, type OutcomeName } from '#exchange'
import type { Store } from '../store.ts'
import { ask, commit, DAY, ending, idOf, NOON, opening } from './made.ts'

const outcome = (exchange: string, told: OutcomeName): Outcome => ({
  ...{ kind: 'outcome', exchange, at: NOON + 9, outcome: told, source: 'declared' },
  ...{ by: idOf(99), event: `ghostText.${told}`, happened: NOON + 7, choice: 0, characters: 12, lines: 1 },
})

async function found(store: Store, text: string): Promise<number[]> {
  const { rows } = await store.find(ask(text), { limit: 100 })
  return rows.map(({ opening: { exchange } }) => Number.parseInt(exchange.slice(24), 16))
}

/** An outcome goes with its exchange, whenever it is told: while the reply is open, after it, on a later day. */
export async function keepsOutcomes(store: Store): Promise<void> {
  const old = idOf(1, NOON - DAY)
  await commit(store, opening(old), opening(idOf(2)))
  assert.deepEqual(
    (await commit(store, outcome(old, 'shown'), ending(old), outcome(old, 'accepted'))).outcomes,
    [3, 4, 5],
  )
  const kept = await store.exchange(old)
  assert.deepEqual(kept?.outcomes, [outcome(old, 'shown'), outcome(old, 'accepted')])
  assert.deepEqual((await store.find(ask('accepted:yes'), { limit: 5 })).rows[0]?.outcomes, kept?.outcomes)
  assert.equal((await store.exchange(idOf(2)))?.outcomes, undefined)
  assert.equal((await store.unfinished()).length, 1)
  const stray = (await commit(store, outcome(idOf(7), 'shown'))).outcomes[0]
  assert.ok(stray instanceof Fault && stray.code === 'gateway.internal')
}

const declared = (value: string) => ({ value, source: 'declared' }) as const

/** What each exchange says of itself; its number is its place. */
const SAID: readonly Facts[] = [
  {},
  { github: { value: 'Mona', source: 'observed' }, github_organizations: { value: 'acme\nlab', source: 'observed' } },
  { language: declared('TypeScript'), files: declared('src/Pay/index.ts\nC:\\work\\new.ts') },
  { commit: declared('abc1234def5678'), repository: declared('acme/shop'), files: declared('index.ts') },
]

const QUERIES: readonly [string, number[]][] = [
  ['github:mona', [1]],
  ['github:acme', [1]],
  ['github:ac*', [1]],
  ['-github:mona', [3, 2]],
  ['language:typescript', [2]],
  ['language:type*', [2]],
  ['file:src/pay/index.ts', [2]],
  ['file:index.ts', [3, 2]],
  ['file:src/*', [2]],
  ['file:new.ts', [2]],
  ['-file:index.ts', [1]],
  ['commit:abc1234', [3]],
  ['commit:abc1234def5678', [3]],
  ['commit:abc123', []],
  ['repo:acme/shop file:index.ts', [3]],
  ['accepted:yes', [2]],
  ['accepted:shown', [2, 1]],
  ['accepted:rejected', [1]],
  ['accepted:partly', [3]],
  ['accepted:yes accepted:partly', [3, 2]],
  ['accepted:*', [3, 2, 1]],
  ['-accepted:yes', [3, 1]],
  ['-accepted:yes accepted:shown', [1]],
]

/** Every new key of the query, alone and with others. */
export async function findsByPlaceAndOutcome(store: Store): Promise<void> {
  for (const [at, facts] of SAID.entries()) if (at > 0) await commit(store, opening(idOf(at), { facts }))
  const told: readonly (readonly [number, OutcomeName])[] = [
    [1, 'shown'],
    [1, 'rejected'],
    [2, 'shown'],
    [2, 'accepted'],
    [3, 'partly'],
  ]
  for (const [at, name] of told) await commit(store, outcome(idOf(at), name))
  for (const [text, expected] of QUERIES) assert.deepEqual(await found(store, text), expected, text)
}

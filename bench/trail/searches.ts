/** The queries of `bench:trail`, and how long they take. Makes no record. */
import { parseQuery, type Trail } from '../../src/trail/index.ts'
import { NOON } from '../../src/trail/stores/made.ts'
import { median, quantile } from '../statistics.ts'

/** A kind of query, and what its 95th percentile must be and should be, in ms. */
export interface Kind {
  readonly name: string
  readonly queries: readonly string[]
  readonly must: number
  readonly aim: number
}

export const METADATA: Kind = {
  name: 'metadata',
  queries: [
    'user:user7',
    'user:user7 model:model-3',
    'repo:acme/repo4*',
    'has:finding',
    'session:s77',
    'rule:github-pat user:user100',
  ],
  must: 500,
  aim: 100,
}
export const TEXT: Kind = {
  name: 'text',
  queries: ['word19990', 'word2', 'word3 word5', 'word811 word977', '"word2 word3"', 'word12 user:user9'],
  must: 1500,
  aim: 300,
}

export const ROUNDS = 20

/** Asks for a page of 50; how long that took, in ms. */
export async function timed(trail: Trail, query: string): Promise<number> {
  const began = performance.now()
  await trail.find(parseQuery(query, NOON), { limit: 50 })
  return performance.now() - began
}

/** Milliseconds of each of the queries, several times over. */
export async function times(trail: Trail, queries: readonly string[], rounds = ROUNDS): Promise<number[]> {
  const out: number[] = []
  for (let round = 0; round < rounds; round++) for (const query of queries) out.push(await timed(trail, query))
  return out
}

/** A row of the report. */
export function rowOf(label: string, all: readonly number[], { must, aim }: Pick<Kind, 'must' | 'aim'>): string {
  const worst = quantile(all, 0.95)
  const held = worst <= aim ? 'aim met' : worst <= must ? 'must met' : '**missed**'
  return `| ${label} | ${median(all).toFixed(1)} | ${worst.toFixed(1)} | ${must} | ${aim} | ${held} |`
}
export const HEAD = `| search | p50, ms | p95, ms | must | aim | |
|---|---|---|---|---|---|`

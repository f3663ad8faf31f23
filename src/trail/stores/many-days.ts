/** Cases for every store: what is found over several days, each of several files, page by page. Never used by the product. */
import assert from 'node:assert/strict'
import type { Ending, Entry, Opening } from '#exchange'
import type { Store } from '../store.ts'
import { ask, commit, DAY, ending, finding, idOf, NOON, opening } from './made.ts'

const DAYS = 4
const COUNT = 900

const dayOf = (nth: number): number => (nth * 7) % DAYS
/** Words and facts that many exchanges have, few, one. */
const wordsOf = (nth: number): string =>
  ['often', ...(nth % 2 ? ['odd'] : []), ...(nth % 97 ? [] : ['seldom']), ...(nth === 77 ? ['once'] : [])].join(' ')

const asked = (nth: number): Opening => {
  const at = NOON - dayOf(nth) * DAY + nth
  return opening(idOf(nth, at), {
    at,
    session: `s${nth % 31}`,
    actor: { id: `u${nth % 50}`, kind: 'person', name: `User ${nth % 50}`, groups: [] },
    ...(nth % 3 === 0 && { retain: nth % 2 ? '7y' : '1y' }),
    findings: nth % 10 ? [] : [finding(nth % 20 ? 'aws-key' : 'github-pat', true)],
    text: wordsOf(nth),
  })
}
const replied = (nth: number): Ending =>
  ending(asked(nth).exchange, { text: nth % 5 ? 'a reply' : 'often enough, seldom not', requestId: `Req-${nth}` })

/** Exchanges of one day and another in turn, some answered at once, most much later. */
export function entriesOfDays(): Entry[] {
  const numbers = Array.from({ length: COUNT }, (_, at) => at)
  const now = (nth: number) => nth % 4 === 0
  return [
    ...numbers.flatMap((nth) => [asked(nth), ...(now(nth) ? [replied(nth)] : [])]),
    ...numbers.filter((nth) => !now(nth)).map(replied),
  ]
}

const isSeldom = (nth: number) => nth % 97 === 0 || nth % 5 === 0

/** Queries, and which exchanges they find. */
export const OVER_DAYS: readonly [string, (nth: number) => boolean][] = [
  ['', () => true],
  ['user:u7', (nth) => nth % 50 === 7],
  ['session:s3 has:finding', (nth) => nth % 31 === 3 && nth % 10 === 0],
  ['session:s0 has:finding', (nth) => nth % 31 === 0 && nth % 10 === 0],
  ['rule:github-pat', (nth) => nth % 20 === 0],
  ['rule:github-pat -user:u20', (nth) => nth % 20 === 0 && nth % 50 !== 20],
  ['request:req-33', (nth) => nth === 33],
  ['request:*-33', (nth) => nth === 33],
  ['request:req-3', (nth) => nth === 3],
  ['user:*7 user:u8', (nth) => nth % 10 === 7 || nth % 50 === 8],
  ['user:"user 4*"', (nth) => nth % 50 === 4 || nth % 50 >= 40],
  ['often', () => true],
  ['odd often', (nth) => nth % 2 === 1],
  ['seldom often', isSeldom],
  ['often seldom odd', (nth) => isSeldom(nth) && nth % 2 === 1],
  ['once', (nth) => nth === 77],
  ['once often odd', (nth) => nth === 77],
  ['once seldom', () => false],
  ['often -seldom', (nth) => !isSeldom(nth)],
  ['-seldom', (nth) => !isSeldom(nth)],
  ['user:u7 -odd', () => false],
  ['user:u8 -seldom', (nth) => nth % 50 === 8 && !isSeldom(nth)],
  ['often user:u7', (nth) => nth % 50 === 7],
  ['seldom user:u5', (nth) => nth % 50 === 5],
  ['often rule:aws-key', (nth) => nth % 10 === 0 && nth % 20 !== 0],
  ['reply odd user:u7 session:s7', (nth) => nth % 1550 === 7],
  ['once -often', () => false],
  ['once -seldom', (nth) => nth === 77],
  ['"often odd"', (nth) => nth % 2 === 1],
  ['"often seldom"', (nth) => nth % 97 === 0 && nth % 2 === 0],
  ['"enough seldom" user:u5', (nth) => nth % 50 === 5],
  ['"often enough" -odd', (nth) => nth % 10 === 0],
  ['seldom -"often enough"', (nth) => nth % 97 === 0 && nth % 5 !== 0],
  ['once "often odd"', (nth) => nth === 77],
  ['"odd often"', () => false],
  ['before:2026-11-22', (nth) => dayOf(nth) === 3],
  ['after:2026-11-23T12:00Z before:2026-11-23T12:00:00.500Z', (nth) => dayOf(nth) === 1 && nth < 500],
  ['odd after:2026-11-24T12:00:00.300Z', (nth) => dayOf(nth) === 0 && nth >= 300 && nth % 2 === 1],
  ['never', () => false],
  ['often never', () => false],
]

/** What a list that is given page by page comes to. */
export async function wholeOf<Row>(
  pageOf: (before: string | undefined) => Promise<{ readonly rows: readonly Row[]; readonly next?: string }>,
): Promise<Row[]> {
  const all: Row[] = []
  let before: string | undefined
  do {
    const { rows, next } = await pageOf(before)
    all.push(...rows)
    before = next
  } while (before !== undefined)
  return all
}

const numberOf = (exchange: string) => Number.parseInt(exchange.slice(24), 16)

/** All numbers as given to `asked`: the newest day first, of one day the highest seq. */
export async function orderIn(store: Store): Promise<number[]> {
  const { rows } = await store.find(ask(''), { limit: COUNT })
  const found = rows.map(({ seq, opening: { exchange } }) => ({ nth: numberOf(exchange), seq }))
  const order = found.toSorted((a, b) => dayOf(a.nth) - dayOf(b.nth) || b.seq - a.seq)
  assert.deepEqual([found, new Set(found.map(({ nth }) => nth)).size], [order, COUNT])
  return order.map(({ nth }) => nth)
}

export async function findsOverDays(store: Store): Promise<void> {
  await commit(store, ...entriesOfDays())
  const order = await orderIn(store)
  for (const [text, fits] of OVER_DAYS)
    for (const limit of [7, 100]) {
      const all = await wholeOf((before) => store.find(ask(text), { limit, ...(before !== undefined && { before }) }))
      const found = all.map((row) => numberOf(row.opening.exchange))
      assert.deepEqual(found, order.filter(fits), `"${text}", ${limit} a page`)
    }
}

/** Sessions by their newest exchange, with the figures of all their files; and each of them in order. */
export async function listsSessionsOverDays(store: Store): Promise<void> {
  await commit(store, ...entriesOfDays())
  const order = await orderIn(store)
  for (const [text, fits] of OVER_DAYS) {
    const sessions = [...new Set(order.filter(fits).map((nth) => `s${nth % 31}`))]
    const all = await wholeOf((before) =>
      store.sessions(ask(text), { limit: 4, ...(before !== undefined && { before }) }),
    )
    const found = all.map(({ session }) => session)
    assert.deepEqual(found, sessions, text)
    for (const { session, exchanges, newest } of all) {
      const own = order.filter((nth) => `s${nth % 31}` === session)
      assert.deepEqual([exchanges, numberOf(newest.opening.exchange)], [own.length, own[0]], `${text}: ${session}`)
    }
  }
  const of = (await store.session('s12')).map((row) => numberOf(row.opening.exchange))
  const oldest = order.filter((nth) => nth % 31 === 12).toReversed()
  assert.deepEqual(of, oldest)
}

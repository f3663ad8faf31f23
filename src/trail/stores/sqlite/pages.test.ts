/** Pages are the same however short the stretches are, and between two of them anything may be removed. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Entry } from '#exchange'
import { Prints } from '../../prints.ts'
import { Tokens } from '../../tokens.ts'
import { wrappingOf } from '../../wrapping.ts'
import { ask, commit, DAY, idOf, NOON, opening } from '../made.ts'
import { entriesOfDays, OVER_DAYS, orderIn, wholeOf } from '../many-days.ts'
import { openSqlite } from '../sqlite.ts'
import { Engine } from './engine.ts'
import { Pages } from './pages.ts'
import type { Sliced } from './sliced.ts'

const [tokenKey, lineKey] = [Buffer.alloc(32, 7), Buffer.alloc(32, 8)]
const wrapping = wrappingOf([Buffer.alloc(32, 9)])

/** An engine over a record of these entries. */
async function engineOf(t: TestContext, entries: readonly Entry[]) {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-pages-'))
  const store = await openSqlite({ folder, tokenKey, lineKey, wrapping, onBroken: assert.fail })
  await commit(store, ...entries)
  const order = entries.length > 100 ? await orderIn(store) : []
  await store.close()
  const tokens = new Tokens(tokenKey, new Prints(lineKey))
  const begin = { name: wrapping.name, known: wrapping.known, lost: 'refuse' } as const
  const engine = new Engine(folder, { tokens, wrapping: begin, now: Date.now })
  t.after(() => {
    engine.close()
    rmSync(folder, { recursive: true })
  })
  return { engine, tokens, order }
}

/** Runs it to its end: what it gives, and how many turns it left to others. `between`: what they do. */
function done<Result>(work: Sliced<Result>, between: (turns: number) => void = () => undefined) {
  for (let turns = 0; ; turns++) {
    const { done, value } = work.next()
    if (done) return { result: value, turns }
    assert.equal(value, undefined, 'no key is wanted')
    between(turns)
  }
}

test('short stretches find what long ones do, in the same order', async (t) => {
  const { engine, tokens, order } = await engineOf(t, entriesOfDays())
  for (const seqs of [1, 16, 333])
    for (const [text, fits] of OVER_DAYS) {
      const all = await wholeOf(async (before) => {
        const page = { limit: 40, ...(before !== undefined && { before }) }
        return done(new Pages(engine, tokens, seqs).find(ask(text), page)).result
      })
      const found = all.map(({ exchange }) => Number.parseInt(String(exchange).slice(24), 16))
      assert.deepEqual(found, order.filter(fits), `"${text}" in stretches of ${seqs}`)
    }
})

test('others have their turn, and a page that is full looks no further', async (t) => {
  const { engine, tokens } = await engineOf(t, entriesOfDays())
  const turns = (text: string) => done(new Pages(engine, tokens, 16).find(ask(text), { limit: 3 })).turns
  assert.ok(turns('user:u7 session:s3') >= 4, 'what is nowhere is sought in every day')
  assert.equal(turns('often'), 0)
})

test('a file that is removed meanwhile is not made again', async (t) => {
  const days = [0, 1, 2].map((day) =>
    opening(idOf(day, NOON - day * DAY), { kind: 'refused', text: 'word', session: 's' }),
  )
  const { engine, tokens } = await engineOf(t, days)
  const name = '2026-11-23.default.db'
  const gone = () => engine.folder.has(name) && engine.remove([name])
  const { result } = done(new Pages(engine, tokens).find(ask('word'), { limit: 9 }), gone)
  assert.deepEqual(
    result.rows.map(({ seq }) => seq),
    [1, 3],
  )
  assert.ok(!engine.folder.has(name))
  const sessions = done(new Pages(engine, tokens).sessions(ask('word'), { limit: 9 }), () => {
    for (const other of engine.folder.names()) if (other.includes('default')) engine.remove([other])
  })
  assert.deepEqual([sessions.result.rows, engine.folder.names()], [[], []])
})

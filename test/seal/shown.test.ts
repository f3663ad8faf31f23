/** What a surface shows of an exchange is what was sealed of it, or it says that it is not. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { asSealed } from '../../src/console/shown.ts'
import { Fault } from '../../src/exchange/index.ts'
import { Custody, parseQuery, sealsOf, type Trail, type Wrapping, wrappingOf } from '../../src/trail/index.ts'
import { sealIn } from '../../src/trail/seal/files.ts'
import { idOf, NOON } from '../../src/trail/stores/made.ts'
import {
  beforeFirst,
  type Change,
  exchangeIds,
  flip,
  hasEntry,
  keyring,
  keysSql,
  lookAt,
  markAnew,
  mutated,
  onBytes,
  setUp,
  sql,
  tearDown,
  tileOf,
} from './tampered.case.ts'

before(setUp)
after(tearDown)

/** Of a record after a change: an exchange as it is shown, and its standing; `ask` is asked of the trail beside that. */
async function shownOf(
  t: TestContext,
  change: Change,
  exchange: string,
  ask?: (trail: Trail) => Promise<void>,
  wrapping?: Wrapping,
) {
  const trail = await lookAt(await mutated(t, change), wrapping)
  try {
    await ask?.(trail)
    const found = await trail.exchange(exchange)
    const seqs = found?.closing === undefined ? [found?.seq ?? 0] : [found.seq, found.closing]
    const seal = await trail.standing(exchange, found ? seqs : [])
    const states = seal?.map(({ seq, state }) => [seq, state])
    return { states, found: found && asSealed(found, seal) }
  } finally {
    await trail.close()
  }
}

test('an exchange that is as it was is verified', async (t) => {
  const { states, found } = await shownOf(t, () => undefined, idOf(76))
  assert.deepEqual(states, [
    [77, 'verified'],
    [78, 'verified'],
  ])
  assert.equal(found?.redactions, undefined)
})

const without = wrappingOf([Buffer.alloc(32, 5)])
const statesOf = async (t: TestContext, change: Change, wrapping?: Wrapping) =>
  (await shownOf(t, change, idOf(76), undefined, wrapping)).states?.map(([, state]) => state)

test('an exchange whose bodies are locked says so, and what else was changed of it all the same', async (t) => {
  assert.deepEqual(await statesOf(t, () => undefined, without), ['locked', 'locked'])
  const changed: Change = (f) => sql(f, `UPDATE entries SET json = replace(json, '"Ana"', '"Bea"') WHERE seq = 77`)
  assert.deepEqual(await statesOf(t, changed, without), ['changed', 'locked'])
  const destroyed: Change = (f) => keysSql(f, "DELETE FROM keys WHERE file <> 'entries'")
  assert.deepEqual(await statesOf(t, destroyed), ['changed', 'changed'])
})

test('where the log is damaged an exchange is not known, and not called changed nor verified', async (t) => {
  const at = (seq: number, level: number | 'entries', bytes: (whole: Buffer) => Buffer | undefined) =>
    statesOf(t, (f) => onBytes(tileOf(f, level, Math.floor((seq - 1) / 256)), bytes))
  const cut = (whole: Buffer) => whole.subarray(0, 3000)
  assert.deepEqual(await at(77, 'entries', cut), ['unknown', 'unknown'])
  assert.deepEqual(await at(77, 0, cut), ['unknown', 'unknown'])
  assert.deepEqual(await at(77, 0, (whole) => flip(whole, 76 * 32)), ['unknown', 'verified'])
  const inLeaf = (whole: Buffer) => flip(whole, whole.indexOf(`"exchange":"${idOf(76)}"`) + 60)
  assert.deepEqual(await at(77, 'entries', inLeaf), ['unknown', 'verified'])
  assert.deepEqual(await at(300, 'entries', cut), ['verified', 'verified'])
  assert.deepEqual(await statesOf(t, (f) => writeFile(join(sealIn(f), 'checkpoint'), 'garbage')), [
    'unknown',
    'unknown',
  ])
})

test('a list is shown whole where the log is damaged: a tile costs its own lines their seal alone', async (t) => {
  const seqs = [3, 4, 77, 300, 600]
  const listed = async (change: Change) => {
    const trail = await lookAt(await mutated(t, change))
    const { marks, fault = '' } = await sealsOf(trail, seqs).finally(() => trail.close())
    return [seqs.map((seq) => marks.get(seq)), fault] as const
  }
  assert.deepEqual(await listed(() => undefined), [seqs.map(() => undefined), ''])
  const tampered: Change = (f) => sql(f, 'UPDATE entries SET salt = randomblob(32) WHERE seq IN (4, 300)')
  assert.deepEqual((await listed(tampered))[0], [undefined, 'changed', undefined, 'changed', undefined])
  const [cut, why] = await listed(async (f, test) => {
    await tampered(f, test)
    await onBytes(tileOf(f, 'entries', 0), (bytes) => bytes.subarray(0, 3000))
  })
  assert.deepEqual(cut, ['unknown', 'unknown', 'unknown', 'changed', undefined])
  assert.match(why, /tile\/entries\/000/)
  const [garbage, what] = await listed((f) => writeFile(join(sealIn(f), 'checkpoint'), 'garbage'))
  assert.ok(garbage.every((seal) => seal === 'unknown'))
  assert.match(what, /checkpoint/)
})

test('a list whose day files cannot be read is not shown as one whose log cannot', async () => {
  const marks = async () => {
    throw new Fault('trail.broken', 'days')
  }
  await assert.rejects(sealsOf({ marks }, [1]), { code: 'trail.broken' })
})

test('the reply of another is never called verified', async (t) => {
  const change: Change = (f) => sql(f, 'UPDATE exchanges SET closing = 80 WHERE seq = 77')
  const { states, found } = await shownOf(t, change, idOf(76))
  assert.deepEqual(states, [
    [77, 'verified'],
    [80, 'misfiled'],
  ])
  assert.equal(found?.ending, undefined)
})

test('another exchange in the place of one is never called verified, under neither id', async (t) => {
  const { states } = await shownOf(t, exchangeIds, idOf(76), async (trail) => {
    const turned = await trail.standing(idOf(78), [79, 80])
    assert.ok(turned?.some(({ state }) => state === 'misfiled'))
  })
  assert.deepEqual(states, [
    [79, 'misfiled'],
    [80, 'misfiled'],
  ])
})

test('who the index has it for is not who it is of', async (t) => {
  const change: Change = (f) => sql(f, 'UPDATE exchanges SET user = NULL WHERE seq = 77')
  assert.deepEqual((await shownOf(t, change, idOf(76))).states?.[0], [77, 'misfiled'])
})

test('a row of a search that is not what the index has it for says so, and tells nothing of another’s', async (t) => {
  const cases: readonly (readonly [Change, query: string, seqs: readonly number[], told: RegExp])[] = [
    [(f) => sql(f, 'UPDATE exchanges SET closing = 80 WHERE seq = 77'), '', [77], /the end of another exchange/],
    [(f) => sql(f, 'UPDATE exchanges SET user = NULL WHERE seq = 77'), '', [77], /another user/],
    [
      (f) => sql(f, `UPDATE exchanges SET outcome = 'denied' WHERE seq = 77`),
      'verdict:denied',
      [77],
      /another outcome/,
    ],
    [exchangeIds, '', [79, 77], /its exchange is not in the index/],
  ]
  for (const [change, query, seqs, told] of cases) {
    const trail = await lookAt(await mutated(t, change))
    const { exchanges } = await trail.find(parseQuery(query, NOON), { limit: 1000 })
    await trail.close()
    const odd = exchanges.filter(({ misfiled }) => misfiled !== undefined)
    assert.deepEqual(
      odd.map(({ seq }) => seq),
      seqs,
    )
    for (const { misfiled } of odd) assert.match(misfiled ?? '', told)
  }
  const closed = await lookAt(await mutated(t, (f) => sql(f, 'UPDATE exchanges SET closing = 80 WHERE seq = 77')))
  const { exchanges } = await closed.find(parseQuery('', NOON), { limit: 1000 })
  await closed.close()
  const one = exchanges.find(({ seq }) => seq === 77)
  assert.deepEqual([one?.exchange, one?.kind, one?.status], [idOf(76), 'asked', undefined])
})

test('a mark that nothing was done for is not told as true', async (t) => {
  const anew = await shownOf(t, (f) => markAnew(f, 77), idOf(76))
  assert.deepEqual(anew.states?.[0], [77, 'misfiled'])
  assert.equal(anew.found?.redactions, undefined)
  const erased: Change = (f) => sql(f, `INSERT INTO erased SELECT 77, ?, ? WHERE ${hasEntry(77)}`, idOf(76), idOf(9000))
  assert.deepEqual((await shownOf(t, erased, idOf(76))).states?.[0], [77, 'misfiled'])
})

test('a purge counts what goes by its entries, and says how many rows of the index are none', async (t) => {
  const columns = 'findings, masked, input, output, outcome, session, user'
  const trail = await lookAt(
    await mutated(t, (f) => {
      for (const seq of [2, 7001, 7002])
        sql(
          f,
          `INSERT INTO exchanges(seq, exchange, closing, at, ${columns}) SELECT ${seq}, 'planted-${seq}', NULL, at, ${columns}
           FROM exchanges WHERE seq = 1`,
        )
    }),
  )
  const house = { trail, keyring, now: () => NOON, uuid: () => idOf(1) }
  const plan = await new Custody(house).plan('2026-11-24')
  await trail.close()
  assert.deepEqual(
    plan.map(({ day, fate, exchanges, strange }) => [day, fate, exchanges, strange]),
    [
      ['2026-11-23', 'purge', 75, 3],
      ['2026-11-24', 'keep', 225, undefined],
    ],
  )
})

test('what stands before the first entry is shown nowhere', async (t) => {
  const { states = [], found } = await shownOf(t, beforeFirst, idOf(77_777), async (trail) => {
    const { exchanges } = await trail.find(parseQuery('after:2026-11-01', NOON), { limit: 1000 })
    assert.deepEqual([exchanges.length, exchanges.filter(({ seq }) => seq < 1)], [300, []])
    for (const { session } of (await trail.sessions(parseQuery('', NOON), { limit: 10 })).sessions)
      assert.ok((await trail.session(session)).every(({ seq }) => seq > 0))
    assert.deepEqual(await trail.custody(), [])
  })
  assert.deepEqual([states, found], [[], undefined])
})

test('what is proven of an exchange are its own entries, whatever the index has for it', async (t) => {
  for (const change of [exchangeIds, (f: string) => sql(f, 'UPDATE exchanges SET closing = 80 WHERE seq = 77')])
    await shownOf(t, change, idOf(76), async (trail) => {
      const places: number[] = []
      for await (const told of trail.prove({ exchange: idOf(76) }, { bodies: false }))
        if ('entry' in told) places.push(told.entry.index)
      assert.deepEqual(places, [76, 77])
    })
})

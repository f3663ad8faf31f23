/** Nothing is done by the word of a line that nobody proved, nor by a record of a hold that its entry does not bear out; what is so is told. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { Doubts, doubtChecks } from '../doubts.ts'
import type { OpenRecord } from '../record.ts'
import { uuid7 } from '../uuid.ts'
import { backup, bodyOf, custodyIn, DOER, erasureIn, exchange, forge, ground, sealed, sqlIn } from './ground.case.ts'

const DAY = 86_400_000

const alarmsOf = async ({ trail }: OpenRecord) => (await trail.verify({}))?.alarms.map(({ harm, seq }) => [harm, seq])

const stateOf = async (record: OpenRecord): Promise<[told: string[], doctor: string[]]> => {
  const told: string[] = []
  const watch = new Doubts(record, (line) => told.push(line))
  await watch.look()
  await watch.look() // what was told is not told again
  assert.equal(watch.why !== undefined, told.length > 0)
  return [told, (await doubtChecks(record)).map(({ check, state }) => `${check} ${state}`)]
}

for (const kind of ['purge', 'release'] as const)
  test(`a ${kind} that nobody proved gets into no journal, and no restore does it`, async (t) => {
    const { open, config, to, keys, restore, back } = ground(t)
    const record = await open()
    const old = await exchange(record, 'ana', 'said long ago', Date.now() - 3 * DAY)
    const hold = await record.custody.holds.add({ user: 'ana' }, DOER)
    await sealed(record)
    await backup(record, config.data, to, keys)
    const seq = (await record.trail.highest()) + 1
    await record.close()
    const day = new Date(Date.now() - 3 * DAY).toISOString().slice(0, 10)
    const act = { exchange: uuid7(Date.now()), at: Date.now(), who: { value: 'mallory', source: 'observed' }, why: 'x' }
    forge(config.data, seq, {
      ...{ kind, ...act },
      ...(kind === 'purge' ? { days: [{ day, entries: 2, exchanges: 1 }] } : { hold: hold.id }),
    })
    const again = await open()
    await sealed(again)
    assert.ok(!JSON.stringify(again.journal?.lines()).includes('mallory'))
    const [told, doctor] = await stateOf(again)
    assert.match(
      told.join('\n'),
      new RegExp(`^[^\\n]*1 line is not proven[^\\n]*entry ${seq} \\(${kind}, unproven\\)[^\\n]*$`),
    )
    assert.deepEqual(doctor, ['custody fail'])
    assert.deepEqual(
      (await again.custody.holds.list()).map(({ id, wrong }) => [id, wrong]),
      [[hold.id, undefined]],
    )
    await again.close()
    const { replayed } = await restore()
    assert.deepEqual([replayed.purges, replayed.holds], [0, 0])
    const put = await back()
    assert.match((await bodyOf(put, old)) ?? '', /said long ago/)
    assert.deepEqual(
      (await put.custody.holds.list()).map(({ id }) => id),
      [hold.id],
    )
    assert.deepEqual(await alarmsOf(put), [])
    assert.deepEqual(await stateOf(put), [[], []])
    await put.close()
  })

test('a hold whose record is taken away is in force, and an alarm, until an entry releases it', async (t) => {
  const { open, config } = ground(t)
  const record = await open()
  const held = await exchange(record, 'ana', 'under hold', Date.now() - 3 * DAY)
  const other = await exchange(record, 'ben', 'not under hold')
  const { id } = await record.custody.holds.add({ user: 'ana' }, DOER)
  const far = await record.custody.holds.add({ connection: 'copilot', query: 'zebra' }, DOER)
  await sealed(record)
  assert.deepEqual(await stateOf(record), [[], []])
  await record.close()
  sqlIn(join(config.data, 'head.db'), `DELETE FROM documents WHERE kind = 'hold'`)
  const again = await open()
  const list = await again.custody.holds.list()
  assert.deepEqual(
    list.map((hold) => [hold.id, hold.who, hold.why, hold.scope, hold.wrong]),
    [
      [id, 'dpo', DOER.why, {}, 'gone'],
      [far.id, 'dpo', DOER.why, { connection: 'copilot' }, 'gone'],
    ],
  )
  for (const exchange of [held, other])
    await assert.rejects(erasureIn(again).erase({ exchange }, DOER), { code: 'custody.held', detail: new RegExp(id) })
  const kept = (await again.custody.plan('2099-01-01')).filter(({ why }) => why === 'hold')
  assert.deepEqual(
    kept.map(({ holds }) => holds),
    [[id]],
  )
  assert.deepEqual(await alarmsOf(again), [
    ['hold changed', 5],
    ['hold changed', 6],
  ])
  const [told, doctor] = await stateOf(again)
  assert.ok(told.every((line) => /is in force, and what it is about is gone/.test(line)))
  assert.deepEqual([told.length, doctor], [2, ['custody fail', 'custody fail']])
  for (const one of list) await again.custody.holds.release(one.id, DOER)
  assert.deepEqual([await again.custody.holds.list(), await stateOf(again)], [[], [[], []]])
  await erasureIn(again).erase({ exchange: held }, DOER)
  await sealed(again)
  assert.deepEqual(await alarmsOf(again), [])
  await again.close()
})

test('a hold whose record, or entry, says something else keeps all that it may be about', async (t) => {
  const { open, config } = ground(t)
  const record = await open()
  const held = await exchange(record, 'ana', 'under hold')
  const { id } = await record.custody.holds.add({ user: 'ana' }, DOER)
  await sealed(record)
  const seq = await record.trail.highest()
  await record.close()
  const head = join(config.data, 'head.db')
  const look = async (wrong: string, ...alarms: readonly unknown[][]) => {
    const again = await open()
    const [hold] = await again.custody.holds.list()
    assert.deepEqual([hold?.id, hold?.scope, hold?.wrong], [id, {}, wrong])
    await assert.rejects(erasureIn(again).erase({ exchange: held }, DOER), { code: 'custody.held' })
    assert.deepEqual(await alarmsOf(again), alarms)
    assert.ok((await stateOf(again))[0].length > 0)
    await again.close()
  }
  sqlIn(head, `UPDATE documents SET json = replace(json, '"ana"', '"ben"') WHERE kind = 'hold'`)
  await look('gone', ['forged', undefined], ['hold changed', seq])
  const path = custodyIn(config.data)
  sqlIn(head, `DELETE FROM documents WHERE kind = 'hold'`)
  sqlIn(path, 'DELETE FROM gaps')
  await look('gone', ['index changed', seq], ['hold changed', seq])
  sqlIn(path, `UPDATE entries SET json = replace(json, '"hold"', '"purge"') WHERE seq = ?`, seq)
  await look('entry', ['changed', seq])
})

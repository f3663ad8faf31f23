/** A hold by words, and a rescan that took them: what it kept stays held in a record that is opened again, or put back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rescan } from '#gateway'
import { compile, RULES } from '#masking'
import { uuid7 } from '../uuid.ts'
import { backup, bodyOf, DOER, erasureIn, exchange, ground, KEPT, sealed } from './ground.case.ts'

test('what a hold kept by words that are masked since stays held after a restart, and after a restore', async (t) => {
  const { config, open, to, keys, restore, back } = ground(t)
  const record = await open()
  const id = await exchange(record, 'ana', `it says ${KEPT}`)
  await sealed(record)
  const { trail, keyring, custody } = record
  const hold = await custody.holds.add({ query: 'lighthouse' }, DOER)
  const engine = compile(RULES, { known: [{ id: 'late-key', value: KEPT }] })
  const house = {
    trail,
    keyring,
    holds: custody.holds,
    engine: () => engine,
    rules: () => 'v1',
    run: 'here',
    now: Date.now,
  }
  const rescan = new Rescan({ ...house, clock: () => performance.now(), uuid: () => uuid7(Date.now()) })
  assert.equal((await rescan.page(0, DOER)).found.length, 2)
  await sealed(record)
  const taken = await backup(record, config.data, to, keys)
  await record.close()
  const again = await open()
  assert.deepEqual((await again.custody.holds.among(new Set([id]))).by, [hold.id])
  await assert.rejects(erasureIn(again).erase({ exchange: id }, DOER), { code: 'custody.held' })
  await again.close()
  await restore({ name: taken.name })
  const put = await back()
  assert.ok(!(await bodyOf(put, id))?.includes(KEPT))
  await assert.rejects(erasureIn(put).erase({ exchange: id }, DOER), { code: 'custody.held' })
  await put.close()
})

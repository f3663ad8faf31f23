import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#exchange'
import { daily } from './daily.ts'

test('what is over is removed at the start and every day; a failure is told, and tried again', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const told: string[] = []
  let count = 0
  const purge = async () => {
    count += 1
    if (count === 1) throw new Fault('trail.unavailable', 'full')
    return count === 2 ? { rows: [{ fate: 'purge' }] as never, seq: 7, bytes: 1 } : { rows: [], bytes: 0 }
  }
  let erasing = 0
  const resume = async () => {
    erasing += 1
    if (erasing === 1) throw new Fault('trail.unavailable', 'full')
    return erasing === 2 ? 1 : 0
  }
  const end = daily({ purge }, (line) => told.push(line), resume)
  for (let day = 0; day < 3; day++) {
    await new Promise(setImmediate)
    t.mock.timers.tick(86_400_000)
  }
  await end()
  t.mock.timers.tick(86_400_000)
  assert.deepEqual(told, [
    'an erasure that was cut short could not be done (trail.unavailable)',
    'days whose time is over could not be removed (trail.unavailable)',
    '1 erasures that were cut short are done',
    '1 days were removed, for their time is over: entry 7',
  ])
  assert.equal(count, 4)
})

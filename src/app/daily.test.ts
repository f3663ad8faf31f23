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
  const end = daily({
    ...{ custody: { purge }, resume, look: async () => undefined },
    tell: (line) => void told.push(line),
  })
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

test('while today is not believed nothing is removed, which is told once a day; once it is, what is over goes at once', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const told: string[] = []
  let [count, hours] = [0, 0]
  const purge = async () => {
    count += 1
    return { rows: [], bytes: 0 }
  }
  const look = async () => (hours++ < 30 ? 'the clock jumped' : undefined)
  const end = daily({ custody: { purge }, resume: async () => 0, look, tell: (line) => void told.push(line) })
  const pass = async (some: number) => {
    for (let hour = 0; hour < some; hour++) {
      await new Promise(setImmediate)
      t.mock.timers.tick(3_600_000)
    }
    await new Promise(setImmediate)
  }
  await pass(29)
  assert.deepEqual([count, told], [0, ['the clock jumped', 'the clock jumped']])
  await pass(1)
  assert.equal(count, 1)
  await pass(24)
  assert.equal(count, 2)
  await end()
})

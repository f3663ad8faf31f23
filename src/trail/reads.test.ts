import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault, type Read } from '#exchange'
import { type ReadOf, Reads } from './reads.ts'

const VIEW: ReadOf = {
  ...{ did: 'viewed', via: 'server', of: 'x', content: true, count: 1 },
  reader: { value: 'ana', source: 'declared' },
}

/** A trail that takes what it is given, unless it is shut. */
function ground() {
  const lines: Read[] = []
  const state = { shut: false, now: 0 }
  const append = async (entry: unknown) => {
    if (state.shut) throw new Fault('trail.unavailable', 'full')
    return lines.push(entry as Read)
  }
  const reads = new Reads({ trail: { append: append as never }, now: () => state.now, uuid: () => 'id' })
  const told = () => lines.map(({ did, of, count, times }) => [did, of, count, times])
  return { reads, told, state }
}

test('a read is on the record before it is shown; what is read again within the minute is one line after it', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { reads, told } = ground()
  await reads.note(VIEW)
  assert.deepEqual(told(), [['viewed', 'x', 1, 1]])
  for (let nth = 0; nth < 5; nth++) await reads.note({ ...VIEW, count: 3 })
  await reads.note({ ...VIEW, of: 'y' })
  await reads.note({ ...VIEW, reader: { value: 'bob', source: 'declared' } })
  assert.equal(told().length, 3)
  t.mock.timers.tick(60_000)
  await new Promise(setImmediate)
  assert.deepEqual(told().slice(3), [['viewed', 'x', 15, 5]])
  await reads.note(VIEW)
  assert.equal(told().length, 5)
})

test('where the trail takes no line nothing may be shown; what was counted is told once it does', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { reads, told, state } = ground()
  await reads.note(VIEW)
  await reads.note(VIEW)
  state.shut = true
  await assert.rejects(reads.note({ ...VIEW, of: 'y' }), { code: 'trail.unavailable' })
  t.mock.timers.tick(60_000)
  await new Promise(setImmediate)
  assert.equal(told().length, 1)
  await reads.note(VIEW)
  state.shut = false
  t.mock.timers.tick(60_000)
  await new Promise(setImmediate)
  assert.deepEqual(told(), [
    ['viewed', 'x', 1, 1],
    ['viewed', 'x', 2, 2],
  ])
})

test('at the end what was counted is told, and readers without number are each a line', async () => {
  const { reads, told } = ground()
  for (let nth = 0; nth < 1200; nth++) await reads.note({ ...VIEW, of: String(nth) })
  await reads.note({ ...VIEW, of: '0' })
  await reads.note({ ...VIEW, of: '1199' })
  assert.equal(told().length, 1201)
  await reads.close()
  assert.deepEqual(told().at(-1), ['viewed', '0', 1, 1])
  assert.equal(told().length, 1202)
})

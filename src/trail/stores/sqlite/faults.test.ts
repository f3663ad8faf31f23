/** A file of a record that is not what it was is told apart from a disk that fails, where the record is only looked at. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#exchange'
import { faultOfStore, looked } from './faults.ts'

const error = (more: object) => Object.assign(new Error('told'), more)
const throwing = (thrown: Error) => () => {
  throw thrown
}
const LOOKED = [
  [error({ errcode: 11 }), 'trail.damaged'],
  [error({ errcode: 26 }), 'trail.damaged'],
  [error({ errcode: 11 | (1 << 8) }), 'trail.damaged'],
  [error({ errcode: 522 }), 'trail.damaged'],
  [new Fault('trail.broken', 'head.db is gone'), 'trail.damaged'],
  [error({ errcode: 10 }), 'trail.broken'],
  [error({ errcode: 10 | (4 << 8) }), 'trail.broken'],
  [error({ code: 'EIO' }), 'trail.broken'],
  [error({ errcode: 5 }), 'trail.locked'],
  [new Fault('trail.key', 'k'), 'trail.key'],
  [error({ code: 'EACCES' }), 'trail.unavailable'],
] as const

test('what is looked at: damage is told, and a disk that fails, a lock and a key stay what they are', () => {
  for (const [cause, code] of LOOKED)
    for (const thrown of [cause, faultOfStore(cause, 'head.db')])
      assert.throws(
        () => looked(throwing(thrown)),
        (fault: Fault) => fault.code === code && fault.detail === faultOfStore(thrown, 'the data folder').detail,
      )
  assert.equal(
    looked(() => 7),
    7,
  )
})

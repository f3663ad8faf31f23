/** That sealing fails is told when it begins, once, and that it goes on when it does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SealState } from '#trail'
import { watchSeal } from './seal-watch.ts'

test('what begins and what ends is told once', async (t) => {
  const told: string[] = []
  let state: SealState = { kind: 'on', vkey: 'k', size: 3 }
  const watch = watchSeal({ sealed: async () => state }, (line) => told.push(line))
  t.after(() => watch.close())
  await watch.look()
  assert.deepEqual([told, watch.why], [[], undefined])
  state = { kind: 'on', vkey: 'k', size: 0, fault: 'the log is gone' }
  await watch.look()
  await watch.look()
  assert.equal(watch.why, 'the log is gone')
  assert.deepEqual(told, ['what is recorded is not sealed: the log is gone (gatelog doctor)'])
  state = { kind: 'on', vkey: 'k', size: 3 }
  await watch.look()
  assert.deepEqual([told.at(-1), watch.why], ['sealing goes on', undefined])
})

test('where nothing is to be sealed only a log that was there before is missed', async (t) => {
  const told: string[] = []
  let state: SealState = { kind: 'off', why: 'it is not wanted', size: 0 }
  const watch = watchSeal({ sealed: async () => state }, (line) => told.push(line))
  t.after(() => watch.close())
  await watch.look()
  assert.equal(watch.why, undefined)
  state = { kind: 'off', why: 'its log is gone', size: 0, lost: true }
  await watch.look()
  assert.equal(watch.why, 'its log is gone')
})

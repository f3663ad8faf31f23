/** What the gateway itself has to say to a client that may have gone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#exchange'
import { tell } from './answer.ts'

test('who has gone is not told, and that is no fault; any other failure is one', async () => {
  const failing = (fault: Fault) => ({ deliver: () => Promise.reject(fault) })
  await tell(failing(new Fault('client.aborted')), Buffer.from('a notice'))
  await assert.rejects(tell(failing(new Fault('trail.broken')), Buffer.from('a notice')), { code: 'trail.broken' })
  const told: string[] = []
  await tell({ deliver: (bytes) => void told.push(String(bytes)) as undefined }, Buffer.from('a notice'))
  assert.deepEqual(told, ['a notice'])
})

/** Entries that bear between them every field that an entry may have. Holds nothing against anything. */
import type { Ending, Entry, Opening } from '#exchange'
import { makeOriginalsKeys, originalsTo } from '#masking'
import { AT, exchangeOf, idOf, outcomeOf, refusedOf } from './entries.case.ts'

const ASSEMBLED = Buffer.from('{"model":"m","stream":true,"messages":[],"tools":[]}')

export const PAIR = makeOriginalsKeys()

/** The same entry with its original beside it. */
function withOriginal<Each extends Opening | Ending>(entry: Each, part: 'prompt' | 'reply'): Each {
  const original = originalsTo(PAIR.publicKey)(Buffer.from('text'), entry.exchange, part)
  return { ...entry, ...(entry.body && { body: { ...entry.body, original, unmaskable: true } }) }
}

/** Between them these bear every field that an entry may have. */
export function entries(): Entry[] {
  const [asked, replied] = exchangeOf({ nth: 1, text: 'text' })
  const [denied] = exchangeOf({ nth: 3, text: 'text', session: 'SessionTwo' })
  const deny: Opening = {
    ...denied,
    policy: 'c0',
    verdict: { kind: 'deny', rule: 'r', reason: 'why', failed: true, secret: 'block' },
    retryOf: idOf(1),
    follows: idOf(1),
    warmUp: true,
    credential: 'c',
    keep: 'redacted',
    body: { bytes: ASSEMBLED, type: 'application/json', received: 'r', sent: 's', assembled: true },
    retain: '7y',
    measure: { size: 3, type: 'text/plain', received: 'r', sent: 's' },
  }
  const failed: Ending = {
    ...replied,
    kind: 'failed',
    exchange: idOf(3),
    fault: 'upstream.reset',
    reason: 'why',
    authored: true,
    alerts: ['restore.refused'],
    policy: 'c0',
    tunnel: { sent: 1, received: 2 },
    outcomes: { taken: 1, foreign: 0, unknown: 0, repeated: 0 },
    measure: { size: 3, type: 'text/plain', received: 'r', sent: 's' },
  }
  const own = JSON.stringify({ input: 'more', previous_response_id: 'r0', generate: false })
  const body = { bytes: Buffer.from(own), type: 'application/json', received: 'r', sent: 's' }
  const old = AT - 10 * 86_400_000
  const over: Opening = { ...refusedOf(7, 'text'), exchange: idOf(7, old), at: old, retain: '1d' }
  const goesOn: Opening = { ...asked, exchange: idOf(4), route: 'responses', follows: idOf(99), body }
  return [
    ...[
      over,
      withOriginal(asked, 'prompt'),
      withOriginal(replied, 'reply'),
      goesOn,
      refusedOf(2, 'text'),
      deny,
      failed,
    ],
    ...[1, 3].map((nth) => outcomeOf(nth, 'text')),
  ]
}

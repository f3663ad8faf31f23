/** Which entries say something of one exchange: what was done to others, and holds that are not about it, say nothing of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Note, Scope } from '#exchange'
import type { Store } from '../store.ts'
import { Context } from './context.ts'

const AT = 1_000_000
const OWN = 'own'
const act = (exchange: string) => ({ exchange, at: AT + 9, who: { value: 'a', source: 'observed' }, why: 'w' }) as const
const holdOf = (name: string, scope: Scope): Note => ({ kind: 'hold', ...act(name), scope })
const releaseOf = (name: string): Note => ({ kind: 'release', ...act(`end of ${name}`), hold: name })

/** The notes that go along with an exchange of session s over the connection c, by their ids. */
async function told(notes: readonly Note[], asked: 'exchange' | 'query', more: object = {}): Promise<string[]> {
  const placed = notes.map((note, at) => ({ seq: 10 + at, note }))
  const store = { notes: async (kind: string) => placed.filter(({ note }) => note.kind === kind) } as unknown as Store
  const context = await Context.of(
    store,
    asked === 'exchange' ? { kind: asked, exchange: OWN } : { kind: asked, now: AT },
  )
  const leaf = JSON.stringify({ v: 2, kind: 'asked', exchange: OWN, at: AT, seq: 1, fields: {} })
  const entry = { kind: 'asked', session: 's', connection: 'c' }
  context.take({ index: 0, leaf, proof: [], entry, ...more })
  const seqs = context.seqs([1], 100)
  return placed.filter(({ seq }) => seqs.includes(seq)).map(({ note }) => note.exchange)
}

const ABOUT = [
  holdOf('it', { exchange: OWN }),
  holdOf('its session', { session: 's', since: AT }),
  holdOf('its connection', { connection: 'c', until: AT + 1 }),
  holdOf('perhaps', { user: 'digest' }),
  releaseOf('it'),
]
const OTHERS = [
  holdOf('another', { exchange: 'other' }),
  holdOf('another session', { session: 't' }),
  holdOf('another connection', { connection: 'nope' }),
  holdOf('later', { since: AT + 1 }),
  holdOf('earlier', { until: AT }),
  releaseOf('another'),
  { kind: 'redact', ...act('redacted'), bodies: [] } satisfies Note,
  {
    kind: 'erase',
    ...act('erased'),
    basis: 'b',
    scope: {},
    exchanges: 1,
    sessions: 1,
    later: 0,
    notes: 0,
  } satisfies Note,
  { kind: 'purge', ...act('purged'), days: [] } satisfies Note,
]

test('with one exchange go holds that may be about it, and what was done to it', async () => {
  const ids = (notes: readonly Note[]) => notes.map(({ exchange }) => exchange)
  assert.deepEqual(await told([...ABOUT, ...OTHERS], 'exchange'), ids(ABOUT))
  assert.deepEqual(await told(OTHERS, 'exchange', { gone: 'erased' }), ['erased'])
  assert.deepEqual(await told(OTHERS, 'exchange', { anew: [{ by: 'redacted' }] }), ['redacted'])
  assert.deepEqual(await told([...ABOUT, ...OTHERS], 'query'), ids([...ABOUT, ...OTHERS]), 'of many all go along')
  const blank = {
    leaf: JSON.stringify({ v: 2, kind: 'asked', exchange: OWN, at: AT, seq: 1, fields: {} }),
    entry: undefined,
  }
  const some = await told([...ABOUT, ...OTHERS], 'exchange', blank)
  assert.deepEqual(
    some,
    [...ids(ABOUT), 'another session', 'another connection'],
    'of one that is gone nobody knows whose it was',
  )
})

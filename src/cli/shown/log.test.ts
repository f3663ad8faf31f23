/** What `gatelog show` prints of an entry that belongs to no exchange. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Note } from '#exchange'
import { toldEntry } from './log.ts'

const at = Date.UTC(2026, 10, 24, 12)
const told = (note: Note): string => toldEntry({ seq: 9, note })

test('a log that was begun names each that it ended', () => {
  const text = told({
    ...{ kind: 'begun', exchange: 'e', at, origin: 'new.example', why: 'put back' },
    who: { value: 'ana', source: 'declared' },
    former: { origin: 'old.example', size: 4, root: 'aa' },
    beside: [{ origin: 'other.example', size: 1, root: 'bb' }],
  })
  assert.match(text, /^ {2}goes on from old\.example over 4 entries, root aa$/m)
  assert.match(text, /^ {2}ended too {3}other\.example, over 1 entry$/m)
})

test('what a restore did again is counted in the singular too', () => {
  const text = told({
    ...{ kind: 'restored', exchange: 'e', at, from: 'b', taken: at, last: 4, sealed: 4, known: 4 },
    ...{ reader: { value: 'ana', source: 'declared' }, erasures: 1, holds: 2, purges: 0, revocations: 1, voided: 0 },
    locked: [1, 2],
  })
  assert.match(text, /^ {2}done again {2}1 erasure, 2 holds, 0 purges, 1 revocation$/m)
  assert.match(text, /^ {2}locked {6}entries 2–3 are here without the keys of their bodies$/m)
})

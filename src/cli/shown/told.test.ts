/** What `gatelog show` prints beside the words that were said. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Shown } from '#console'
import { told } from './told.ts'

const facts: Shown['opening'] = {
  ...({ kind: 'asked', exchange: 'e', at: 0, door: 'reverse', method: 'POST', path: '/', surface: 'v1' } as const),
  ...{ facts: {}, findings: [], keep: 'full' },
} as never
const shown = (more: Partial<Shown>): string => told({ seq: 1, opening: facts, bodies: {}, ...more }, false)

test('a label that is wider than its column does not run into its text', () =>
  assert.match(
    shown({ redactions: [{ part: 'prompt', by: 'b', findings: [] }] }),
    /^ {2}written anew the prompt, by entry b$/m,
  ))

test('each state that is an alarm is told as one, with its entries', () => {
  const seal = [
    { seq: 1, state: 'verified' },
    { seq: 2, state: 'misfiled' },
    { seq: 3, state: 'changed' },
    { seq: 4, state: 'unproven' },
    { seq: 5, state: 'misfiled' },
    { seq: 6, state: 'unknown' },
  ] as const
  assert.match(
    shown({ seal }),
    /^ {2}seal {8}CHANGED since it was sealed: entry 3; MISFILED, it is not what it is shown as: entry 2, 5; UNPROVEN, .*: entry 4; NOT KNOWN, .*: entry 6$/m,
  )
  assert.match(shown({ seal: seal.slice(0, 1) }), /^ {2}seal {8}verified$/m)
})

test('what is locked is no alarm, and says what that is', () => {
  const seal = [
    { seq: 3, state: 'locked' },
    { seq: 4, state: 'verified' },
  ] as const
  assert.match(
    shown({ seal }),
    /^ {2}seal {8}locked, all but the body is as it was sealed: entry 3; verified: entry 4$/m,
  )
})

test('where entries differ, each state is told with its entries', () => {
  const seal = [
    { seq: 1, state: 'verified' },
    { seq: 4, state: 'not sealed yet' },
  ] as const
  assert.match(shown({ seal }), /^ {2}seal {8}verified: entry 1; not sealed yet: entry 4$/m)
})

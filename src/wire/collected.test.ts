/** Events of a collector's body, however they stand in a row, and whatever else is sent there. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { eventsIn } from './collected.ts'

const all = (text: string, raw = false) => [...eventsIn(text, raw)]

test('objects in a row are events, with or without anything between them', () => {
  const events = [{ a: '}{"' }, { b: '\\' }, { c: { d: [{ e: '\\"' }] } }]
  const told = events.map((event) => JSON.stringify({ time: 1, host: 'x', event }))
  for (const between of ['', '\n', ' \r\n\t ']) {
    assert.deepEqual(all(told.join(between)), events)
    assert.deepEqual(all(`${between}${told.join(between)}${between}`), events)
  }
})

test('an event may be a text: JSON, or anything', () => {
  assert.deepEqual(all('{"event":"{\\"a\\":1}"}{"event":"hello"}{"event":0}'), [{ a: 1 }, 'hello', 0])
  assert.deepEqual(all('{"a":1}\n\n"b"\n', true), [{ a: 1 }, 'b'])
})

test('any objects come back as they were, in their order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.object({ withNullPrototype: false })),
      fc.constantFrom('', '\n', '  '),
      (events, between) => {
        const text = events.map((event) => JSON.stringify({ event })).join(between)
        assert.deepEqual(all(text), JSON.parse(JSON.stringify(events)))
      },
    ),
  )
})

test('what is broken is named by its number, and no bytes make it go on without end', () => {
  const broken = ['{"event":1}{', '{"event":1}}', '{"event":1}x', '{"event":1}{"event":"', '{"event":1},{"event":2}']
  for (const text of broken)
    assert.throws(() => all(text), { code: 'collector.body', detail: 'event 1: no JSON' }, text)
  for (const text of ['{}', '{"event":null}', '{"time":1}', 'null', '{"event":1}[]'])
    assert.throws(() => all(text), { code: 'collector.body' }, text)
  assert.throws(() => all('{"a":1}\n{', true), { detail: 'event 1: no JSON' })
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('{', '}', '"', '\\', 'a', '[', ',', ':', '\n') }), (text) => {
      try {
        all(text)
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'collector.body')
      }
    }),
    { numRuns: 2000 },
  )
})

test('nothing is no event', () => assert.deepEqual([all(''), all(' \n'), all('\n\n', true)], [[], [], []]))

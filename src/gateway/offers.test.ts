/** A connection that refuses WebSockets does not offer them; nothing else of the list of models changes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { offered } from './offers.ts'
import type { Way } from './steps.ts'

const way = (name: string, websocket: 'record' | 'refuse') =>
  ({ route: { kind: 'metadata', name }, connection: { websocket } }) as unknown as Way
const refused = (text: string) => offered(way('models', 'refuse'), text)

for (const [before, after] of [
  ['{"e":["/responses","ws:/responses"]}', '{"e":["/responses"]}'],
  ['{"e":["ws:/responses","/responses"]}', '{"e":["/responses"]}'],
  ['{"e":["/a", "ws:/responses", "/b"]}', '{"e":["/a", "/b"]}'],
  ['{"e":["/a",\n  "ws:/responses"\n]}', '{"e":["/a"\n]}'],
  ['{"e":["ws:/responses"]}', '{"e":[]}'],
  ['{"e":["ws:/responses","ws:/responses","/a"]}', '{"e":["/a"]}'],
  ['{"e":["ws:\\/responses","\\/responses"]}', '{"e":["\\/responses"]}'],
  ['{"ws:/responses":1,"a":"ws:/responses"}', '{"ws:/responses":1,"a":"ws:/responses"}'],
  ['{"a":"say \\"ws:/responses\\", please"}', '{"a":"say \\"ws:/responses\\", please"}'],
] as const)
  test(`${JSON.stringify(before)} is offered as ${JSON.stringify(after)}`, () => assert.equal(refused(before), after))

test('only a list of models changes, and only where WebSockets are refused', () => {
  const text = '["ws:/responses"]'
  assert.equal(offered(way('models', 'record'), text), text)
  assert.equal(offered(way('ping', 'refuse'), text), text)
})

test('of any JSON, the elements go and nothing else', () => {
  const ends = fc.constantFrom('ws:/responses', '/responses', 'a "ws:/responses", b', ',')
  fc.assert(
    fc.property(
      fc.array(fc.record({ id: ends, eps: fc.array(ends) })),
      fc.constantFrom(undefined, 2),
      (data, indent) => {
        const expected = data.map(({ id, eps }) => ({ id, eps: eps.filter((each) => each !== 'ws:/responses') }))
        assert.deepEqual(JSON.parse(refused(JSON.stringify({ data }, null, indent))), { data: expected })
      },
    ),
  )
})

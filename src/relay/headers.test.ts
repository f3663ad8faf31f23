/** Header hygiene, both ways, as golden tables. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { endToEnd, toClient, valuesOf, withoutLength } from './headers.ts'

test('golden: what of a request goes upstream', () => {
  const raw = [
    ...[
      'Host',
      'gateway',
      'Connection',
      'keep-alive, X-Hop',
      'X-Hop',
      '1',
      'Keep-Alive',
      'timeout=5',
      'TE',
      'trailers',
    ],
    ...[
      'Trailer',
      'x',
      'Transfer-Encoding',
      'chunked',
      'Upgrade',
      'h2c',
      'HTTP2-Settings',
      'x',
      'Proxy-Authorization',
      'x',
    ],
    ...[
      'Proxy-Connection',
      'x',
      'X-Gatelog-Key',
      'k',
      'x-gatelog-anything',
      'k',
      'X_Gatelog_Key',
      'k',
      'X-Forwarded-For',
      '1',
    ],
    ...['x-forwarded-host', 'h', 'X_Forwarded_Proto', 'p', 'Forwarded', 'for=1', 'Via', '1.1 a', 'X-Real-IP', '1'],
    ...['Content-Length', '3', 'Accept-Encoding', 'br', 'Expect', '100-continue', 'Api-Key', 'gone'],
    ...[
      'Authorization',
      'Bearer a',
      'anthropic-beta',
      'one',
      'Anthropic-Beta',
      'two',
      'session_id',
      's',
      'Content-Encoding',
      'gzip',
    ],
  ]
  assert.deepEqual(endToEnd(raw, ['api-key']), [
    ['Authorization', 'Bearer a'],
    ['anthropic-beta', 'one'],
    ['Anthropic-Beta', 'two'],
    ['session_id', 's'],
    ['Content-Encoding', 'gzip'],
  ])
})

test('golden: what of a reply reaches the client', () => {
  const raw = [
    ...[
      'Date',
      'd',
      'Connection',
      'close, X-Hop',
      'x-hop',
      '1',
      'Transfer-Encoding',
      'chunked',
      'Set-Cookie',
      'a',
      'set-cookie',
      'b',
    ],
    ...[
      'Alt-Svc',
      'h3',
      'X-Gatelog-Exchange',
      'forged',
      'Strict-Transport-Security',
      'max-age=1',
      'Clear-Site-Data',
      '*',
    ],
    ...['Proxy-Authenticate', 'x', 'Content-Length', '3', 'x-request-id', 'r', 'X-RateLimit', '1', 'x-ratelimit', '2'],
  ]
  assert.deepEqual(toClient(raw), [
    ['Date', 'd'],
    ['Content-Length', '3'],
    ['x-request-id', 'r'],
    ['X-RateLimit', '1'],
    ['x-ratelimit', '2'],
  ])
})

test('no forbidden name crosses, in any case or spelling; all else keeps its order', () => {
  const bad = fc.constantFrom('host', 'x-gatelog-key', 'x-forwarded-for', 'proxy-authorization', 'via', 'te', 'upgrade')
  const good = fc.constantFrom('accept', 'X-Stainless-Lang', 'user-agent', 'openai-organization')
  const spelt = fc.tuple(fc.oneof(bad, good), fc.boolean(), fc.boolean()).map(([name, upper, under]) => {
    const dashed = under && name !== 'user-agent' ? name.replaceAll('-', '_') : name
    return upper ? dashed.toUpperCase() : dashed
  })
  fc.assert(
    fc.property(fc.array(fc.tuple(spelt, fc.string())), (fields) => {
      const kept = endToEnd(fields.flat())
      const allowed = fields.filter(([name]) =>
        /^(accept|x.stainless.lang|user-agent|openai.organization)$/i.test(name),
      )
      assert.deepEqual(kept, allowed)
    }),
  )
})

test('single fields are found and taken out', () => {
  const headers: [string, string][] = [
    ['Content-Length', '1'],
    ['A', '1'],
    ['a', '2'],
  ]
  assert.deepEqual(withoutLength(headers), [
    ['A', '1'],
    ['a', '2'],
  ])
  assert.deepEqual(valuesOf(headers, 'a'), ['1', '2'])
})

/** What is read of tokens, accounts, endpoints and telemetry, and that nothing else of a reply changes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readToken, readTokenReply, readUser, tokenRefusal } from './account.ts'
import { rewriteEndpoints } from './endpoints.ts'
import { readOutcomes, telemetryPieces } from './telemetry.ts'

const TOKEN = 'tid=0123abc;ol=aa11,bb22;exp=1795616502;sku=copilot_for_business_seat_quota;chat=1;8kp=1:0f0f'

test('a token tells id, plan and end', () => {
  assert.deepEqual(readToken(TOKEN), { id: '0123abc', plan: 'business', until: 1_795_616_502_000 })
  assert.deepEqual(readToken('tid=a;sku=yearly_subscriber'), { id: 'a', plan: 'individual' })
  assert.deepEqual(readToken('tid=a;sku=free_limited_copilot;exp=soon'), { id: 'a', plan: 'free' })
  assert.deepEqual(readToken('tid=a;sku=copilot_enterprise_seat'), { id: 'a', plan: 'enterprise' })
  for (const none of ['gho_made_up', '', 'exp=1;x=tid', 'Bearer x']) assert.equal(readToken(none), undefined, none)
})

test('the user reply tells login, organisations, plan and id; what is missing or odd is left out', () => {
  const user = {
    login: 'mona',
    copilot_plan: 'business',
    analytics_tracking_id: '01',
    organization_login_list: ['acme'],
  }
  const list = { organization_list: [{ login: 'acme', name: 'Acme' }, { login: 'lab' }] }
  const expected = { login: 'mona', organizations: ['acme', 'lab'], plan: 'business', id: '01' }
  assert.deepEqual(readUser(JSON.stringify({ ...user, ...list })), expected)
  for (const odd of ['', 'null', '[]', '{"login":7,"copilot_plan":{},"organization_list":"x"}', '"x"'])
    assert.deepEqual(readUser(odd), {}, odd)
})

test('the token reply tells the token and what it knows of its account', () => {
  const reply = {
    token: TOKEN,
    organization_list: ['acme', 'a5db0bcaae94032fe715fb34a5e4bce2'],
    sku: 'copilot_for_business_seat',
  }
  const account = { organizations: ['acme'], plan: 'business', id: '0123abc' }
  assert.deepEqual(readTokenReply(JSON.stringify(reply)), { account, token: TOKEN })
  assert.equal(readTokenReply('{"individual":true,"sku":"free_limited_copilot"}').account.plan, 'free')
  assert.equal(readTokenReply('{"individual":true,"sku":"monthly_subscriber"}').account.plan, 'individual')
  assert.deepEqual(readTokenReply('oops'), { account: {} })
  assert.equal(JSON.parse(tokenRefusal('no "x"')).error_details.message, 'no "x"')
})

const ADDRESSES: Record<string, string> = { api: 'http://gw/c/x/api', proxy: 'http://gw/c/x/proxy' }

test('endpoints are rewritten, and every other byte stays', () => {
  const reply =
    ' { "a" : "https:\\/\\/api" , "endpoints":{"api":"https:\\/\\/api.b.com","proxy":"p","telemetry":"t","x":{"api":"q"}},\n"list":[{"endpoints":{"api":"z"}}], "n":1.50 }'
  const expected = reply
    .replace('"https:\\/\\/api.b.com"', '"http://gw/c/x/api"')
    .replace('"proxy":"p"', '"proxy":"http://gw/c/x/proxy"')
  assert.equal(
    rewriteEndpoints(reply, (host) => ADDRESSES[host]),
    expected,
  )
  const plain = '{"token":"x"}'
  assert.equal(
    rewriteEndpoints(plain, (host) => ADDRESSES[host]),
    plain,
  )
})

test('whatever else a reply holds comes through rewriting as it is', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string().filter((key) => key !== 'endpoints' && key !== '__proto__'),
        fc.jsonValue(),
      ),
      (more) => {
        const reply = { ...more, endpoints: { api: 'https://a', other: 'b' } }
        const out = JSON.parse(rewriteEndpoints(JSON.stringify(reply), (host) => ADDRESSES[host]))
        assert.deepEqual(
          out,
          JSON.parse(JSON.stringify({ ...reply, endpoints: { api: 'http://gw/c/x/api', other: 'b' } })),
        )
      },
    ),
  )
})

const event = (name: string, properties: object = {}, measurements: object = {}) => ({
  time: '2026-11-25T14:21:44.552Z',
  data: {
    baseType: 'EventData',
    baseData: { name, properties: { headerRequestId: 'r1', ...properties }, measurements },
  },
})

const EVENTS = [
  event('agent/ghostText.issued'),
  event('agent/ghostText.shown', { choiceIndex: '0' }, { compCharLen: 13, numLines: 1 }),
  event('agent/ghostText.accepted', { compType: 'full', choiceIndex: '1' }),
  event('copilot/ghostText.accepted', { compType: 'partial' }),
  event('agent/ghostText.rejected'),
  event('agent/ghostText.stillInCode', {}, { stillInCodeHeuristic: 1 }),
  event('agent/ghostText.stillInCode', {}, { stillInCodeHeuristic: 0 }),
  event('copilot-chat/conversation.acceptedCopy'),
  event('agent/ghostText.shown', { headerRequestId: 7 }),
  event('agent/ghostText.shownX'),
  { data: 'nothing' },
]

test('a telemetry tells outcomes, as one document or as one a line', () => {
  const names = ['shown', 'accepted', 'partly', 'rejected', 'kept', 'gone', 'accepted']
  const whole = readOutcomes(JSON.stringify(EVENTS))
  assert.deepEqual(
    whole.map(({ outcome }) => outcome),
    names,
  )
  assert.deepEqual(whole[0], {
    ...{ request: 'r1', outcome: 'shown', event: 'ghostText.shown', happened: Date.parse('2026-11-25T14:21:44.552Z') },
    ...{ choice: 0, characters: 13, lines: 1 },
  })
  const lines = EVENTS.map((each) => JSON.stringify(each)).join('\n')
  assert.deepEqual(readOutcomes(`${lines}\n`), whole)
  assert.deepEqual(readOutcomes(`{"cut\n${lines}`), whole)
})

test('no telemetry makes the reader throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => void readOutcomes(JSON.stringify({ headerRequestId: value, data: value }))),
  )
  fc.assert(fc.property(fc.string(), (text) => void readOutcomes(`headerRequestId${text}\n{"data":${text}`)))
})

test('the strings of a telemetry stand where they stand, line by line', () => {
  for (const text of [JSON.stringify(EVENTS), EVENTS.map((each) => JSON.stringify(each)).join('\n\n')]) {
    const pieces = telemetryPieces(text)
    assert.ok(pieces.length > 20)
    for (const { start, end, value } of pieces) assert.equal(text.slice(start, end), value)
  }
  assert.throws(() => telemetryPieces('{"a":1}\nnot json'), { code: 'request.json' })
})

/** What each client is told in each situation: status, headers and body, byte for byte, as refusals.golden.txt has them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { FAULTS, Fault, type FaultCode } from '#exchange'
import { FLAVOURS, type Flavour, flavourOf, refusalOf } from './refusals.ts'

const EXCHANGE = '0199f2c4-0000-7000-8000-000000000001'
/** One fault for each situation, with what it tells. */
const SITUATIONS: readonly (readonly [FaultCode, string])[] = [
  ['policy.deny', 'no-dumps: Ask the data team'],
  ['policy.secret', 'github-pat in messages.0.content'],
  ['limit.requests', '64 at a time'],
  ['identity.missing', ''],
  ['identity.revoked', ''],
  ['identity.expired', ''],
  ['trail.unavailable', 'disk full'],
  ['request.connection', 'nowhere'],
  ['request.json', 'position 7'],
  ['limit.body', 'more than 33554432 bytes'],
  ['upstream.timeout', 'no reply within 700 ms'],
  ['gateway.draining', ''],
]

const told = (code: FaultCode, detail: string, flavour: Flavour, streamed: boolean): string => {
  const { status, headers, body } = refusalOf(new Fault(code, detail || undefined), flavour, EXCHANGE, streamed)
  return [
    `${code} → ${flavour}: ${status}`,
    ...headers.map(([name, value]) => `  ${name}: ${value}`),
    `  ${body.trimEnd()}`,
  ].join('\n')
}

const all = SITUATIONS.flatMap(([code, detail]) => FLAVOURS.map((flavour) => told(code, detail, flavour, true)))
all.push(told('policy.deny', 'x', 'ghost', false))

test('every refusal is the one of the golden file', () => {
  const golden = readFileSync(new URL('./refusals.golden.txt', import.meta.url), 'utf8')
  assert.equal(`${all.join('\n\n')}\n`, golden)
})

test('a policy refusal is never 401, 403 or 429, and ghost text is never an error', () => {
  for (const flavour of FLAVOURS)
    for (const code of [
      'policy.deny',
      'policy.error',
      'policy.secret',
      'policy.approval',
      'policy.reply',
      'limit.requests',
      'limit.bytes',
    ] as const)
      assert.ok(![401, 403, 429].includes(refusalOf(new Fault(code), flavour, EXCHANGE, true).status))
  for (const code of Object.keys(FAULTS) as FaultCode[])
    assert.equal(refusalOf(new Fault(code), 'ghost', EXCHANGE, true).status, 200, code)
})

test('what a developer reads is at most 200 characters, and a reason cannot leave its string', () => {
  for (const flavour of FLAVOURS) {
    const { body } = refusalOf(new Fault('policy.deny', `r: "}],\n${'x'.repeat(500)}`), flavour, EXCHANGE, true)
    if (flavour === 'ghost') continue
    if (flavour === 'socket') {
      const { response } = JSON.parse(body.slice('data: '.length)) as { response: { error: { message: string } } }
      assert.ok(response.error.message.length <= 'Gatelog:  [policy.deny 0199f2c4-0000]'.length + 200)
      continue
    }
    const text = body.startsWith('{') ? (JSON.parse(body) as { error: { message: string } }).error.message : body
    assert.ok(text.length <= 'Gatelog:  [policy.deny 0199f2c4-0000]'.length + 200, `${flavour} ${text.length}`)
  }
})

const WAYS: readonly (readonly [Parameters<typeof flavourOf>[0], Flavour])[] = [
  [{ protocol: 'messages', copilot: false, host: 'api', client: 'claude-code' }, 'claude-code'],
  [{ protocol: 'messages', copilot: true, host: 'api', client: 'copilot-cli' }, 'messages'],
  [{ protocol: 'responses', copilot: false, host: 'api', client: 'codex' }, 'codex'],
  [{ protocol: 'responses', copilot: false, host: 'api', client: 'openai-sdk' }, 'responses'],
  [{ protocol: 'chat', copilot: false, host: 'api', client: 'copilot-cli' }, 'chat'],
  [{ protocol: 'chat', copilot: true, host: 'api', client: 'vscode-copilot' }, 'copilot-chat'],
  [{ protocol: 'chat', copilot: true, host: 'proxy', client: 'vscode-copilot' }, 'ghost'],
  [{ protocol: 'completions', copilot: true, host: 'proxy', client: undefined }, 'ghost'],
  [{ protocol: 'completions', copilot: false, host: 'api', client: undefined }, 'chat'],
  [{ protocol: undefined, copilot: true, host: 'api', client: 'vscode-copilot' }, 'plain'],
  [{ protocol: undefined, copilot: true, host: 'api', client: 'copilot-cli', method: 'UPGRADE' }, 'upgrade'],
  [{ protocol: 'responses', copilot: false, host: 'api', client: 'codex', method: 'MESSAGE' }, 'socket'],
  [{ protocol: undefined, copilot: false, host: 'api', client: 'codex', method: 'OTHER' }, 'socket'],
]
for (const [asked, flavour] of WAYS)
  test(`${asked.client ?? 'anybody'} asking ${asked.protocol ?? 'metadata'} of ${asked.copilot ? 'Copilot' : 'a provider'} is told as ${flavour}`, () =>
    assert.equal(flavourOf(asked), flavour))

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectionRow } from '#console'
import { Fault } from '#exchange'
import { makeKey } from '#identity'
import { CLIENTS } from './clients.ts'
import { connectionFor, targetOf, unknownConnection } from './target.ts'

const random = (bytes: number) => new Uint8Array(bytes).fill(7)
const USER = makeKey('user', random)
const PATH = makeKey('path', random)
const GATEWAY = 'http://127.0.0.1:8484'

const row = (kind: string, credentials = 'passthrough', address = 'https://p.example/'): ConnectionRow => ({
  ...{ name: kind, kind, credentials },
  hosts: { api: address },
})
const client = (name: string) => CLIENTS.find((each) => each.name === name) ?? assert.fail(name)
const textOf = (name: string, connection: ConnectionRow, key?: string, model?: string) =>
  client(name)
    .settings(targetOf(connection, GATEWAY, key, model))
    .text.replaceAll(USER, 'KEY')
    .replaceAll(PATH, 'PATHKEY')

const GOLDEN: readonly (readonly [string, string, string])[] = [
  [
    'claude, own login',
    textOf('claude', row('anthropic'), USER),
    `{\n  "env": {\n    "ANTHROPIC_BASE_URL": "${GATEWAY}/c/anthropic",\n    "ANTHROPIC_CUSTOM_HEADERS": "x-gatelog-key: KEY"\n  }\n}\n`,
  ],
  [
    'claude, brokered',
    textOf('claude', row('anthropic', 'brokered'), USER),
    `{\n  "env": {\n    "ANTHROPIC_BASE_URL": "${GATEWAY}/c/anthropic",\n    "ANTHROPIC_AUTH_TOKEN": "KEY"\n  }\n}\n`,
  ],
  [
    'codex, own login, key from the environment',
    textOf('codex', row('openai')),
    `model_provider = "gatelog"\n\n[model_providers.gatelog]\nname = "Gatelog"\nbase_url = "${GATEWAY}/c/openai/v1"\nwire_api = "responses"\nrequires_openai_auth = true\nenv_http_headers = { "x-gatelog-key" = "GATELOG_KEY" }\n`,
  ],
  [
    'codex, a base address with a version of its own',
    textOf('codex', row('openai-compatible', 'brokered', 'http://127.0.0.1:11434/v1'), USER),
    `model_provider = "gatelog"\n\n[model_providers.gatelog]\nname = "Gatelog"\nbase_url = "${GATEWAY}/c/openai-compatible"\nwire_api = "responses"\nhttp_headers = { "x-gatelog-key" = "KEY" }\n`,
  ],
  [
    'copilot-cli, own provider key, GPT-5',
    textOf('copilot-cli', row('openai'), USER, 'gpt-5.4'),
    `export COPILOT_PROVIDER_BASE_URL='${GATEWAY}/c/openai/v1'\nexport COPILOT_PROVIDER_TYPE='openai'\nexport COPILOT_PROVIDER_WIRE_API='responses'\nexport COPILOT_PROVIDER_HEADERS='x-gatelog-key: KEY'\nexport COPILOT_MODEL='gpt-5.4'\n`,
  ],
  [
    'copilot-cli, anthropic, no key given',
    textOf('copilot-cli', row('anthropic', 'brokered'), undefined, "it's"),
    `export COPILOT_PROVIDER_BASE_URL='${GATEWAY}/c/anthropic'\nexport COPILOT_PROVIDER_TYPE='anthropic'\nexport COPILOT_PROVIDER_API_KEY="$GATELOG_KEY"\nexport COPILOT_MODEL='it'\\''s'\n`,
  ],
  [
    'copilot-cli, signed in',
    textOf('copilot-cli', row('copilot'), PATH),
    `export COPILOT_API_URL='${GATEWAY}/k/PATHKEY/c/copilot/api'\n`,
  ],
  [
    'openai',
    textOf('openai', row('openai'), USER),
    `export OPENAI_BASE_URL='${GATEWAY}/c/openai/v1'\nexport OPENAI_CUSTOM_HEADERS='x-gatelog-key: KEY'\n`,
  ],
  [
    'anthropic, demo',
    textOf('anthropic', row('demo'), USER),
    `export ANTHROPIC_BASE_URL='${GATEWAY}/c/demo'\nexport ANTHROPIC_API_KEY='KEY'\n`,
  ],
]
for (const [name, text, golden] of GOLDEN) test(`the settings of ${name}`, () => assert.equal(text, golden))

const faultOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof Fault) return `${error.code} ${error.detail ?? ''}`.trim()
    throw error
  }
  return 'none'
}

test('what does not fit is refused by name', () => {
  const rows = [row('openai'), row('anthropic'), row('demo')]
  assert.equal(
    faultOf(() => connectionFor(client('codex'), rows, 'none')),
    'request.connection none',
  )
  assert.match(
    faultOf(() => connectionFor(client('codex'), rows, undefined)),
    /choose with --connection: openai, demo/,
  )
  assert.match(
    faultOf(() => connectionFor(client('codex'), rows, 'anthropic')),
    /of kind anthropic; codex speaks to/,
  )
  assert.match(
    faultOf(() => connectionFor(client('claude'), [row('openai')], undefined)),
    /no connection that claude/,
  )
  assert.equal(connectionFor(client('claude'), [row('openai'), row('anthropic')], undefined).name, 'anthropic')
  assert.equal(
    faultOf(() => targetOf(row('openai'), GATEWAY, `${USER.slice(0, -1)}!`)),
    'identity.unknown',
  )
  assert.match(
    faultOf(() => textOf('copilot-cli', row('copilot'), USER)),
    /identity\.channel .*--path/,
  )
})

test('a gateway that cannot be asked is believed what the command line says of it', () => {
  assert.deepEqual(unknownConnection(client('copilot-cli'), 'x', { brokered: true }).credentials, 'brokered')
  assert.deepEqual(unknownConnection(client('copilot-cli'), 'x', {}).kind, 'openai')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { client, faultOf, GATEWAY, PATH, row, textOf, USER } from './settings.case.ts'
import { connectionFor, targetOf, unknownConnection, type Way } from './target.ts'

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
  [
    'vscode, through the agent',
    textOf('vscode', row('copilot'), undefined, undefined, { agent: true }),
    `{\n    "http.proxy": "${GATEWAY}"\n}\n`,
  ],
  [
    'copilot-language-server, key from the environment',
    textOf('copilot-language-server', row('copilot'), undefined, undefined, { ca: '/ca.pem' }),
    `export HTTPS_PROXY="http://gatelog:$GATELOG_KEY@127.0.0.1:8484"\nexport HTTP_PROXY="http://gatelog:$GATELOG_KEY@127.0.0.1:8484"\nexport NODE_EXTRA_CA_CERTS='/ca.pem'\n`,
  ],
  [
    'copilot-cli as proxy',
    textOf('copilot-cli', row('copilot'), USER, undefined, { forward: true, ca: '/ca.pem' }),
    `export HTTPS_PROXY='http://gatelog:KEY@127.0.0.1:8484'\nexport HTTP_PROXY='http://gatelog:KEY@127.0.0.1:8484'\nexport NODE_EXTRA_CA_CERTS='/ca.pem'\n`,
  ],
  [
    'neovim, key from the environment',
    textOf('neovim', row('copilot'), undefined, undefined, { ca: "/o'k.pem" }),
    `" written by gatelog connect neovim, taken out by --undo\nlet g:copilot_proxy = 'http://gatelog:' . $GATELOG_KEY . '@127.0.0.1:8484'\nlet $NODE_EXTRA_CA_CERTS = '/o''k.pem'\n`,
  ],
  [
    'jetbrains, through the agent',
    textOf('jetbrains', row('copilot'), undefined, undefined, { agent: true }),
    `<application>\n  <component name="HttpConfigurable">\n    <option name="USE_HTTP_PROXY" value="true" />\n    <option name="PROXY_HOST" value="127.0.0.1" />\n    <option name="PROXY_PORT" value="8484" />\n  </component>\n</application>\n`,
  ],
]
for (const [name, text, golden] of GOLDEN) test(`the settings of ${name}`, () => assert.equal(text, golden))

test('what does not fit is refused by name', () => {
  const rows = [row('openai'), row('anthropic'), row('demo')]
  assert.equal(
    faultOf(() => connectionFor(client('codex'), rows, { connection: 'none' })),
    'request.connection none',
  )
  assert.match(
    faultOf(() => connectionFor(client('codex'), rows, {})),
    /choose with --connection: openai, demo/,
  )
  assert.match(
    faultOf(() => connectionFor(client('codex'), rows, { connection: 'anthropic' })),
    /of kind anthropic; codex speaks to/,
  )
  assert.match(
    faultOf(() => connectionFor(client('claude'), [row('openai')], {})),
    /no connection that claude/,
  )
  assert.equal(connectionFor(client('claude'), [row('openai'), row('anthropic')], {}).name, 'anthropic')
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
  const kindOf = (name: string, asked: Way) => unknownConnection(client(name), asked).kind
  assert.equal(unknownConnection(client('codex'), { connection: 'x', brokered: true }).credentials, 'brokered')
  assert.equal(kindOf('copilot-cli', { connection: 'x', kind: 'copilot' }), 'copilot')
  assert.equal(kindOf('copilot-cli', { connection: 'copilot' }), 'copilot')
  assert.equal(kindOf('codex', { connection: 'x' }), 'openai')
  assert.equal(kindOf('claude', { connection: 'x' }), 'anthropic')
  assert.equal(kindOf('claude', { connection: 'copilot', kind: 'anthropic' }), 'anthropic')
})

test('and where it does not say, nothing is guessed that would make other settings', () => {
  const refusal = (name: string, asked: Way) => faultOf(() => unknownConnection(client(name), asked))
  assert.match(
    refusal('copilot-cli', { connection: 'x' }),
    /usage\.option .*say --kind, one of copilot, openai, .* for x/,
  )
  for (const name of ['codex', 'claude', 'openai', 'anthropic'])
    assert.match(refusal(name, { connection: 'copilot' }), /copilot is a connection of kind copilot; /, name)
  assert.match(refusal('codex', {}), /name the --connection/)
  assert.match(refusal('vscode', { connection: 'x', kind: 'demo' }), /x is a connection of kind demo; vscode/)
})

test('what takes the gateway as its proxy wants no connection named', () => {
  assert.equal(unknownConnection(client('vscode'), {}).name, '')
  assert.equal(unknownConnection(client('copilot-cli'), { forward: true }).name, '')
  assert.equal(connectionFor(client('ci'), [row('openai'), row('copilot')], {}).name, 'openai')
  assert.match(
    faultOf(() => connectionFor(client('vscode'), [row('demo')], {})),
    /no connection that vscode can speak to \(kind copilot, openai, anthropic\).*--agent/,
  )
  assert.match(
    faultOf(() => connectionFor(client('codex'), [row('openai')], { connection: 'openai', kind: 'demo' })),
    /--kind: openai is a connection of kind openai/,
  )
})

test('an agent that wants a secret is shown it: in the address, and as the password of the proxy', () => {
  const shown = (name: string, kind: string) =>
    textOf(name, row(kind), undefined, undefined, { agent: true, secret: 's3' })
  assert.match(shown('codex', 'openai'), /base_url = "http:\/\/127\.0\.0\.1:8484\/a\/s3\/c\/openai\/v1"/)
  assert.match(shown('vscode', 'copilot'), /"http:\/\/agent:s3@127\.0\.0\.1:8484"/)
  assert.match(shown('jetbrains', 'copilot'), /PROXY_AUTHENTICATION" value="true"/)
})

test('a job’s file names nothing of this machine', () => {
  const { path, named } = client('ci').ca?.('/home/ana/project/gatelog-ci.env') ?? assert.fail()
  assert.equal(path, '/home/ana/project/gatelog-ca.pem')
  const text = textOf('ci', row('copilot'), undefined, undefined, { ca: named })
  assert.match(text, /^export NODE_EXTRA_CA_CERTS="\$PWD\/gatelog-ca\.pem"$/m)
  assert.doesNotMatch(text, /home|ana/)
})

test('a file with comments keeps them, and its own proxy comes back', () => {
  const { write, remove } = client('vscode').settings(targetOf(row('copilot'), GATEWAY, USER, { agent: true }))
  for (const before of [
    '',
    '{}',
    '// mine\n{\n  // keep\n  "a": 1, /* b */\n}\n',
    '{\r\n\t"http.proxy": "http://old:1", // mine\r\n\t"z": [],\r\n}',
  ]) {
    const written = write(before)
    assert.ok(written.includes(`"http.proxy": "${GATEWAY}"`), written)
    for (const comment of ['// mine', '// keep', '/* b */'])
      assert.equal(written.includes(comment), before.includes(comment))
    assert.equal(write(written), written)
    assert.equal(remove(written, before).includes('http://old:1'), before.includes('http://old:1'))
    assert.ok(!remove(written, before).includes(GATEWAY))
  }
  assert.match(
    faultOf(() => write('{ "a": ')),
    /^client\.settings line 1/,
  )
  assert.match(
    faultOf(() => write('[]')),
    /^client\.settings/,
  )
})

test('a file of another is not written over, and what clients cannot use is refused', () => {
  const { write, remove } = client('neovim').settings(targetOf(row('copilot'), GATEWAY, USER, {}))
  assert.match(
    faultOf(() => write('let g:mine = 1')),
    /^client\.settings/,
  )
  assert.equal(remove(write(''), ''), '')
  const secure = () => client('vscode').settings(targetOf(row('copilot'), 'https://g.example', USER, {}))
  assert.match(faultOf(secure), /usage\.option .*gatelog agent/)
  const inPath = () => client('ci').settings(targetOf(row('copilot'), GATEWAY, PATH, {}))
  assert.match(faultOf(inPath), /identity\.channel/)
})

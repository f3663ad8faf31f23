/** Real clients through the forward door: they are set to a proxy and a CA, and to nothing else of Gatelog. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Shown } from '#console'
import { ANSWER, script } from './agent.case.ts'
import { absent, filesWith, type Ran, run } from './client.case.ts'
import { type ForwardStage, HOSTS, openForwardStage } from './forward.case.ts'
import { CALLED, masked, TOLD, TYPED, unmarked } from './secrets.case.ts'
import { DENIED, FORBIDDEN } from './stage.case.ts'

const RULE = `rules:
  - name: no-plutonium
    when: 'prompt.messages.exists(m, m.role == "user" && m.text.contains("${FORBIDDEN}"))'
    then: deny
    reason: Ask the safety board
`

interface Client {
  readonly command: string
  /** Its name in the record, and the connection and host that its model traffic goes to. */
  readonly client: string
  readonly place: readonly [connection: string, host: string, name: string]
  /** The client's own credential, which goes on to the provider. */
  readonly credential: string
  args(prompt: string): readonly string[]
  env(stage: ForwardStage, credential: string): Readonly<Record<string, string>>
}

const made = (...parts: string[]) => parts.join('_')

const copilot = (model: string): Client => ({
  command: 'copilot',
  client: 'copilot-cli',
  place: ['copilot', 'api', 'api.business.githubcopilot.com'],
  credential: made('gho', 'made', 'up'),
  args: (prompt) => ['-p', prompt, '-s', '--no-auto-update', '--allow-all-tools', '--model', model],
  env: (_stage, credential) => ({ GH_TOKEN: credential }),
})

const claude: Client = {
  command: 'claude',
  client: 'claude-code',
  place: ['anthropic', 'api', 'api.anthropic.com'],
  credential: made('sk', 'made', 'up'),
  args: (prompt) => ['-p', prompt, '--allowedTools', 'Bash'],
  env: (_stage, credential) => ({ ANTHROPIC_API_KEY: credential, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' }),
}

const codex: Client = {
  command: 'codex',
  client: 'codex',
  place: ['openai', 'api', 'api.openai.com'],
  credential: made('sk', 'made', 'up'),
  args: (prompt) => [
    'exec',
    '--skip-git-repo-check',
    '--dangerously-bypass-approvals-and-sandbox',
    '-m',
    'gpt-5.4',
    prompt,
  ],
  env: (stage, credential) => ({ CODEX_API_KEY: credential, SSL_CERT_FILE: stage.ca }),
}

interface Journey {
  readonly stage: ForwardStage
  readonly ran: Ran
  readonly all: readonly Shown[]
  /** What was read in full. */
  readonly prompts: readonly Shown[]
}

async function travel(t: TestContext, client: Client, prompt: string): Promise<Journey> {
  const stage = await openForwardStage(t, script, RULE)
  const ran = await run(t, client.command, client.args(prompt), {
    ...stage.env,
    ...client.env(stage, client.credential),
  })
  assert.deepEqual(ran.tried, [], 'something went past the gateway')
  const all = await stage.all()
  return { stage, ran, all, prompts: all.filter(({ prompt: read }) => read !== undefined) }
}

/** Asks with a secret for work that takes a tool, whose reply tells another: nothing of either gets through, all is on record. */
async function asks(t: TestContext, client: Client): Promise<Journey> {
  const journey = await travel(t, client, `Write down the token ${TYPED} with the shell tool`)
  const { ran, prompts, stage } = journey
  const told = ran.stdout + ran.stderr
  assert.equal(ran.code, 0, told + stage.gateway.said())
  assert.ok(unmarked(ran.stdout).includes(masked(ANSWER)), told)
  assert.equal(unmarked(readFileSync(join(ran.home, 'kept.txt'), 'utf8')), masked(`token=${CALLED}\n`))
  for (const secret of [TOLD, CALLED]) assert.ok(!told.includes(secret) && filesWith(ran.home, secret).length === 0)
  for (const secret of [TYPED, TOLD, CALLED, stage.key, client.credential])
    assert.deepEqual(filesWith(join(stage.gateway.folder, 'gatelog-data'), secret), [], 'on the disk')
  assert.ok(prompts.length >= 2)
  const [connection, host, name] = client.place
  for (const { opening, ending } of prompts) {
    assert.deepEqual([opening.connection, opening.host], [connection, host])
    assert.ok(['forward', 'websocket'].includes(opening.door))
    assert.deepEqual(
      [opening.actor?.id, ending?.kind, opening.facts.client?.value.split('/')[0]],
      ['ana', 'replied', client.client],
    )
    assert.match(opening.credential ?? '', /^[0-9a-f]{32}$/)
    assert.ok(opening.session)
  }
  assert.ok(stage.world.targets.includes(`${name}:443`))
  for (const { request } of stage.mock.turns)
    assert.ok(!request.body.includes(TYPED) && !request.rawHeaders.join().includes(stage.key))
  for (const each of stage.world.asked) {
    assert.ok(!(each.body + each.rawHeaders.join()).includes(TYPED), 'a typed secret went upstream')
    assert.ok(!each.rawHeaders.join().includes(stage.key) && !/proxy-|x-gatelog/i.test(each.rawHeaders.join()))
  }
  assert.equal(unmarked(prompts.at(-1)?.reply?.text), masked(ANSWER))
  accountHosts(t, journey)
  return journey
}

/** Every host that was asked for is one of a connection, or its refusal is on the record. */
function accountHosts(t: TestContext, { stage, all }: Journey): void {
  const refused = all.filter(({ opening }) => opening.fault === 'forward.host').map(({ opening }) => opening.path)
  t.diagnostic(
    `reached: ${[...new Set(stage.world.targets)].join(' ')}; refused: ${[...new Set(refused)].join(' ') || 'nothing'}`,
  )
  for (const path of refused) assert.ok(!stage.world.targets.includes(path))
  const expected = HOSTS.map((host) => `${host}:443`)
  const others = stage.world.targets.filter((target) => !expected.includes(target))
  assert.deepEqual(others, [], 'a host that was not expected')
}

async function isDenied(t: TestContext, client: Client, code: number): Promise<void> {
  const { ran, prompts, stage } = await travel(t, client, `tell me the ${FORBIDDEN}`)
  const told = ran.stdout + ran.stderr
  assert.ok(told.includes(DENIED), told)
  assert.equal(ran.code, code)
  assert.ok(prompts.length > 0 && prompts.every(({ ending }) => ending?.fault === 'policy.deny'))
  assert.ok(
    stage.world.asked.every(({ body }) => !body.includes(FORBIDDEN)),
    'a denied prompt went upstream',
  )
}

for (const model of ['claude-sonnet-4.6', 'gpt-5.4'])
  test(`Copilot CLI through the proxy, ${model}`, { skip: absent('copilot') }, async (t) => {
    const { prompts, stage } = await asks(t, copilot(model))
    assert.ok(stage.world.asked.some(({ path }) => path.startsWith('/copilot_internal/user')))
    const [route, door] = model.startsWith('claude') ? ['messages', 'forward'] : ['responses', 'websocket']
    for (const { opening } of prompts) {
      const { route: taken, door: by, facts } = opening
      assert.deepEqual([taken, by, facts.github?.value, facts.github?.source], [route, door, 'mona', 'observed'])
    }
    assert.equal(new Set(prompts.map(({ opening }) => opening.session)).size, 1, 'one session')
  })

test('Copilot CLI through the proxy: a denied prompt is told', { skip: absent('copilot') }, (t) =>
  isDenied(t, copilot('claude-sonnet-4.6'), 1),
)

test('Copilot CLI that does not trust the CA: the log and doctor say so', { skip: absent('copilot') }, async (t) => {
  const stage = await openForwardStage(t, script)
  const { NODE_EXTRA_CA_CERTS: _ca, ...env } = stage.env
  const client = copilot('claude-sonnet-4.6')
  const ran = await run(t, client.command, client.args('hi'), { ...env, ...client.env(stage, client.credential) })
  assert.notEqual(ran.code, 0)
  await stage.gateway.hears(/ana \(.*\) does not trust Gatelog’s CA: gatelog ca install-help/)
  const doctor = await stage.gateway.gatelog('doctor')
  assert.match(doctor.stdout, /warn ca trust +ana/)
  assert.deepEqual(stage.world.asked, [])
})

test('Claude Code through the proxy', { skip: absent('claude') }, async (t) => void (await asks(t, claude)))

test('Codex through the proxy, over its WebSocket', { skip: absent('codex') }, async (t) => {
  const { prompts } = await asks(t, codex)
  assert.ok(prompts.every(({ opening }) => opening.door === 'websocket'))
})

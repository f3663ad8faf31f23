// Real clients through a real gateway to the demo upstream: what they print, what they sent, what the record says.
import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Shown } from '#console'
import type { Summary } from '#trail'

const clients = join(process.cwd(), '.clients', 'node_modules', '.bin')
const skip = existsSync(clients) ? false : 'the clients are not installed: npm run clients'
const folder = mkdtempSync(join(tmpdir(), 'gatelog-clients-'))
const config = join(folder, 'gatelog.yaml')
const GATEWAY = 'http://127.0.0.1:18584'
const FORBIDDEN = 'plutonium-recipe'
let server: ChildProcess | undefined
let key = ''

writeFileSync(
  config,
  `data: ${folder}/data
listen: { gateway: '127.0.0.1:18584', health: '127.0.0.1:18581' }
rules:
  - { name: no-plutonium, when: 'prompt.messages.exists(m, m.role == "user" && m.text.contains("${FORBIDDEN}"))', then: deny, reason: Ask the safety board }
`,
)

interface Ran {
  readonly code: number
  readonly text: string
}

function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const home = mkdtempSync(join(folder, 'home-'))
  const path = `${clients}:${process.env['PATH']}`
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      { env: { PATH: path, HOME: home, ...env }, cwd: home, timeout: 60_000 },
      (error, out, err) => resolve({ code: error ? Number(error.code ?? 1) : 0, text: out + err }),
    )
    child.stdin?.end()
  })
}

const gatelog = async <Answer>(...args: string[]): Promise<Answer> => {
  const { text, code } = await run(process.execPath, [
    join(process.cwd(), 'bin/gatelog.mjs'),
    '--config',
    config,
    '--json',
    ...args,
  ])
  assert.equal(code, 0, text)
  return JSON.parse(text) as Answer
}

before(async () => {
  if (skip) return
  server = spawn(process.execPath, ['bin/gatelog.mjs', '--config', config, 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  await new Promise<void>((resolve, reject) => {
    server?.once('exit', () => reject(new Error(`the gateway ended: ${out}`)))
    server?.stdout?.on('data', (part) => {
      out += part
      if (/show last/.test(out)) resolve()
    })
  })
  key = /gtl_user_\w+/.exec(out)?.[0] ?? ''
})

after(async () => {
  server?.kill('SIGTERM')
  if (server) await new Promise((resolve) => server?.once('exit', resolve))
  rmSync(folder, { recursive: true, force: true })
})

interface Client {
  readonly name: string
  readonly client: string
  readonly route: string
  run(prompt: string): Promise<Ran>
}

const demo = `${GATEWAY}/c/demo`
const provider =
  (type: string, model: string, more: Record<string, string> = {}) =>
  (prompt: string) =>
    run('copilot', ['-p', prompt, '-s', '--no-auto-update'], {
      COPILOT_OFFLINE: 'true',
      COPILOT_PROVIDER_TYPE: type,
      COPILOT_PROVIDER_BASE_URL: type === 'anthropic' ? demo : `${demo}/v1`,
      COPILOT_PROVIDER_API_KEY: key,
      COPILOT_MODEL: model,
      ...more,
    })

const CLIENTS: readonly Client[] = [
  { name: 'Copilot CLI, chat', client: 'copilot-cli', route: 'chat', run: provider('openai', 'gpt-4.1') },
  {
    name: 'Copilot CLI, responses',
    client: 'copilot-cli',
    route: 'responses',
    run: provider('openai', 'gpt-5.4', { COPILOT_PROVIDER_WIRE_API: 'responses' }),
  },
  {
    name: 'Copilot CLI, messages',
    client: 'copilot-cli',
    route: 'messages',
    run: provider('anthropic', 'claude-sonnet-4.6'),
  },
  {
    name: 'Claude Code',
    client: 'claude-code',
    route: 'messages',
    run: (prompt) =>
      run('claude', ['-p', prompt], {
        ANTHROPIC_BASE_URL: demo,
        ANTHROPIC_AUTH_TOKEN: key,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      }),
  },
  {
    name: 'Codex',
    client: 'codex',
    route: 'responses',
    run: (prompt) => {
      const settings = `model_providers.gw={name="gw",base_url="${demo}/v1",env_key="K",wire_api="responses"}`
      return run(
        'codex',
        ['exec', '--skip-git-repo-check', '-c', 'model_provider=gw', '-c', settings, '-m', 'gpt-5.4', prompt],
        { K: key },
      )
    },
  },
]

const latest = async (query: string): Promise<Summary[]> =>
  (await gatelog<{ exchanges: Summary[] }>('search', query, '--limit', '100')).exchanges
const installed = (name: string) => existsSync(clients) && readdirSync(clients).includes(name)
const binOf = (client: string) => ({ 'copilot-cli': 'copilot', 'claude-code': 'claude' })[client] ?? client

for (const client of CLIENTS) {
  const missing = skip || (installed(binOf(client.client)) ? false : `${client.client} is not installed`)
  test(`${client.name}: the answer arrives masked, and the record says the same`, { skip: missing }, async () => {
    const { code, text } = await client.run('Write a config loader')
    assert.equal(code, 0, text)
    assert.ok(text.includes('[masked:github-pat]'), text)
    assert.ok(!/ghp_[A-Za-z0-9]{20}/.test(text), 'a secret reached the client')
    const found = (await latest('has:finding')).find((each) => each.route === client.route)
    assert.ok(found, 'no exchange with a finding')
    const shown = await gatelog<Shown>('show', found.exchange)
    assert.deepEqual([shown.opening.kind, shown.ending?.kind], ['asked', 'replied'])
    assert.ok(shown.opening.facts.client?.value.startsWith(client.client), JSON.stringify(shown.opening.facts))
    assert.ok(JSON.stringify(shown.prompt).includes('Write a config loader'))
    assert.ok(!/ghp_[A-Za-z0-9]{20}/.test(JSON.stringify(shown)), 'a secret is in the record')
  })

  test(`${client.name}: a denied prompt shows our text at once, and is asked once`, { skip: missing }, async () => {
    const before = (await latest('verdict:denied')).length
    const { code, text } = await client.run(`tell me the ${FORBIDDEN}`)
    assert.ok(text.includes('no-plutonium: Ask the safety board'), text)
    assert.notEqual(code, 0, 'a refusal is a failure for the caller')
    const posts = (await latest('verdict:denied')).length - before
    assert.ok(posts >= 1 && posts <= (client.client === 'claude-code' ? 6 : 1), `${posts} POSTs`)
  })
}

/** Real clients against the demo connection, as a start from nothing leaves it: the answer is masked, and on the record. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Shown } from '#console'
import { startGateway } from '../process.case.ts'
import { absent, filesWith, run } from './client.case.ts'

const SECRET = /ghp_[A-Za-z0-9]{20}|AKIA[A-Z2-7]{16}/
const PROMPT = 'Write a config loader'

interface Demo {
  readonly command: string
  readonly route: string
  readonly args: (url: string) => readonly string[]
  readonly env: (url: string, key: string) => Readonly<Record<string, string>>
}

const DEMOS: readonly Demo[] = [
  {
    command: 'copilot',
    route: 'chat',
    args: () => ['-p', PROMPT, '-s', '--no-auto-update'],
    env: (url, key) => ({
      ...{ COPILOT_OFFLINE: 'true', COPILOT_MODEL: 'gpt-4.1' },
      ...{ COPILOT_PROVIDER_BASE_URL: `${url}/v1`, COPILOT_PROVIDER_API_KEY: key },
    }),
  },
  {
    command: 'claude',
    route: 'messages',
    args: () => ['-p', PROMPT],
    env: (url, key) => ({
      ...{ ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: key, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
    }),
  },
  {
    command: 'codex',
    route: 'responses',
    args: (url) => {
      const provider = `model_providers.gw={name="gw",base_url="${url}/v1",env_key="K",wire_api="responses"}`
      const flags = ['-c', 'model_provider=gw', '-c', provider, '-m', 'gpt-5.4']
      return ['exec', '--skip-git-repo-check', ...flags, PROMPT]
    },
    env: (_url, key) => ({ K: key }),
  },
]

for (const { command, route, args, env } of DEMOS) {
  test(`${command} with the demo connection: masked for the client and on the record`, {
    skip: absent(command),
  }, async (t) => {
    const gateway = await startGateway(t, '')
    const url = `${gateway.url}/c/demo`
    const ran = await run(t, command, args(url), env(url, await gateway.key()))
    assert.equal(ran.code, 0, ran.stdout + ran.stderr)
    const shown = await gateway.api<Shown>('/exchanges/last')
    assert.deepEqual([shown.opening.route, shown.ending?.kind], [route, 'replied'])
    assert.match(ran.stdout, /\[masked:github-pat(?:#[a-z0-9]{4})?\][\s\S]*\[masked:aws-access-key/)
    assert.equal(ran.stdout.trim(), shown.reply?.text.trim(), 'printed is what is recorded')
    assert.ok(!SECRET.test(ran.stdout + ran.stderr + JSON.stringify(shown)))
    assert.deepEqual(filesWith(ran.home, SECRET), [])
  })
}

/** The coding agents that the journeys start, each with its settings for a stage. Starts none. */
import type { Agent } from './agent.case.ts'
import type { Stage } from './stage.case.ts'

/** Claude Code with a base address and a Gatelog key in place of its token. */
export const claude: Agent = {
  command: 'claude',
  client: 'claude-code',
  flags: ['--user', 'ana'],
  args: (prompt) => ['-p', prompt, '--allowedTools', 'Bash'],
  prints: (_first, last) => last,
  env: (stage, key) => ({
    ANTHROPIC_BASE_URL: stage.at('anthropic'),
    ANTHROPIC_AUTH_TOKEN: key,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  }),
}

const provider = (stage: Stage) =>
  `model_providers.gw={name="gw",base_url="${stage.at('openai')}/v1",env_key="K",wire_api="responses"}`

const START = ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '-m', 'gpt-5.4']

export const codex: Agent = {
  command: 'codex',
  client: 'codex',
  flags: ['--user', 'ana'],
  args: (prompt, stage) => [...START, '-c', 'model_provider=gw', '-c', provider(stage), prompt],
  prints: (_first, last) => last,
  env: (_stage, key) => ({ K: key }),
}

/** The built-in provider, at another address: it speaks over a WebSocket where it can. */
export const movedCodex = (connection: string): Agent => ({
  ...codex,
  args: (prompt, stage) => [...START, '-c', `openai_base_url="${stage.at(connection)}/v1"`, prompt],
  env: (_stage, key) => ({ CODEX_API_KEY: key }),
})

/** Copilot CLI with a provider of its own. */
export const copilotWith = (
  type: 'openai' | 'anthropic',
  model: string,
  more: Record<string, string> = {},
  connection: string = type,
): Agent => ({
  command: 'copilot',
  client: 'copilot-cli',
  prints: (first, last) => `${first}\n\n${last}`,
  flags: ['--user', 'ana'],
  args: (prompt) => ['-p', prompt, '-s', '--no-auto-update', '--allow-all-tools'],
  env: (stage, key) => ({
    COPILOT_OFFLINE: 'true',
    COPILOT_PROVIDER_TYPE: type,
    COPILOT_PROVIDER_BASE_URL: stage.at(connection) + (type === 'openai' ? '/v1' : ''),
    COPILOT_PROVIDER_API_KEY: key,
    COPILOT_MODEL: model,
    ...more,
  }),
})

/** In each of its three wire forms, by route. */
export const COPILOT = {
  chat: copilotWith('openai', 'gpt-4.1'),
  responses: copilotWith('openai', 'gpt-5.4', { COPILOT_PROVIDER_WIRE_API: 'responses' }),
  messages: copilotWith('anthropic', 'claude-sonnet-4.6'),
}

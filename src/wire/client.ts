/** Which client speaks, from what it says of itself in its headers. All of it is declared. Source: real clients, 2026-11. */
import { given, present } from './json.ts'
import type { Headers } from './protocol.ts'

export interface Client {
  readonly client: string
  readonly version?: string
  /** The client's own session id. */
  readonly session?: string
  readonly initiator?: string
  readonly interaction?: string
  /** False for CI-like use: `exec`, `-p`, SDKs. */
  readonly interactive: boolean
}

const AGENTS: readonly (readonly [pattern: RegExp, client: string, interactive: boolean])[] = [
  [/^claude-cli\/([\w.]+).*sdk-cli/i, 'claude-code', false],
  [/^claude-cli\/([\w.]+)/i, 'claude-code', true],
  [/^codex_exec\/([\w.]+)/i, 'codex', false],
  [/^codex[\w-]*\/([\w.]+)/i, 'codex', true],
  [/GitHubCopilotChat\/([\w.]+)/i, 'vscode-copilot', true],
  [/client\/github\/cli|^copilot\/([\w.]+)/i, 'copilot-cli', true],
  [/^opencode\/([\w.]+)/i, 'opencode', true],
  [/^Anthropic\/JS ([\w.]+)/i, 'anthropic-sdk', false],
  [/^Anthropic\/Python ([\w.]+)/i, 'anthropic-sdk', false],
  [/^(?:Async)?OpenAI\/(?:JS|Python) ([\w.]+)/i, 'openai-sdk', false],
  [/^curl\/([\w.]+)/i, 'curl', false],
]

const EDITORS: readonly (readonly [pattern: RegExp, client: string])[] = [
  [/^copilot\/([\w.]+)/i, 'copilot-cli'],
  [/^vscode\/([\w.]+)/i, 'vscode-copilot'],
  [/^([\w.-]+\/[\w.]+)/, 'copilot-language-server'],
]

export function readClient(headers: Headers): Client {
  const agent = given(headers['user-agent']) ?? ''
  const editor = given(headers['editor-version'])
  const { client, version, interactive } = (editor && editorOf(editor)) || ownProvider(headers, agent) || agentOf(agent)
  return {
    client,
    interactive,
    ...present({
      version,
      session: sessionOf(headers),
      initiator: given(headers['x-initiator']),
      interaction: given(headers['x-interaction-id']),
    }),
  }
}

/** Copilot CLI with a provider of its own speaks through an SDK; of its headers, every turn bears this one. */
const ownProvider = (headers: Headers, agent: string) =>
  given(headers['x-initiator']) && agentOf(agent).client.endsWith('-sdk')
    ? { client: 'copilot-cli', version: undefined, interactive: true }
    : undefined

function editorOf(editor: string) {
  for (const [pattern, client] of EDITORS) {
    const match = pattern.exec(editor)
    if (match) return { client, version: match[1], interactive: true }
  }
  return undefined
}

function agentOf(agent: string) {
  for (const [pattern, client, interactive] of AGENTS) {
    const match = pattern.exec(agent)
    if (match) return { client, version: match[1], interactive }
  }
  return { client: 'unknown', version: undefined, interactive: false }
}

const SESSION_HEADERS = [
  'x-claude-code-session-id',
  'session-id',
  'session_id',
  'thread-id',
  'x-client-session-id',
  'x-session-id',
  'vscode-sessionid',
]

const sessionOf = (headers: Headers): string | undefined =>
  SESSION_HEADERS.map((name) => given(headers[name])).find(Boolean)

/** Claude Code: the `env` object of its settings.json. Source: Claude Code 2.1.330, 2026-11. */
import { join } from 'node:path'
import type { Client, Target } from './client.ts'
import { header } from './environment.ts'
import { parsedObject, withMembers } from './json.ts'

const NAMES = ['ANTHROPIC_BASE_URL', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_CUSTOM_HEADERS'] as const
type Values = Readonly<Partial<Record<(typeof NAMES)[number], string>>>

function valuesOf({ base, own, key, agent }: Target): Values {
  const credential = own
    ? key && { ANTHROPIC_CUSTOM_HEADERS: header(key) }
    : { ANTHROPIC_AUTH_TOKEN: key ?? (agent ? 'the-agent-adds-it' : 'in-the-address') }
  return { ANTHROPIC_BASE_URL: base, ...credential }
}

/** The values of a file's `env` that are strings. */
function envOf(text: string): Readonly<Record<string, string>> {
  const strings = Object.entries(parsedObject(text)['env'] ?? {}).filter(([, value]) => typeof value === 'string')
  return Object.fromEntries(strings) as Record<string, string>
}

/** The user's own headers stay, one a line; ours comes last. */
function merged(values: Values, text: string): Values {
  const ours = values.ANTHROPIC_CUSTOM_HEADERS
  const theirs = (envOf(text)['ANTHROPIC_CUSTOM_HEADERS'] ?? '')
    .split('\n')
    .filter((each) => each.trim() && !OURS.test(each))
  return ours ? { ...values, ANTHROPIC_CUSTOM_HEADERS: [...theirs, ours].join('\n') } : values
}

const OURS = /^\s*x-gatelog-key\s*:/i

export const claude: Client = {
  name: 'claude',
  kinds: ['anthropic', 'demo'],
  reads: false,
  file: ({ home, env }) => join(env('CLAUDE_CONFIG_DIR') || join(home, '.claude'), 'settings.json'),
  settings(target) {
    const values = valuesOf(target)
    return {
      text: `${JSON.stringify({ env: values }, undefined, 2)}\n`,
      write: (text) => withMembers(text, 'env', merged(values, text)),
      remove(text, former) {
        const before = envOf(former)
        const restored = Object.fromEntries(NAMES.map((name) => [name, before[name]]))
        return text.trim() === '' ? text : withMembers(text, 'env', restored, 'env' in parsedObject(former))
      },
      notes: target.own
        ? [`Your own login stays as it is; ${target.agent ? 'the agent adds the key' : 'the key travels beside it'}.`]
        : [],
    }
  },
}

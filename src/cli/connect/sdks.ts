/** The `openai` and `@anthropic-ai/sdk` libraries, by the variables that they read. Source: openai 7.57, sdk 1.12. */
import type { Target } from './client.ts'
import { environmentClient, header, type Variables } from './environment.ts'

/** Where the provider's credential is the gateway's, the Gatelog key takes its place; else it travels beside it. */
const credential = ({ own, key, agent }: Target, headers: string, instead: string): Variables => {
  if (key === undefined) return own ? {} : { [instead]: agent ? 'the-agent-adds-it' : 'in-the-address' }
  return own ? { [headers]: header(key) } : { [instead]: key }
}

const OLDER = 'Libraries that do not read it: send the header x-gatelog-key yourself (defaultHeaders, default_headers).'

const notesOf = ({ own, key }: Target, name: string): string[] => {
  if (!own) return []
  const yours = `${name}_API_KEY stays your own key of the provider`
  return key === undefined ? [`${yours}.`] : [`${yours}; ${name}_CUSTOM_HEADERS bears Gatelog’s beside it. ${OLDER}`]
}

export const openai = environmentClient(
  'openai',
  ['openai', 'openai-compatible', 'demo'],
  (target) => ({
    OPENAI_BASE_URL: target.base + target.version,
    ...credential(target, 'OPENAI_CUSTOM_HEADERS', 'OPENAI_API_KEY'),
  }),
  (target) => ({ notes: notesOf(target, 'OPENAI') }),
)

export const anthropic = environmentClient(
  'anthropic',
  ['anthropic', 'demo'],
  (target) => ({
    ANTHROPIC_BASE_URL: target.base,
    ...credential(target, 'ANTHROPIC_CUSTOM_HEADERS', 'ANTHROPIC_API_KEY'),
  }),
  (target) => ({ notes: notesOf(target, 'ANTHROPIC') }),
)

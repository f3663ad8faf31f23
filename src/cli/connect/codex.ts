/** Codex: a provider of its own in config.toml. Source: Codex 0.169, 2026-11. */
import { join } from 'node:path'
import { Fault } from '#exchange'
import { appended, block, withoutBlocks } from './block.ts'
import { type Client, KEY_VARIABLE, type Target } from './client.ts'
import { statementsOf } from './toml.ts'

const ROOT = ['model_provider = "gatelog"']
/** Before a line of the user's that ours takes the place of. */
const KEPT = '# gatelog keeps: '

function tableOf({ base, version, own, key }: Target): string[] {
  const named = key === `$${KEY_VARIABLE}`
  return [
    '[model_providers.gatelog]',
    'name = "Gatelog"',
    `base_url = ${JSON.stringify(base + version)}`,
    'wire_api = "responses"',
    ...(own ? ['requires_openai_auth = true'] : []),
    ...(key
      ? [`${named ? 'env_http_headers' : 'http_headers'} = { "x-gatelog-key" = "${named ? KEY_VARIABLE : key}" }`]
      : []),
  ]
}

function write(text: string, target: Target): string {
  const clean = remove(text)
  const statements = statementsOf(clean)
  const theirs = statements.find(({ path: [first, second] }) => first === 'model_providers' && second === 'gatelog')
  if (theirs) throw new Fault('client.settings', `line ${theirs.line}: model_providers.gatelog is there already`)
  const inline = statements.find(
    ({ kind, path }) => kind === 'key' && path.length === 1 && path[0] === 'model_providers',
  )
  if (inline) throw new Fault('client.settings', `line ${inline.line}: model_providers is written as one value`)
  const former = statements.find(
    ({ kind, path }) => kind === 'key' && path.length === 1 && path[0] === 'model_provider',
  )
  const kept = former ? clean.slice(0, former.start) + KEPT + clean.slice(former.start) : clean
  const mark = kept.startsWith('\ufeff') ? '\ufeff' : ''
  return appended(mark + block('codex', ROOT) + kept.slice(mark.length), block('codex', tableOf(target)))
}

const remove = (text: string): string => withoutBlocks(text).replaceAll(KEPT, '')

function notes({ own, agent }: Target): string[] {
  const beside = agent ? 'the agent adds the Gatelog key' : 'the Gatelog key travels beside it'
  return own ? [`Your own login with an API key stays as it is; ${beside}.`] : []
}

export const codex: Client = {
  name: 'codex',
  kinds: ['openai', 'openai-compatible', 'demo'],
  reads: true,
  file: ({ home, env }) => join(env('CODEX_HOME') || join(home, '.codex'), 'config.toml'),
  settings: (target) => ({
    text: `${[...ROOT, '', ...tableOf(target)].join('\n')}\n`,
    write: (text) => write(text, target),
    remove,
    notes: notes(target),
  }),
}

/** GitHub Copilot CLI: with a provider of its own, or signed in. Source: `copilot help providers` 1.0.102, 2026-11. */
import { Fault } from '#exchange'
import type { Client, Target } from './client.ts'
import { environmentClient, header, type Variables } from './environment.ts'
import { NOTES, proxyVariables } from './proxied.ts'

/** The signed-in protocol takes addresses only, so that the key must stand in them; or it takes a proxy. */
function signedIn(target: Target): Variables {
  const { base, key, agent, forward } = target
  if (forward) return proxyVariables(target)
  if (key !== undefined && !agent)
    throw new Fault(
      'identity.channel',
      'a copilot connection needs a path key (gatelog keys create --path <id>); or --forward, which takes any',
    )
  return { COPILOT_API_URL: `${base}/api` }
}

function provider(target: Target): Variables {
  const { base, version, own, key } = target
  const anthropic = target.kind === 'anthropic'
  const model = target.model ?? (target.kind === 'demo' ? 'gpt-4.1' : undefined)
  return {
    COPILOT_PROVIDER_BASE_URL: anthropic ? base : base + version,
    COPILOT_PROVIDER_TYPE: anthropic ? 'anthropic' : 'openai',
    ...(!anthropic && model?.startsWith('gpt-5') && { COPILOT_PROVIDER_WIRE_API: 'responses' }),
    ...(key && (own ? { COPILOT_PROVIDER_HEADERS: header(key) } : { COPILOT_PROVIDER_API_KEY: key })),
    ...(model && { COPILOT_MODEL: model }),
  }
}

function notes(target: Target): string[] {
  const { kind, own, model, forward } = target
  if (forward) return [...NOTES]
  if (kind === 'copilot')
    return [
      'Model traffic comes this way; sign-in and account go to GitHub by themselves. With --forward all of it comes.',
      'GitHub does not document this variable: a later version may drop it.',
    ]
  return [
    ...(own ? ['Set COPILOT_PROVIDER_API_KEY to your own key of the provider.'] : []),
    ...(model || kind === 'demo' ? [] : ['Set COPILOT_MODEL to a model of the provider, or give --model.']),
  ]
}

export const copilot: Client = {
  ...environmentClient(
    'copilot-cli',
    ['copilot', 'openai', 'anthropic', 'openai-compatible', 'demo'],
    (target) => (target.kind === 'copilot' || target.forward ? signedIn(target) : provider(target)),
    (target) => ({ notes: notes(target), ...(target.forward && { trusts: 'file' }) }),
  ),
  forward: 'can',
}

/** The published list: hosts that Gatelog's CA may vouch for, with all below them. docs/forward.md says the same. */
import { covers } from '#relay'

/**
 * Every supported provider from day one, so that a new connection needs no new root. No more than model traffic needs:
 * github.com itself is not among them. Sources: Copilot allowlist reference (docs.github.com), the providers' API pages,
 * 2026-11.
 */
export const PROVIDER_HOSTS: readonly string[] = [
  ...['api.github.com', 'uploads.github.com', 'githubcopilot.com', 'ghe.com'],
  ...['copilot-proxy.githubusercontent.com', 'copilot-telemetry.githubusercontent.com'],
  'origin-tracker.githubusercontent.com',
  ...['api.openai.com', 'chatgpt.com', 'openai.azure.com', 'services.ai.azure.com'],
  ...['api.anthropic.com', 'generativelanguage.googleapis.com', 'aiplatform.googleapis.com'],
  ...['api.mistral.ai', 'codestral.mistral.ai', 'api.groq.com', 'api.deepseek.com', 'api.x.ai', 'openrouter.ai'],
  ...['api.together.xyz', 'api.fireworks.ai', 'api.cohere.com', 'api.perplexity.ai', 'api.cerebras.ai'],
]

/** Below GHE.com a company has its whole GitHub; these bear Copilot. Source: Copilot allowlist reference, 2026-11. */
const GHE = /^(api|uploads|copilot-[a-z-]+)\.[^.]+\.ghe\.com$/

/** Whether prompts may leave for a host, so that none goes there unread. */
export const isProvider = (host: string): boolean =>
  host.endsWith('.ghe.com') ? GHE.test(host) : host !== 'ghe.com' && covers(PROVIDER_HOSTS, host)

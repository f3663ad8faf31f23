/** The published list: hosts that Gatelog's CA may vouch for, with all below them. docs/forward.md says the same. */

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

/** What GitHub and Copilot say of an account and its models, as far as Copilot CLI needs it. Source: real clients, 2026-11. */

const LIMITS = { max_context_window_tokens: 200_000, max_output_tokens: 64_000, max_prompt_tokens: 136_000 }
const SUPPORTS = {
  parallel_tool_calls: true,
  streaming: true,
  structured_outputs: true,
  tool_calls: true,
  vision: false,
}

function model(id: string, vendor: string, supported_endpoints: readonly string[], chosen = false) {
  return {
    ...{ id, name: id, object: 'model', version: id, vendor, preview: false, model_picker_enabled: true },
    ...{ model_picker_category: 'versatile', is_chat_default: chosen, is_chat_fallback: chosen, supported_endpoints },
    billing: { is_premium: false, multiplier: 0, restricted_to: [] },
    policy: { state: 'enabled', terms: '' },
    capabilities: {
      ...{ family: id, object: 'model_capabilities', tokenizer: 'o200k_base', type: 'chat' },
      ...{ limits: LIMITS, supports: SUPPORTS },
    },
  }
}

export const MODELS = {
  object: 'list',
  data: [
    model('claude-sonnet-4.6', 'Anthropic', ['/chat/completions', '/v1/messages'], true),
    model('gpt-5.4', 'OpenAI', ['/responses', 'ws:/responses']),
    model('gpt-4o-mini', 'OpenAI', ['/chat/completions']),
  ],
}

const UNLIMITED = { entitlement: 0, overage_permitted: false, percent_remaining: 100, remaining: 0, unlimited: true }

/** Without `endpoints`: the client keeps those that it was set to. */
export const COPILOT_USER = {
  ...{ login: 'mona', copilot_plan: 'business', access_type_sku: 'copilot_for_business_seat_quota' },
  ...{ chat_enabled: true, cli_enabled: true, is_mcp_enabled: false, organization_login_list: ['acme'] },
  quota_snapshots: { chat: UNLIMITED, completions: UNLIMITED, premium_interactions: UNLIMITED },
}

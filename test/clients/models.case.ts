/** What GitHub and Copilot say of an account and its models, as far as their clients need it. Source: real clients, 2026-11. */

const LIMITS = { max_context_window_tokens: 200_000, max_output_tokens: 64_000, max_prompt_tokens: 136_000 }
const SUPPORTS = {
  parallel_tool_calls: true,
  streaming: true,
  structured_outputs: true,
  tool_calls: true,
  vision: false,
}

function model(id: string, vendor: string, supported_endpoints: readonly string[], chosen = false, type = 'chat') {
  return {
    ...{ id, name: id, object: 'model', version: id, vendor, preview: false, model_picker_enabled: true },
    ...{ model_picker_category: 'versatile', is_chat_default: chosen, is_chat_fallback: chosen, supported_endpoints },
    billing: { is_premium: false, multiplier: 0, restricted_to: [] },
    policy: { state: 'enabled', terms: '' },
    capabilities: {
      ...{ family: id, object: 'model_capabilities', tokenizer: 'o200k_base', type },
      ...{ limits: LIMITS, supports: SUPPORTS },
    },
  }
}

const MODELS = {
  object: 'list',
  data: [
    model('claude-sonnet-4.6', 'Anthropic', ['/chat/completions', '/v1/messages'], true),
    model('gpt-5.4', 'OpenAI', ['/responses', 'ws:/responses']),
    model('gpt-4o-mini', 'OpenAI', ['/chat/completions']),
    model('gpt-4.1', 'OpenAI', ['/chat/completions']),
    model('gpt-41-copilot', 'OpenAI', ['/v1/engines/gpt-41-copilot/completions'], false, 'completion'),
  ],
}

const UNLIMITED = { entitlement: 0, overage_permitted: false, percent_remaining: 100, remaining: 0, unlimited: true }

/** Without `endpoints`: the client keeps those that it was set to. */
export const COPILOT_USER = {
  ...{ login: 'mona', copilot_plan: 'business', access_type_sku: 'copilot_for_business_seat_quota' },
  ...{ chat_enabled: true, cli_enabled: true, is_mcp_enabled: false, organization_login_list: ['acme'] },
  quota_snapshots: { chat: UNLIMITED, completions: UNLIMITED, premium_interactions: UNLIMITED },
}

/** GitHub's own endpoints of a plan: nothing answers there, so that a client reaches what leads it elsewhere. */
const at = (part: string) => `https://${part}.business.githubcopilot.com`
const ENDPOINTS = {
  api: at('api'),
  proxy: at('proxy'),
  telemetry: at('telemetry'),
  'origin-tracker': at('origin-tracker'),
}
const TRACKING = '0123456789abcdef0123456789abcdef'
const SKU = 'copilot_for_business_seat_quota'

/** The token, put together at run time so that nothing finds one here. */
export const COPILOT_TOKEN = [
  'tid',
  `${TRACKING};ol=aa11;exp=2000000000;sku=${SKU};st=dotcom;chat=1:${'f0'.repeat(32)}`,
].join('=')

const TOKEN = {
  ...{ token: COPILOT_TOKEN, expires_at: 2_000_000_000, refresh_in: 1200, sku: SKU, tracking_id: TRACKING },
  ...{
    chat_enabled: true,
    chat_jetbrains_enabled: true,
    individual: false,
    telemetry: 'enabled',
    endpoints: ENDPOINTS,
  },
  ...{ organization_list: ['acme'], public_suggestions: 'disabled', prompt_8k: true, copilotignore_enabled: false },
}

/** Experiments: the language server takes no other form. */
const EXPERIMENTS = {
  ...{ Features: [], Flights: {}, Configs: [{ Id: 'vscode', Parameters: {} }], ParameterGroups: [] },
  ...{ FlightingVersion: 1, ImpressionId: 'x', AssignmentContext: '' },
}

const EDITS = {
  name: 'copilot-nes-oct',
  serviceType: 'NESChat',
  provider: 'p',
  capabilities: { promptStrategy: 'patchBased02' },
}

const FACTS: readonly (readonly [method: string, path: RegExp, body: unknown])[] = [
  ['GET', /\/embeddings\/models$/, { models: [{ id: 'metis-1024-I16-Binary', active: true }] }],
  ['GET', /^\/proxy\/models$/, { models: [EDITS] }],
  ['GET', /\/models$/, MODELS],
  [
    'GET',
    /^\/led\/copilot_internal\/user$/,
    { ...COPILOT_USER, analytics_tracking_id: TRACKING, endpoints: ENDPOINTS },
  ],
  ['GET', /\/copilot_internal\/user$/, COPILOT_USER],
  ['GET', /\/copilot_internal\/v2\/token$/, TOKEN],
  ['GET', /\/telemetry$/, EXPERIMENTS],
  ['POST', /\/telemetry$/, { itemsReceived: 1, itemsAccepted: 1, errors: [] }],
  ['POST', /\/embeddings$/, { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.25, -0.5] }] }],
  ['POST', /\/messages\/count_tokens$/, { input_tokens: 23 }],
]

/** What is said of the account, its models and the like; undefined where there is no such route. */
export const factOf = (method: string, path: string): unknown =>
  FACTS.find(([verb, owns]) => verb === method && owns.test(path))?.[2]

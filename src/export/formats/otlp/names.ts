/**
 * Every name that our telemetry bears, in one table. `gen_ai.*` by OpenTelemetry's semantic conventions for generative AI
 * as of 2026-10, which are still in development; `gatelog.*` is our own. Data only.
 */

/** Told to whoever reads the telemetry, so that a later version of the conventions can be told apart. */
export const SCOPE = { name: 'gatelog.export', version: 'gen-ai-2026-10' } as const

export const EVENT = 'gen_ai.client.inference.operation.details'

export const NAMES = {
  service: 'service.name',
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  conversation: 'gen_ai.conversation.id',
  requestModel: 'gen_ai.request.model',
  stream: 'gen_ai.request.stream',
  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  finish: 'gen_ai.response.finish_reasons',
  firstChunk: 'gen_ai.response.time_to_first_chunk',
  input: 'gen_ai.usage.input_tokens',
  output: 'gen_ai.usage.output_tokens',
  cached: 'gen_ai.usage.cache_read.input_tokens',
  reasoning: 'gen_ai.usage.reasoning.output_tokens',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  error: 'error.type',
  user: 'user.id',
  userName: 'user.name',
  method: 'http.request.method',
  status: 'http.response.status_code',
  path: 'url.path',
  agent: 'user_agent.original',
  id: 'gatelog.id',
  exchange: 'gatelog.exchange',
  kind: 'gatelog.kind',
  seq: 'gatelog.seq',
  origin: 'gatelog.origin',
  leafIndex: 'gatelog.leaf.index',
  leafHash: 'gatelog.leaf.hash',
  seal: 'gatelog.seal',
  connection: 'gatelog.connection',
  actorKind: 'gatelog.actor.kind',
  groups: 'gatelog.actor.groups',
  verdict: 'gatelog.verdict',
  rule: 'gatelog.verdict.rule',
  findings: 'gatelog.findings',
  findingRules: 'gatelog.finding.rules',
  repository: 'gatelog.repository',
  repositorySource: 'gatelog.repository.source',
  outcome: 'gatelog.outcome',
  note: 'gatelog.note',
  /** The names of those attributes that hold an attacker's text. */
  untrusted: 'gatelog.untrusted',
  /** Why a prompt or a reply that was asked for is not here: the code of the fault. */
  unreadPrompt: 'gatelog.unreadable.prompt',
  unreadReply: 'gatelog.unreadable.reply',
} as const

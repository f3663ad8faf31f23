/** Exchanges for tests of the command line: an ordinary one, one that holds everything, and hostile text. */
import type { Ending, Opening, Outcome } from '#exchange'

export const AT = Date.UTC(2026, 10, 24, 8, 30)

/** A UUIDv7 of the moment `AT` and some. */
export function idOf(nth: number, at = AT): string {
  const time = at.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(nth).padStart(12, '0')}`
}

const bodyOf = (text: string, type: string) => ({
  bytes: Buffer.from(text),
  type,
  received: 'r'.repeat(64),
  sent: 's'.repeat(64),
})

export interface Said {
  readonly nth: number
  readonly at?: number
  readonly session?: string
  /** The text in every place that something from outside can fill. */
  readonly text: string
}

const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null, ...more }], model: 'm' })}\n\n`

/** A streamed reply with text, a tool call, a citation and a filter, and where each of its events begins. */
export function replyOf(text: string): { readonly body: string; readonly starts: readonly number[] } {
  const given = JSON.stringify({ path: text, lines: `${text}\nsecond line`, limit: 7, deep: { a: [1, 2, 3, 4, 5, 6] } })
  const citations = [{ url: `https://example.com/${text}`, license: text }]
  const events = [
    chunk({ role: 'assistant', content: 'first ' }),
    chunk({ content: text, copilot_annotations: { IPCodeCitations: [{ id: 1, citations }] } }),
    chunk({ tool_calls: [{ index: 0, id: 'call_1', function: { name: text, arguments: given } }] }),
    chunk({}, { finish_reason: text, content_filter_results: { violence: { filtered: true, severity: 'high' } } }),
    'data: [DONE]\n\n',
  ]
  let at = 0
  const starts = events.map((event) => {
    at += Buffer.byteLength(event)
    return at - Buffer.byteLength(event)
  })
  return { body: events.join(''), starts }
}

/** An exchange in which every field that can hold text from outside holds `text`. */
export function exchangeOf({ nth, at = AT, session = 'SessionOne', text }: Said): [Opening, Ending] {
  const exchange = idOf(nth, at)
  const prompt = {
    model: text,
    stream: true,
    tools: [{ type: 'function', function: { name: text } }],
    messages: [
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'before' },
      { role: 'assistant', content: 'answered' },
      { role: 'user', content: text },
    ],
  }
  const { body, starts } = replyOf(text)
  const fact = { value: text, source: 'declared' } as const
  const finding = {
    rule: text,
    lane: `choices/0/${text}`,
    start: 3,
    end: 9,
    length: 40,
    verified: true,
    fingerprints: ['f'],
    action: 'mask',
    masked: true,
  } as const
  const opening: Opening = {
    ...{
      kind: 'asked',
      exchange,
      at,
      session,
      door: 'reverse',
      method: 'POST',
      route: 'chat',
      stream: true,
      messages: 4,
    },
    ...{
      actor: { id: text, kind: 'person', name: `${text}!`, groups: [text] },
      key: 'k_1',
      path: `/v1/chat/completions?${text}`,
    },
    ...{ connection: 'demo', host: 'api', model: text, tools: [text] },
    facts: {
      ...{ client: fact, user_agent: fact, client_session: fact, repository: fact, branch: fact, files: fact },
      ...{ github: fact, github_organizations: fact, language: fact, git_remote: fact },
    },
    surface: text,
    alerts: [text],
    verdict: { kind: 'alert', rule: text, reason: text },
    findings: [{ ...finding, direction: 'prompt' }],
    body: bodyOf(JSON.stringify(prompt), 'application/json'),
    text: 'words',
  }
  const ending: Ending = {
    ...{
      kind: 'replied',
      exchange,
      at: at + 1500,
      status: 200,
      delivered: 200,
      model: text,
      finish: text,
      events: 5,
      unparsed: 1,
    },
    usage: { input: 10, output: 20, cached: 4, reasoning: 6 },
    findings: ['', '.text', '.again'].map((more) => ({ ...finding, lane: finding.lane + more, direction: 'reply' })),
    timings: { identified: 0.4, read: 1.2, durable: 14.3, firstByte: 400, end: 1500 },
    pace: starts.map((start, event) => [400 + event * 200, start] as const),
    requestId: text,
    githubRequestId: text,
    body: bodyOf(body, 'text/event-stream'),
    text: 'words',
    edits: {
      units: [{ from: 'edit', path: text, language: text, call: 0, field: text, lines: [1, 2], fresh: [1] }],
      forms: ['a=b(c)'],
      cut: true,
    },
  }
  return [opening, ending]
}

/** What a client told of an exchange's suggestion. */
export const outcomeOf = (nth: number, text: string): Outcome => ({
  ...{ kind: 'outcome', exchange: idOf(nth), at: AT + 9000, outcome: 'accepted', source: 'declared', by: idOf(2) },
  ...{ event: text, happened: AT + 8000, choice: 1, characters: 12, lines: 1 },
})

/** A refusal, whose reason comes from outside. */
export const refusedOf = (nth: number, text: string): Opening => ({
  ...{
    kind: 'refused',
    exchange: idOf(nth),
    at: AT + 5000,
    door: 'reverse',
    method: 'GET',
    path: `/${text}`,
    route: 'unknown',
  },
  facts: { user_agent: { value: text, source: 'declared' }, remote: { value: '127.0.0.1', source: 'observed' } },
  ...{ findings: [], fault: 'identity.missing', reason: text, count: 3, insecure: true },
})

/** What would drive a terminal: OSC, CSI, C1, bidi, zero width, CR, backspace, tags, a shown-as-nothing letter. */
export const HOSTILE = [
  '\u001b]0;owned\u0007',
  '\u001b[2J',
  '\u009b31m',
  '\u202etxt',
  '\u200b',
  '\r',
  '\b',
  '\u{e0041}',
  '\u3164',
].join('x')

/** The same unsafe characters, told another way than the product does. */
export const drives = (text: string): boolean =>
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff]|[\u{e0000}-\u{e007f}]/u.test(
    text,
  )

/** Recorded exchanges and notes for the tests of exports, every field filled. Never used by the product. */
import { type Ending, type Entry, Fault, type Note, type Opening, type Outcome } from '#exchange'
import type { Recorded } from '#trail'
import { type Log, type Row, rowOf, rowOfEntry } from './row.ts'

export const AT = Date.UTC(2026, 10, 24, 8, 30)

export function idOf(nth: number, at = AT): string {
  const time = at.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(nth).padStart(12, '0')}`
}

export const LOG: Log = {
  origin: 'audit.example/gatelog',
  size: 1000,
  leaf: (seq) => seq.toString(16).padStart(64, '0'),
}

const body = (text: string, type: string) => ({ bytes: Buffer.from(text), type, received: 'r', sent: 's' })

/** An exchange in which every text from outside is `text`. */
export function openingOf(nth: number, text = 'gpt-5', more: Partial<Opening> = {}): Opening {
  const fact = { value: text, source: 'declared' } as const
  const finding = { rule: 'github-pat', direction: 'prompt', lane: 'messages.0', start: 0, end: 9, length: 40 } as const
  const prompt = { model: text, stream: true, messages: [{ role: 'user', content: text }] }
  return {
    ...{ kind: 'asked', exchange: idOf(nth), at: AT, session: 's1', door: 'reverse', method: 'POST', route: 'chat' },
    actor: { id: 'ana', kind: 'person', name: text, groups: ['dev'] },
    ...{ connection: 'copilot', host: 'api', path: '/chat/completions', model: text, stream: true, tools: [text] },
    facts: {
      ...{ client: fact, user_agent: fact, repository: fact, github: fact },
      remote: { value: '192.0.2.7', source: 'observed' },
    },
    verdict: { kind: 'alert', rule: 'r', reason: text },
    findings: [{ ...finding, action: 'mask', masked: true, verified: true }],
    ...{ alerts: ['credential.shared'], retryOf: idOf(99), follows: idOf(98) },
    body: body(JSON.stringify(prompt), 'application/json'),
    ...more,
  }
}

export function endingOf(nth: number, text = 'gpt-5', more: Partial<Ending> = {}): Ending {
  const reply = { choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }] }
  return {
    ...{
      kind: 'replied',
      exchange: idOf(nth),
      at: AT + 1500,
      status: 200,
      delivered: 200,
      model: text,
      finish: 'stop',
    },
    usage: { input: 10, output: 20, cached: 4, reasoning: 6 },
    findings: [],
    timings: { firstByte: 400, end: 1500.4 },
    requestId: 'req_1',
    body: body(JSON.stringify(reply), 'application/json'),
    ...more,
  }
}

export const recordedOf = (nth: number, text?: string): Recorded => ({
  ...{ seq: 2 * nth - 1, opening: openingOf(nth, text), ending: endingOf(nth, text), closing: 2 * nth },
})

/** The same, its prompt locked and its reply damaged. */
export function unreadOf(nth: number, text?: string): Recorded {
  const { opening, ending, ...rest } = recordedOf(nth, text)
  const unreadable = {
    opening: new Fault('trail.key', 'under key k, here is l'),
    ending: new Fault('trail.body', 'why'),
  }
  const { body: _asked, ...asked } = opening
  const { body: _ended, ...ended } = ending as Ending
  return { ...rest, opening: asked, ending: ended, unreadable }
}

const note = { exchange: idOf(50), at: AT } as const
export const NOTES: readonly Note[] = [
  { ...note, kind: 'gap', from: 1, to: 2, count: 3, reason: 'full', signature: 's' },
  { ...note, kind: 'searched', via: 'server', fingerprint: 'f', query: 'q', found: 1 },
  {
    ...note,
    kind: 'read',
    via: 'server',
    did: 'exported',
    of: 'q',
    content: false,
    format: 'csv',
    reader: { value: 'ana', source: 'declared' },
    count: 1,
    times: 1,
  },
  { ...note, kind: 'bypass', source: 'declared', via: 'otlp', happened: AT, actor: 'ana', model: 'm' },
  { ...note, kind: 'rotated', via: 'local', key: 'k2', former: ['k1'], rewrapped: 2, lost: 0 },
  { ...note, kind: 'vanished', from: 7, to: 9 },
  { ...note, kind: 'ruled', via: 'start', policy: 'c0'.repeat(32), text: '{}' },
]
const OUTCOME: Outcome = {
  ...{
    kind: 'outcome',
    exchange: idOf(1),
    at: AT + 9000,
    outcome: 'accepted',
    source: 'declared',
    by: idOf(2),
    event: 'e',
  },
}

/** A row of every kind: whole, open, refused, denied, failed, outcome, and each note. */
export function rowsOfEveryKind(text?: string): Row[] {
  const opening = { seq: 1, opening: openingOf(1, text) }
  const ended = (more: Partial<Ending>) => rowOf({ ...opening, ending: endingOf(1, text, more), closing: 2 }, LOG)
  const refused = openingOf(1, text, { kind: 'refused', fault: 'identity.missing', reason: 'no key', route: 'unknown' })
  const { actor: _actor, session: _session, connection: _connection, ...stranger } = refused
  const entry = (of: Entry, seq: number) => rowOfEntry({ seq, entry: of, opening }, { log: LOG }) as Row
  return [
    rowOf({ ...opening, ending: endingOf(1, text), closing: 2, outcomes: [OUTCOME] }, LOG),
    rowOf(opening, LOG),
    rowOf({ seq: 1, opening: stranger }),
    ended({ kind: 'denied', status: 0, delivered: 400, fault: 'policy.deny', reason: 'why' }),
    ended({ kind: 'failed', status: 502, fault: 'upstream.reset' }),
    ended({ kind: 'interrupted' }),
    entry(OUTCOME, 9),
    ...NOTES.map((each, nth) => entry(each, 10 + nth)),
    rowOfEntry({ seq: 3, forged: true }, { log: LOG, now: AT }) as Row,
    rowOf({ ...opening, ending: endingOf(1, text), closing: 2 }, LOG, new Map([[2, 'changed']])),
    rowOf(unreadOf(1, text), LOG),
  ]
}

/** What the cases of every store are made of: entries, ids, times. Never used by the product. */
import type { Ending, Entry, Opening } from '#exchange'
import { parseQuery } from '../query.ts'
import type { Committed, Store } from '../store.ts'

/** 2026-11-24, noon UTC. */
export const NOON = Date.parse('2026-11-24T12:00:00Z')
export const DAY = 86_400_000

/** A UUIDv7 of a given time, told apart by `count`. */
export function idOf(count: number, at = NOON): string {
  const time = at.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count.toString(16).padStart(12, '0')}`
}

export const opening = (exchange: string, more: Partial<Opening> = {}): Opening => ({
  kind: 'asked',
  exchange,
  at: NOON,
  door: 'reverse',
  method: 'POST',
  path: '/v1/chat/completions',
  route: 'chat',
  facts: {},
  findings: [],
  ...more,
})

export const ending = (exchange: string, more: Partial<Ending> = {}): Ending => ({
  kind: 'replied',
  exchange,
  at: NOON + 5,
  status: 200,
  delivered: 200,
  findings: [],
  timings: { end: 5 },
  ...more,
})

/** A body of text. */
export const bodyOf = (text: string) => ({ bytes: Buffer.from(text), type: 'text/plain', received: 'aa', sent: 'bb' })

export const finding = (rule: string, masked: boolean, ...fingerprints: string[]) =>
  ({
    rule,
    direction: 'prompt',
    lane: 'messages.0.content',
    start: 0,
    end: 4,
    length: 40,
    action: 'mask',
    masked,
    fingerprints,
  }) as const

export const commit = (store: Store, ...entries: Entry[]): Promise<Committed> => store.commit({ entries, pieces: [] })
export const piece = (exchange: string, text: string) => ({ exchange, bytes: Buffer.from(text) })
export const ask = (text: string) => parseQuery(text, NOON)

/** A record in which a session resends its history, for tests of what goes out of it. Erases nothing. */
import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Ending, Keyring, Opening } from '#exchange'
import { Custody, type Doer, openTrail, parseQuery, type StoreName } from '#trail'
import { chunk, DONE } from '../house.case.ts'
import { Erasure } from './erasure.ts'

export const NOON = Date.parse('2026-11-24T12:00:00Z')
export const DAY = 86_400_000
export const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
export const DOER: Doer & { basis: string } = {
  who: { value: 'dpo', source: 'declared' },
  why: 'asked for',
  basis: 'Art. 17',
}

export const idOf = (nth: number, at = NOON) =>
  `${(at + nth)
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})/, '$1-')}-7000-8000-${String(nth).padStart(12, '0')}`
export const bodyOf = (text: string, type = 'application/json') => ({
  bytes: Buffer.from(text),
  type,
  received: 'aa',
  sent: 'bb',
})

export async function open(t: TestContext, store: StoreName) {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-erasure-'))
  const trail = await openTrail({ folder, keyring, now: () => NOON, store })
  let count = 5000
  const house = { trail, keyring, now: () => NOON, clock: () => performance.now(), uuid: () => idOf(count++) }
  const custody = new Custody(house)
  let forgot = 0
  const erasure = new Erasure({ ...house, holds: custody.holds, forget: () => void forgot++ })
  t.after(async () => {
    await trail.close()
    await rm(folder, { recursive: true, force: true })
  })
  return { folder, trail, custody, erasure, house, forgot: () => forgot }
}

export type Open = Awaited<ReturnType<typeof open>>

export const LONG = Array.from({ length: 300 }, (_, at) => `line ${at * 7919} of the tool’s own words`).join('\n')

/** A session that resends its history: each turn adds what its user says and what was answered. */
export async function converse(
  { trail }: Open,
  said: readonly (readonly [string, string])[],
  more: Partial<Opening> = {},
) {
  const messages: object[] = [{ role: 'system', content: LONG }]
  for (const [nth, [prompt, reply]] of said.entries()) {
    const at = NOON - DAY * (nth < 2 ? 1 : 0)
    const exchange = idOf(nth, at)
    messages.push({ role: 'user', content: prompt })
    const body = JSON.stringify({ model: 'm', stream: true, messages })
    const opening: Opening = {
      ...{ kind: 'asked', exchange, at, door: 'reverse', method: 'POST', path: '/v1/chat/completions', route: 'chat' },
      ...{ facts: {}, findings: [], session: 's', model: 'm', body: bodyOf(body), text: prompt },
      ...{ actor: { id: 'ana', kind: 'person', name: 'Ana', groups: [] } },
      ...more,
    }
    const cut = Math.ceil(reply.length / 2)
    const events = [chunk(reply.slice(0, cut)), chunk(reply.slice(cut)), DONE].join('')
    const ending: Ending = {
      ...{ kind: 'replied', exchange, at, status: 200, delivered: 200, findings: [], timings: { end: 1 } },
      ...{ body: bodyOf(events, 'text/event-stream'), text: reply },
    }
    await trail.append(opening)
    await trail.append(ending)
    messages.push({ role: 'assistant', content: reply })
  }
}

export const MASK = '"[masked:erased]"'
export const SAID = [
  ['refactor the login page please', 'the page is refactored now'],
  ['the customer is Katharina Wunderlich', 'I noted Katharina Wunderlich, customer 4711-0815'],
  ['now write a test for it', 'a test for customer 4711-0815 is written'],
  [
    'and say who the customer is',
    'she is Katharina Wunderlich as you said: I noted Katharina Wunderlich, customer 4711-0815',
  ],
] as const
export const AT = [NOON - DAY, NOON - DAY, NOON, NOON]
export const found = async ({ trail }: Open, text: string) =>
  (await trail.find(parseQuery(text, NOON), { limit: 50 })).exchanges.map(({ exchange }) => Number(exchange.slice(-4)))
export const textOf = async ({ trail }: Open, nth: number) => {
  const { opening, ending } = (await trail.exchange(idOf(nth, AT[nth]))) ?? {}
  return [opening?.body, ending?.body].map((body) => Buffer.from(body?.bytes ?? '').toString())
}

export const OTHER = {
  kind: 'refused',
  door: 'reverse',
  method: 'POST',
  path: '/',
  route: 'chat',
  facts: {},
  findings: [],
} as const

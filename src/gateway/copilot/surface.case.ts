/** A house of Copilot's six hosts for tests, and what is sent to it. Never used by the product. */
import type { Ending, Opening } from '#exchange'
import { type Open, within } from '../asking.case.ts'
import type { CopilotSettings } from '../connection.ts'
import { type Script, SECRET } from '../house.case.ts'

export const SETTINGS: CopilotSettings = { content: 'metadata' }
const USER = {
  login: 'mona',
  copilot_plan: 'business',
  organization_login_list: ['acme'],
  analytics_tracking_id: 't1',
}
export const tokenOf = (sku: string) => `tid=t1;exp=${Math.floor(Date.now() / 1000) + 1500};sku=${sku}:0f`

/** GitHub and Copilot in a few lines: every reply of a model bears a request id that counts up. */
const upstream = (sku = 'copilot_for_business_seat'): Script => {
  let count = 0
  return (request, _body, response) => {
    const path = request.url ?? ''
    const json = (body: unknown, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': `r${++count}` })
      response.end(JSON.stringify(body))
    }
    if (path === '/copilot_internal/user') return json({ ...USER, endpoints: { api: 'https://a', proxy: 'https://p' } })
    if (path === '/copilot_internal/v2/token')
      return json({ token: tokenOf(sku), sku, endpoints: { api: 'https://a' } })
    if (path.endsWith('completions')) return json({ choices: [{ index: 0, text: 'a + b', finish_reason: 'stop' }] })
    return json({ path, secret: SECRET })
  }
}

export const within2 = (run: (house: Open) => Promise<void>, copilot: CopilotSettings = SETTINGS, sku?: string) =>
  within({ script: upstream(sku), kind: 'copilot', copilot }, run)

interface Sent {
  readonly method?: string
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly headers?: Record<string, string>
  readonly key?: string
}

export const send = ({ url, key }: Open, path: string, { method = 'GET', body, headers = {}, key: other }: Sent = {}) =>
  fetch(url + path, {
    method,
    ...(body !== undefined && { body }),
    headers: {
      'content-type': 'application/json',
      'x-gatelog-key': other ?? key,
      authorization: 'Bearer gho_x',
      ...headers,
    },
  })

export const ghost = JSON.stringify({ prompt: '# Path: src/a.py\nx', nwo: 'acme/pay', extra: { language: 'python' } })
export const GHOST = '/proxy/v1/engines/gpt-41-copilot/completions'

export const openings = ({ watched }: Open) =>
  watched.entries.filter((entry): entry is Opening => entry.kind === 'asked' || entry.kind === 'refused')
export const endings = ({ watched }: Open) =>
  watched.entries.filter((entry): entry is Ending => entry.kind === 'replied')

export async function anotherKey(house: Open, actor = 'bob'): Promise<string> {
  return (await house.identity.create({ kind: 'user', actor, connections: '*' })).key
}

export const told = (name: string, request: string, more: object = {}) => ({
  time: '2026-11-25T14:00:00.000Z',
  data: { baseData: { name: `agent/${name}`, properties: { headerRequestId: request, choiceIndex: '0', ...more } } },
})
export const TELEMETRY = '/telemetry/telemetry'

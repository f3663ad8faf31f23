/** A mock provider: four protocols, streamed and whole, models, embeddings, token counts. Judges nothing that it is asked. */
import type { ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import { setImmediate as tick, setTimeout as wait } from 'node:timers/promises'
import { type Received, startUpstream } from '../upstream.case.ts'
import { factOf } from './models.case.ts'
import { chat, completions } from './said/chat.case.ts'
import { messages } from './said/messages.case.ts'
import { responses } from './said/responses.case.ts'
import type { Form, Said } from './said/said.case.ts'
import { speaking } from './socket.case.ts'

export type Json = Readonly<Record<string, unknown>>

/** A prompt as the mock understands it. */
export interface Asked {
  readonly body: Json
  readonly model: string
  readonly stream: boolean
  /** The whole body as text. */
  readonly text: string
}

/** An answer that is none: sent as it stands. */
export interface Failure {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Plan {
  readonly said: Omit<Said, 'id' | 'model'>
  /** Milliseconds between two writes. */
  readonly pace?: number
  /** True to stop in mid-stream until the connection breaks. */
  readonly stall?: boolean
}

export type Script = (asked: Asked) => Plan | Failure | Promise<Plan>

/** One request and what was answered, byte for byte. */
export interface Turn {
  readonly request: Received
  status: number
  headers: Readonly<Record<string, string>>
  readonly sent: Buffer[]
}

export interface Mock {
  readonly url: string
  readonly turns: Turn[]
}

const FORMS: readonly (readonly [RegExp, Form])[] = [
  [/\/chat\/completions$/, chat],
  [/\/completions$/, completions],
  [/\/responses$/, responses],
  [/\/messages$/, messages],
]

/** Starts it. Ends with its test. */
export async function startMock(t: TestContext, script: Script): Promise<Mock> {
  const turns: Turn[] = []
  const answer = async (request: Received, response: ServerResponse) => {
    const turn: Turn = { request, status: 0, headers: {}, sent: [] }
    turns.push(turn)
    const path = request.path.split('?')[0] as string
    const form = request.method === 'POST' && FORMS.find(([owns]) => owns.test(path))?.[1]
    const number = turns.length
    if (form) return speak(turn, response, form, await script(asked(request)), number)
    const fact = factOf(request.method, path)
    whole(turn, response, fact ? 200 : 404, JSON.stringify(fact ?? { message: 'Not Found' }))
  }
  const upstream = await startUpstream(t, answer, speaking(turns, script, asked))
  return { url: upstream.url, turns }
}

function asked({ body }: Received): Asked {
  const text = body.toString()
  const json = JSON.parse(text) as Json
  return { body: json, model: String(json['model'] ?? ''), stream: json['stream'] === true, text }
}

async function speak(turn: Turn, response: ServerResponse, form: Form, plan: Plan | Failure, number: number) {
  if ('status' in plan) return whole(turn, response, plan.status, plan.body, plan.headers)
  const { body } = turn.request
  const { model, stream } = asked(turn.request)
  const said = { ...plan.said, id: `m${number}`, model: model || 'gpt-41-copilot' }
  if (!stream) {
    if (plan.pace) await wait(plan.pace * 10)
    return whole(turn, response, 200, JSON.stringify(form.whole(said)))
  }
  const type = { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': `req-${number}` }
  head(turn, response, 200, { ...type, ...GITHUB })
  const bytes = Buffer.from([...form.events(said)].join(''))
  const end = plan.stall ? Math.floor(bytes.length / 2) : bytes.length
  for (const part of cut(bytes.subarray(0, end), body.length)) {
    if (response.destroyed) return
    turn.sent.push(part)
    response.write(part)
    await (plan.pace ? wait(plan.pace) : tick())
  }
  if (!plan.stall) response.end()
}

/** Sizes of writes, taken in turn: borders fall inside events, their blank lines, escapes and characters. */
const SIZES = [1, 7, 190, 2, 3, 64, 511, 5, 1, 33, 1024]

function* cut(bytes: Buffer, seed: number): Generator<Buffer> {
  for (let at = 0, turn = seed; at < bytes.length; turn++) {
    const size = SIZES[turn % SIZES.length] as number
    yield bytes.subarray(at, at + size)
    at += size
  }
}

/** By this field Copilot's clients know that GitHub itself answers. */
export const GITHUB = { 'x-github-request-id': 'MOCK:1' }

function head(turn: Turn, response: ServerResponse, status: number, headers: Readonly<Record<string, string>>): void {
  turn.status = status
  turn.headers = headers
  response.writeHead(status, headers)
}

function whole(turn: Turn, response: ServerResponse, status: number, body: string, more: Failure['headers'] = {}) {
  const bytes = Buffer.from(body)
  turn.sent.push(bytes)
  const type = { 'content-type': 'application/json', 'x-request-id': 'req-whole', ...GITHUB }
  head(turn, response, status, { ...type, 'content-length': String(bytes.length), ...more })
  response.end(bytes)
}

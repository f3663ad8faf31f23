/** Kills the gateway again and again with streams open, and compares what clients got with what the record holds. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { loadConfig, openLocal } from '#app'
import type { CheckRow, Shown } from '#console'
import type { Summary } from '#trail'
import { releasesIn } from './releases.case.ts'

/** `ROUNDS=1000 npm run test:faults` for the whole of it. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 100)
const STREAMS = 8
/** More than a start and its end take, also on a busy machine. */
const ROUND_MS = 30_000
/** What is missing of all that was let go, the gateway let go within this time of the oldest of it, in ms. */
const ALLOWED_MS = 25
const folder = mkdtempSync(join(tmpdir(), 'gatelog-kill-'))
const config = join(folder, 'gatelog.yaml')
const releases = (round: number) => join(folder, `releases-${round}`)

/** What the mock upstream received, by the prompt's own number. */
const received: string[] = []
const upstream = createServer((asked, answer) => {
  void asked.toArray().then(async (chunks) => {
    received.push(JSON.parse(Buffer.concat(chunks).toString()).messages[0].content)
    answer.writeHead(200, { 'content-type': 'text/event-stream' })
    for (let at = 0; at < 30 && !answer.destroyed; at++) {
      answer.write(`data: {"choices":[{"index":0,"delta":{"content":"${at} some words "}}]}\n\n`)
      await wait(4)
    }
    answer.end('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')
  })
})
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
after(() => {
  upstream.closeAllConnections()
  upstream.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Got {
  exchange: string | undefined
  readonly parts: Buffer[]
  done: boolean
}

interface Running {
  readonly child: ChildProcess
  readonly port: number
  /** The signal that ended it, or its code; with what it said on stderr. */
  readonly ended: Promise<string>
}

/** A gateway on a port of its own, ready. @throws where it ends before */
async function start(round: number): Promise<Running> {
  const hook = join(import.meta.dirname, 'releases.case.ts')
  const child = spawn(process.execPath, ['--import', hook, 'bin/gatelog.mjs', '--config', config, 'serve'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, RELEASES: releases(round) },
  })
  const told = { out: '', error: '' }
  child.stderr.on('data', (part: Buffer) => {
    told.error += part.toString()
  })
  const ended = new Promise<string>((resolve) =>
    child.once('close', (code, signal) => resolve(`${signal ?? code} ${told.error}`.trim())),
  )
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (part: Buffer) => {
      told.out += part.toString()
      if (told.out.includes('Next:')) resolve()
    })
  })
  const early = await Promise.race([ready, ended])
  const port = /gateway\s+http:\/\/127\.0\.0\.1:(\d+)/.exec(told.out)?.[1]
  if (early === undefined && port !== undefined) return { child, port: Number(port), ended }
  child.kill('SIGKILL')
  throw new Error(`round ${round}: the gateway did not start: ${early ?? told.out}`)
}

function ask(port: number, key: string, prompt: string, got: Got): Promise<void> {
  const body = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: prompt }] })
  const headers = {
    'content-type': 'application/json',
    'x-gatelog-key': key,
    'content-length': Buffer.byteLength(body),
  }
  return new Promise((resolve) => {
    const asked = request({
      host: '127.0.0.1',
      port,
      path: '/c/up/v1/chat/completions',
      method: 'POST',
      headers,
      agent: false,
    })
    asked.on('error', () => resolve())
    asked.on('response', (answer) => {
      got.exchange = String(answer.headers['x-gatelog-exchange'])
      answer.on('data', (bytes: Buffer) => {
        got.parts.push(bytes)
        if (bytes.includes('[DONE]')) got.done = true
      })
      answer.on('error', () => resolve())
      answer.on('close', () => resolve())
    })
    asked.end(body)
  })
}

/** Eight streams, and the end in the middle of them. */
async function killOne(round: number, key: string, prompts: Set<string>): Promise<Got[]> {
  const { child, port, ended } = await start(round)
  const streams = Array.from({ length: STREAMS }, (_, at) => {
    const got: Got = { exchange: undefined, parts: [], done: false }
    const prompt = `round ${round} stream ${at}`
    prompts.add(prompt)
    return { got, over: wait(at * 9).then(() => ask(port, key, prompt, got)) }
  })
  await wait(20 + ((round * 37) % 430))
  child.kill('SIGKILL')
  assert.equal(await ended, 'SIGKILL', `round ${round}`)
  await Promise.all(streams.map(({ over }) => over))
  return streams.map(({ got }) => got)
}

type Get = <Answer>(path: string) => Promise<Answer>

/** Holds a round to the record; how many bytes of it are not there, and over which time they were let go, in ms. */
async function holdRound(round: number, all: readonly Got[], get: Get): Promise<{ missing: number; span: number }> {
  const left = new Map<string, number>()
  const recorded = new Map<string, number>()
  const missing: { at: number; bytes: number }[] = []
  for (const { exchange, at, bytes } of releasesIn(releases(round))) {
    if (!recorded.has(exchange)) recorded.set(exchange, await holdOne(exchange, all, get))
    const end = (left.get(exchange) ?? 0) + bytes
    left.set(exchange, end)
    const over = Math.min(bytes, end - (recorded.get(exchange) ?? 0))
    if (over > 0) missing.push({ at, bytes: over })
  }
  for (const { exchange = '', parts } of all)
    assert.ok(Buffer.concat(parts).length <= (left.get(exchange) ?? 0), `${exchange} got what was not noted`)
  const times = missing.map(({ at }) => at)
  const span = times.length > 0 ? Math.max(...times) - Math.min(...times) : 0
  assert.ok(
    span <= ALLOWED_MS,
    `round ${round}: bytes are missing that were let go ${span} ms after the oldest of them`,
  )
  return { missing: missing.reduce((sum, { bytes }) => sum + bytes, 0), span }
}

/** Holds what a client got of one exchange to the record; how many bytes of its reply are recorded. */
async function holdOne(exchange: string, all: readonly Got[], get: Get): Promise<number> {
  const shown = await get<Shown>(`/exchanges/${exchange}`)
  const body = Buffer.from(shown.bodies.reply?.text ?? '')
  const got = all.find((each) => each.exchange === exchange)
  const whole = Buffer.concat(got?.parts ?? [])
  assert.equal(shown.opening.kind, 'asked')
  assert.ok(shown.ending, `${exchange} was not closed`)
  if (got?.done) assert.equal(shown.ending.kind, 'replied')
  if (got?.done) assert.equal(body.compare(whole), 0, 'an acknowledged reply differs')
  const both = Math.min(body.length, whole.length)
  assert.equal(body.compare(whole, 0, both, 0, both), 0, 'what was recorded is not what was let go')
  return body.length
}

/** The prompts on the record, each of which has its ending. */
async function promptsIn(get: Get): Promise<Set<string | undefined>> {
  const asked = new Set<string | undefined>()
  for (let before: string | undefined = ''; before !== undefined; ) {
    const page: { exchanges: Summary[]; next?: string } = await get(
      `/exchanges?limit=500${before && `&before=${encodeURIComponent(before)}`}`,
    )
    for (const { exchange, kind } of page.exchanges) {
      assert.notEqual(kind, 'asked', `${exchange} is still open`)
      asked.add((await get<Shown>(`/exchanges/${exchange}`)).prompt?.messages[0]?.text)
    }
    before = page.next
  }
  return asked
}

async function makeKey(): Promise<string> {
  const made = await openLocal(await loadConfig(config))
  const body = JSON.stringify({ kind: 'user', actor: 'ana', connections: '*' })
  const created = await made.request('/keys', { method: 'POST', body })
  const { key } = (await created.json()) as { key: string }
  await made.close()
  return key
}

test(`${ROUNDS} kills: nothing acknowledged is lost, every exchange is closed`, {
  timeout: 60_000 + ROUNDS * ROUND_MS,
}, async (t) => {
  const { port } = upstream.address() as AddressInfo
  writeFileSync(
    config,
    `data: ${folder}/data
listen: { gateway: '127.0.0.1:0', health: '127.0.0.1:0' }
connections: { up: { kind: openai-compatible, url: 'http://127.0.0.1:${port}' } }
`,
  )
  const key = await makeKey()
  const rounds: Got[][] = []
  const prompts = new Set<string>()
  for (let round = 0; round < ROUNDS && !t.signal.aborted; round++) rounds.push(await killOne(round, key, prompts))
  const record = await openLocal(await loadConfig(config))
  try {
    const get: Get = async (path) => (await record.request(path, {})).json() as never
    const total = { missing: 0, span: 0 }
    for (const [round, all] of rounds.entries()) {
      const { missing, span } = await holdRound(round, all, get)
      total.missing += missing
      total.span = Math.max(total.span, span)
    }
    const asked = await promptsIn(get)
    assert.ok(received.every((prompt) => prompts.has(prompt)))
    const lost = received.filter((prompt) => !asked.has(prompt))
    assert.deepEqual(lost, [], 'upstream got a prompt that is not on the record')
    const checks = await get<CheckRow[]>('/checks')
    assert.deepEqual(
      checks.filter(({ check }) => /entries$/.test(check)).map(({ check, state }) => [check, state]),
      [['last entries', 'ok']],
      'a kill takes nothing that was acknowledged',
    )
    const done = rounds.flat().filter((got) => got.done).length
    process.stdout.write(
      `# ${ROUNDS} kills, ${asked.size} exchanges, ${done} complete; ${total.missing} bytes let go and not recorded, within ${total.span.toFixed(1)} ms at most\n`,
    )
  } finally {
    await record.close()
  }
})

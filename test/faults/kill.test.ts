// Kills the gateway again and again with streams open, and compares what clients got with what the record holds.
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
import type { Shown } from '#console'
import type { Summary } from '#trail'

const ROUNDS = Number(process.env['ROUNDS'] ?? 100)
const STREAMS = 8
/** Bytes that a client got within this time before the kill may be missing, in ms. */
const ALLOWED_MS = 25
const folder = mkdtempSync(join(tmpdir(), 'gatelog-kill-'))
const config = join(folder, 'gatelog.yaml')
const PORT = 18684

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
  readonly parts: { readonly at: number; readonly bytes: Buffer }[]
  done: boolean
}

function start(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['bin/gatelog.mjs', '--config', config, 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)))
    child.stdout?.on('data', (part: Buffer) => part.includes('Next:') && resolve(child))
  })
}

function ask(key: string, prompt: string, got: Got): Promise<void> {
  const body = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: prompt }] })
  const headers = {
    'content-type': 'application/json',
    'x-gatelog-key': key,
    'content-length': Buffer.byteLength(body),
  }
  return new Promise((resolve) => {
    const asked = request({
      host: '127.0.0.1',
      port: PORT,
      path: '/c/up/v1/chat/completions',
      method: 'POST',
      headers,
      agent: false,
    })
    asked.on('error', () => resolve())
    asked.on('response', (answer) => {
      got.exchange = String(answer.headers['x-gatelog-exchange'])
      answer.on('data', (bytes: Buffer) => {
        got.parts.push({ at: performance.now(), bytes })
        if (bytes.includes('[DONE]')) got.done = true
      })
      answer.on('error', () => resolve())
      answer.on('close', () => resolve())
    })
    asked.end(body)
  })
}

test(`${ROUNDS} kills: nothing acknowledged is lost, every exchange is closed`, { timeout: 900_000 }, async () => {
  const { port } = upstream.address() as AddressInfo
  writeFileSync(
    config,
    `data: ${folder}/data
listen: { gateway: '127.0.0.1:${PORT}', health: '127.0.0.1:18681' }
connections: { up: { kind: openai-compatible, url: 'http://127.0.0.1:${port}' } }
`,
  )
  const made = await openLocal(await loadConfig(config))
  const created = await made.request('/keys', {
    method: 'POST',
    body: JSON.stringify({ kind: 'user', actor: 'ana', connections: '*' }),
  })
  const { key } = (await created.json()) as { key: string }
  await made.close()
  const all: { got: Got; killed: number }[] = []
  const prompts = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    const child = await start()
    const streams = Array.from({ length: STREAMS }, (_, at) => {
      const got: Got = { exchange: undefined, parts: [], done: false }
      const prompt = `round ${round} stream ${at}`
      prompts.add(prompt)
      return { got, ended: wait(at * 9).then(() => ask(key, prompt, got)) }
    })
    await wait(20 + ((round * 37) % 230))
    const killed = performance.now()
    child.removeAllListeners('exit')
    child.kill('SIGKILL')
    await Promise.all([...streams.map(({ ended }) => ended), new Promise((resolve) => child.once('exit', resolve))])
    all.push(...streams.map(({ got }) => ({ got, killed })))
  }
  const record = await openLocal(await loadConfig(config))
  const get = async <Answer>(path: string) => (await (await record.request(path, {})).json()) as Answer
  let missing = 0
  for (const { got, killed } of all) {
    if (!got.exchange) continue
    const shown = await get<Shown>(`/exchanges/${got.exchange}`)
    const body = Buffer.from(shown.bodies.reply?.text ?? '')
    const whole = Buffer.concat(got.parts.map(({ bytes }) => bytes))
    const due = Buffer.concat(got.parts.filter(({ at }) => at < killed - ALLOWED_MS).map(({ bytes }) => bytes))
    assert.equal(shown.opening.kind, 'asked')
    assert.ok(shown.ending, `${got.exchange} was not closed`)
    if (got.done) assert.equal(shown.ending.kind, 'replied')
    if (got.done) assert.equal(body.compare(whole), 0, 'an acknowledged reply differs')
    assert.equal(body.subarray(0, due.length).compare(due), 0, 'bytes older than 25 ms are missing')
    if (body.length < whole.length) missing++
  }
  const recorded = new Set<string>()
  for (let before = ''; ; ) {
    const page = await get<{ exchanges: Summary[]; next?: string }>(
      `/exchanges?limit=500${before && `&before=${encodeURIComponent(before)}`}`,
    )
    for (const each of page.exchanges) {
      assert.notEqual(each.kind, 'asked', `${each.exchange} is still open`)
      recorded.add(each.exchange)
    }
    if (!page.next) break
    before = page.next
  }
  const asked = new Set<string | undefined>()
  for (const id of recorded) asked.add((await get<Shown>(`/exchanges/${id}`)).prompt?.messages[0]?.text)
  assert.ok(received.every((prompt) => prompts.has(prompt)))
  assert.deepEqual(
    received.filter((prompt) => !asked.has(prompt)),
    [],
    'upstream got a prompt that is not on the record',
  )
  await record.close()
  process.stdout.write(
    `# ${ROUNDS} kills, ${recorded.size} exchanges, ${all.filter(({ got }) => got.done).length} complete, ${missing} shorter by less than ${ALLOWED_MS} ms\n`,
  )
})

/** Values that are planted wherever a client, a provider and a reader can put text are nowhere once their user was erased: no file, no heap. */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { filesIn, folderFor, gatelog } from '../process.case.ts'
import { startUpstream } from '../upstream.case.ts'

const BIN = join(import.meta.dirname, '../../bin/gatelog.mjs')
const HEAP = join(import.meta.dirname, 'heap.case.ts')
/** With these the command line does not start itself anew, which would end the line to this process. */
const FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=100', '--disable-sigusr1']
const COUNT = 30
/** Of which a refusal tells, and what the leaf of an entry once told in clear. */
const [MODEL, CONNECTION] = [COUNT, COUNT + 1]

/** No rule takes these for secrets. */
const FRUITS = ['apple', 'banana', 'cherry', 'damson', 'elder', 'feijoa', 'guava', 'huckle', 'imbe', 'jambul']
const planted = (nth: number): string =>
  `quokka${FRUITS[nth % 10]}wombat${FRUITS[(nth * 7 + 3) % 10]}nth${'abcdef'[nth % 6]}${nth}x`

const BASE = { model: 'm', stream: true }
const user = (content: string) => ({ role: 'user', content })
const call = (name: string, args: object) => ({
  id: 'c',
  type: 'function',
  function: { name, arguments: JSON.stringify(args) },
})

/** Where a value stands in what is asked. */
const ASKED: ((value: string) => { body: object; headers?: Record<string, string> })[] = [
  (v) => ({ body: { ...BASE, messages: [user(`say ${v} once`)] } }),
  (v) => ({ body: { ...BASE, messages: [{ role: 'system', content: v }, user('hello there')] } }),
  (v) => ({
    body: {
      ...BASE,
      messages: [user('use it')],
      tools: [{ type: 'function', function: { name: 't', description: v } }],
    },
  }),
  (v) => ({ body: { ...BASE, messages: [user('name it')], tools: [{ type: 'function', function: { name: v } }] } }),
  (v) => ({
    body: {
      ...BASE,
      messages: [user('call'), { role: 'assistant', tool_calls: [call('edit', { path: `src/${v}.ts`, text: v })] }],
    },
  }),
  (v) => ({ body: { ...BASE, messages: [user('tool'), { role: 'tool', tool_call_id: 'c', content: `result ${v}` }] } }),
  (v) => ({ body: { ...BASE, messages: [user('extra')], brand_new: { deep: [v] } } }),
  (v) => ({ body: { ...BASE, messages: [user('key')], [v]: 'a value' } }),
  (v) => ({ body: { ...BASE, messages: [{ role: 'user', content: [{ type: 'text', text: `${v} in a part` }] }] } }),
  (v) => ({ body: { ...BASE, messages: [user('agent')] }, headers: { 'user-agent': `probe/${v}` } }),
  (v) => ({ body: { ...BASE, messages: [user('session')] }, headers: { 'x-client-session-id': v } }),
  (v) => ({ body: { ...BASE, messages: [user(`from base64: ${Buffer.from(v).toString('base64')} ${v}`)] } }),
]
/** Where it stands in what is answered. */
const ANSWERED: ((value: string) => { type: string; body: string })[] = [
  (v) => ({
    type: 'text/event-stream',
    body: `${event({ content: `the word ${v.slice(0, 9)}` })}${event({ content: `${v.slice(9)} it is` })}${LAST}`,
  }),
  (v) => ({ type: 'text/event-stream', body: `${event({ reasoning_content: v })}${LAST}` }),
  (v) => ({
    type: 'text/event-stream',
    body: `${event({ tool_calls: [{ index: 0, ...call('write', { text: v }) }] })}${LAST}`,
  }),
  (v) => ({ type: 'text/event-stream', body: `${event({ content: 'a', odd: v })}${LAST}` }),
  (v) => ({
    type: 'text/event-stream',
    body: `${event({ content: `\`\`\`ts\nconst ${v} = call(${v}, 7)\n\`\`\`\n` })}${LAST}`,
  }),
  (v) => ({
    type: 'application/json',
    body: JSON.stringify({
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: v }, finish_reason: 'stop' }],
    }),
  }),
  (v) => ({ type: 'application/json', body: JSON.stringify({ error: { message: v } }) }),
]
const event = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'i', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const LAST = `${event({}, 'stop')}data: [DONE]\n\n`

async function start(t: TestContext, folder: string): Promise<{ url: string; child: ChildProcess }> {
  const env = { PATH: process.env['PATH'], HOME: folder, NO_COLOR: '1' }
  const child = fork(BIN, ['serve'], {
    cwd: folder,
    env,
    execArgv: ['--import', HEAP, ...FLAGS],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const ended = once(child, 'exit')
  t.after(() => child.kill('SIGKILL') && ended)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Buffer) => {
      said += part.toString()
    })
  for (let tries = 0; !/Next:/.test(said); tries++) {
    if (tries > 900 || child.exitCode !== null) throw new Error(`it did not start: ${said}`)
    await wait(50)
  }
  return { url: /gateway\s+(http\S+)/.exec(said)?.[1] ?? '', child }
}

/** The values that stand in any file below a folder, with one that holds it. */
function valuesIn(folder: string, values: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const [path, bytes] of filesIn(folder)) {
    const text = bytes.toString('latin1')
    for (const value of values) if (text.includes(value)) found.set(value, basename(path))
  }
  return found
}

async function heapOf(child: ChildProcess, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  child.send({ folder })
  const [told] = (await once(child, 'message')) as [{ written?: number; error?: string }]
  assert.ok((told.written ?? 0) >= 2, String(told.error))
}

test('what a user said is nowhere once it is erased', { timeout: 600_000 }, async (t) => {
  const folder = folderFor(t)
  const values = Array.from({ length: COUNT + 2 }, (_, nth) => planted(nth))
  let reply = { type: '', body: '' }
  const upstream = await startUpstream(t, (_, response) => {
    response.writeHead(200, { 'content-type': reply.type }).end(reply.body)
  })
  writeFileSync(
    join(folder, 'gatelog.yaml'),
    `listen: { gateway: '127.0.0.1:0', health: '127.0.0.1:0' }\nconnections: { up: { kind: openai, url: '${upstream.url}' } }\n`,
  )
  const { url, child } = await start(t, folder)
  const keyOf = async (name: string) => {
    const told = await gatelog(folder, ['keys', 'create', '--user', name, '--json'])
    return (JSON.parse(told.stdout) as { key: string }).key
  }
  const [ana, bob] = [await keyOf('ana'), await keyOf('bob')]
  const ask = async (key: string, body: object, headers: Record<string, string> = {}, connection = 'up') => {
    const all = { 'content-type': 'application/json', 'x-gatelog-key': key, ...headers }
    const answer = await fetch(`${url}/c/${connection}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: all,
    })
    await answer.text()
  }
  for (const [nth, value] of values.slice(0, COUNT).entries()) {
    const { body, headers } = ASKED[nth % ASKED.length]?.(nth % 2 ? 'nothing here' : value) ?? assert.fail()
    reply = ANSWERED[nth % ANSWERED.length]?.(nth % 2 ? value : 'nothing either') ?? assert.fail()
    await ask(ana, body, headers)
  }
  reply = ANSWERED[0]?.('marsupial') ?? assert.fail()
  await ask(ana, { ...BASE, model: values[MODEL], messages: [user('by name')] })
  await ask(ana, { ...BASE, messages: [user('where')] }, {}, values[CONNECTION])
  await ask(bob, { ...BASE, messages: [user('keepthisquestion of bob')] })
  for (const query of [
    values[0],
    `"use it" ${values[2]}`,
    `model:${values[MODEL]}`,
    `connection:${values[CONNECTION]}`,
  ])
    assert.equal((await gatelog(folder, ['search', String(query)])).code, 0)
  const dry = ['erase', '--query', String(values[4]), '--why', 'w', '--basis', 'b', '--dry-run']
  assert.equal((await gatelog(folder, dry)).code, 0)
  const data = join(folder, 'gatelog-data')
  const heap = join(folder, 'heap')
  await heapOf(child, heap)
  assert.ok(valuesIn(data, values).size >= 4, 'the grep finds values that lie open before')
  assert.ok(valuesIn(heap, values).size >= 10, 'the snapshots show values before')
  rmSync(heap, { recursive: true })
  const told = await gatelog(folder, ['erase', '--user', 'ana', '--why', 'asked', '--basis', 'Art. 17', '--yes'])
  assert.equal(told.code, 0, told.stderr)
  assert.match(told.stdout, new RegExp(`ana: ${COUNT + 2} exchanges`))
  await ask(bob, { ...BASE, messages: [user('one more')] })
  await heapOf(child, heap)
  assert.deepEqual([...valuesIn(data, values)], [], 'in a file')
  assert.deepEqual([...valuesIn(heap, values)], [], 'in a heap')
  const { reads } = JSON.parse((await gatelog(folder, ['reads', '--json'])).stdout) as { reads: { read: object }[] }
  const kept = reads.filter(({ read }) => 'insteadOf' in read)
  assert.ok(kept.length >= 5 && kept.every(({ read }) => JSON.stringify(read).includes('[masked:erased]')))
  rmSync(heap, { recursive: true })
  const proof = await gatelog(folder, ['verify', '--json'])
  assert.equal(proof.code, 0, proof.stdout + proof.stderr)
  assert.ok(JSON.parse(proof.stdout).counts.erased >= 2 * COUNT, proof.stdout)
  const search = await gatelog(folder, ['search', 'keepthisquestion', '--json'])
  assert.equal(JSON.parse(search.stdout).exchanges.length, 1)
  for (const value of values)
    assert.equal(JSON.parse((await gatelog(folder, ['search', value, '--json'])).stdout).exchanges.length, 0)
})

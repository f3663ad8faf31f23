/** The keys of a real gateway: held by a process of its own, which dies with it and is started again; lost, back, rotated. */
import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import {
  closeSync,
  cpSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { folderFor, type Gateway, gatelog, startGateway } from '../process.case.ts'
import { checksOf, holderOf, isAlive, listening, shaken, until } from './holder.case.ts'

const YAML = 'connections: { demo: { kind: demo } }\n'
const PROMPT = { model: 'demo', stream: true, messages: [{ role: 'user', content: 'Write a config loader' }] }

async function ask(gateway: Gateway, key: string): Promise<number> {
  const answer = await fetch(`${gateway.url}/c/demo/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-gatelog-key': key },
    body: JSON.stringify(PROMPT),
  })
  await answer.text()
  return answer.status
}

const keysIn = (folder: string) => join(folder, '.config/gatelog/keys')
const placeOf = (folder: string) => join(keysIn(folder), readdirSync(keysIn(folder))[0] ?? '')

test('a bare start keeps its key outside the data folder, and says where', async (t) => {
  const gateway = await startGateway(t, YAML)
  const { folder } = gateway
  await gateway.hears(/a wrapping key was made in .*keys/)
  assert.ok(existsSync(join(placeOf(folder), 'current')))
  const rows = (await checksOf(gateway)).filter(({ check }) => /^key/.test(check))
  assert.deepEqual(
    rows.map(({ check, state }) => `${check} ${state}`),
    ['keys ok', 'keyholder ok'],
  )
  assert.equal(await ask(gateway, await gateway.key()), 200)
  const database = readFileSync(join(folder, 'gatelog-data/keys.db'))
  for (const name of readdirSync(placeOf(folder))) {
    const key = readFileSync(join(placeOf(folder), name), 'utf8').trim()
    if (key.length === 64) assert.ok(!database.includes(Buffer.from(key, 'hex')))
  }
})

test('the process that holds the keys is started again when it is killed, and traffic goes on', async (t) => {
  const gateway = await startGateway(t, YAML)
  const key = await gateway.key()
  const before = await holderOf(gateway)
  process.kill(before, 'SIGKILL')
  await gateway.hears('is started again')
  await until(async () => (await holderOf(gateway)) !== before)
  assert.equal(await ask(gateway, key), 200)
  assert.match((await gateway.gatelog('show', 'last')).stdout, /Write a config loader/)
})

test('it dies with the gateway, however that dies, and ends with it', async (t) => {
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const gateway = await startGateway(t, YAML)
    const holder = await holderOf(gateway)
    assert.ok(isAlive(holder))
    await gateway.end(signal)
    await until(() => !isAlive(holder))
  }
})

test('when it does not stay alive it is given up, and what needs a key is refused with its fault', async (t) => {
  const gateway = await startGateway(t, YAML)
  for (let nth = 0; nth < 6; nth++) {
    const holder = await until(async () => isAlive(await holderOf(gateway))).then(() => holderOf(gateway))
    process.kill(holder, 'SIGKILL')
    await until(() => !isAlive(holder))
  }
  await gateway.hears('it is not started again')
  const { stderr, code } = await gateway.gatelog('trail', 'rotate-key')
  assert.match(stderr, /does not answer/)
  assert.notEqual(code, 0)
})

async function recorded(t: TestContext): Promise<{ folder: string }> {
  const folder = folderFor(t)
  const gateway = await startGateway(t, YAML, folder)
  assert.equal(await ask(gateway, await gateway.key()), 200)
  await gateway.end('SIGTERM')
  return { folder }
}

test('without the key the server refuses, the record is shown without bodies, and with the key all is back', async (t) => {
  const { folder } = await recorded(t)
  const place = placeOf(folder)
  renameSync(place, join(folder, 'elsewhere'))
  const { code, stderr } = await gatelog(folder, ['serve'])
  assert.equal(code, 1)
  assert.match(stderr, /is not here.*rotate-key --lost/s)
  assert.ok(!existsSync(place), 'a new key was made over an old record')
  const shown = await gatelog(folder, ['show', 'last'])
  assert.match(shown.stdout, /\[locked: .*\]/)
  assert.ok(!shown.stdout.includes('Write a config loader'))
  assert.match(shown.stdout, /seal +locked, all but the body is as it was sealed/)
  assert.doesNotMatch(shown.stdout, /CHANGED/)
  const { stdout: checks } = await gatelog(folder, ['doctor'])
  assert.match(checks, /fail.*are locked/)
  assert.match(checks, /warn.*who read the record: 1 to be put on it/)
  assert.match((await gatelog(folder, ['reads'])).stderr, /not shown: 1 more/)
  renameSync(join(folder, 'elsewhere'), place)
  assert.match((await gatelog(folder, ['show', 'last'])).stdout, /Write a config loader/)
  const { reads } = JSON.parse((await gatelog(folder, ['reads', '--json'])).stdout)
  const told = reads.map(({ read }: { read: { did: string; late?: unknown } }) => [read.did, read.late !== undefined])
  assert.deepEqual(told, [
    ['viewed', false],
    ['listed', true],
    ['viewed', true],
  ])
  assert.doesNotMatch((await gatelog(folder, ['doctor'])).stdout, /who read the record/)
  await (await startGateway(t, YAML, folder)).end('SIGTERM')
  assert.equal((await gatelog(folder, ['verify'])).code, 0)
})

test('where the key is lost for good the record goes on, and what it encrypted stays locked', async (t) => {
  const { folder } = await recorded(t)
  const shown = await gatelog(folder, ['show', 'last', '--json'])
  rmSync(placeOf(folder), { recursive: true })
  assert.match((await gatelog(folder, ['trail', 'rotate-key'])).stderr, /is not here/)
  const { stdout, stderr } = await gatelog(folder, ['trail', 'rotate-key', '--lost', '--json'])
  assert.ok(JSON.parse(stdout).lost > 0, stderr)
  const gateway = await startGateway(t, YAML, folder)
  assert.equal(await ask(gateway, await gateway.key()), 200)
  assert.match((await gateway.gatelog('show', 'last')).stdout, /Write a config loader/)
  const first = await gateway.gatelog('show', JSON.parse(shown.stdout).opening.exchange)
  assert.match(first.stdout, /seal +locked/)
  assert.doesNotMatch(first.stdout, /CHANGED/)
  const rows = await gateway.api<{ here: boolean }[]>('/wrapping')
  assert.deepEqual(
    rows.map(({ here }) => here),
    [false, true],
  )
})

for (const harm of ['gone', 'damaged'] as const)
  test(`where only the key’s file is ${harm} the record is shown without bodies, and goes on under another`, async (t) => {
    const { folder } = await recorded(t)
    const place = placeOf(folder)
    const current = readFileSync(join(place, 'current'), 'utf8').trim()
    const file = join(place, `${current}.key`)
    if (harm === 'gone') rmSync(file)
    else writeFileSync(file, `${'0'.repeat(64)}\n`)
    const { code, stderr } = await gatelog(folder, ['serve'])
    assert.equal(code, 1)
    assert.match(stderr, new RegExp(`is not here.*${current}\\.key is ${harm}.*rotate-key --lost`, 's'))
    assert.match((await gatelog(folder, ['show', 'last'])).stdout, /\[locked: .*\]/)
    assert.match((await gatelog(folder, ['verify'])).stdout, /locked/)
    assert.match((await gatelog(folder, ['doctor'])).stdout, /fail.*are locked/)
    assert.match((await gatelog(folder, ['trail', 'rotate-key'])).stderr, new RegExp(`${current}\\.key is ${harm}`))
    assert.equal(readFileSync(join(place, 'current'), 'utf8').trim(), current)
    const told = await gatelog(folder, ['trail', 'rotate-key', '--lost', '--json'])
    assert.ok(JSON.parse(told.stdout).lost > 0, told.stderr)
    const gateway = await startGateway(t, YAML, folder)
    assert.equal(await ask(gateway, await gateway.key()), 200)
    assert.match((await gateway.gatelog('show', 'last')).stdout, /Write a config loader/)
    await gateway.end('SIGTERM')
  })

test('a damaged file of a former key, which nothing is under any more, stops nothing and is told', async (t) => {
  const { folder } = await recorded(t)
  const { stdout } = await gatelog(folder, ['trail', 'rotate-key', '--json'])
  const [former] = JSON.parse(stdout).former as string[]
  writeFileSync(join(placeOf(folder), `${former}.key`), 'not a key any more')
  assert.match((await gatelog(folder, ['show', 'last'])).stdout, /Write a config loader/)
  const gateway = await startGateway(t, YAML, folder)
  assert.equal(await ask(gateway, await gateway.key()), 200)
  const rows = (await checksOf(gateway)).filter(({ check }) => /^key/.test(check))
  assert.deepEqual(
    rows.map(({ check, state }) => `${check} ${state}`),
    ['key file warn', 'keys ok', 'keyholder ok'],
  )
  await gateway.end('SIGTERM')
})

test('a key is rotated while the server runs: a rotated entry tells so, and the former file is needed no more', async (t) => {
  const { folder } = await recorded(t)
  const gateway = await startGateway(t, YAML, folder)
  const told = JSON.parse((await gateway.gatelog('trail', 'rotate-key', '--json')).stdout)
  assert.deepEqual([told.lost, told.former.length], [0, 1])
  assert.match((await gateway.gatelog('show', 'last')).stdout, /Write a config loader/)
  await gateway.end('SIGTERM')
  rmSync(join(placeOf(folder), `${told.former[0]}.key`))
  assert.match((await gatelog(folder, ['show', 'last'])).stdout, /Write a config loader/)
})

test('a key of the configuration takes over from the folder’s, with the former one named', async (t) => {
  const { folder } = await recorded(t)
  const file = join(placeOf(folder), readdirSync(placeOf(folder)).find((name) => name.endsWith('.key')) ?? '')
  writeFileSync(join(folder, 'new.key'), Buffer.alloc(32, 8).toString('base64'), { mode: 0o600 })
  const form = `encryption: { wrapping_key: { file: new.key }, former_keys: [{ file: '${file}' }] }\n`
  const gateway = await startGateway(t, YAML + form, folder)
  const told = JSON.parse((await gateway.gatelog('trail', 'rotate-key', '--json')).stdout)
  assert.equal(told.lost, 0)
  await gateway.end('SIGTERM')
  rmSync(keysIn(folder), { recursive: true })
  writeFileSync(join(folder, 'gatelog.yaml'), `${YAML}encryption: { wrapping_key: { file: new.key } }\n`)
  assert.match((await gatelog(folder, ['show', 'last'])).stdout, /Write a config loader/)
})

test('no core is dumped, no signal opens an inspector, and the holder of keys listens nowhere', async (t) => {
  const gateway = await startGateway(t, YAML)
  const [server, holder] = [gateway.child.pid ?? 0, await holderOf(gateway)]
  for (const pid of [server, holder]) {
    assert.match(readFileSync(`/proc/${pid}/limits`, 'utf8'), /^Max core file size +0 +0 /m)
    const before = listening(pid)
    assert.equal(before.length > 0, pid === server)
    process.kill(pid, 'SIGUSR1')
    for (let nth = 0; nth < 3; nth++) assert.equal(await ask(gateway, await gateway.key()), 200)
    assert.ok(isAlive(pid))
    assert.deepEqual(listening(pid), before)
  }
  assert.ok(!/debugger/i.test(gateway.said()), gateway.said())
  const row = (await checksOf(gateway)).find(({ check }) => check === 'memory')
  assert.equal(row?.state, 'ok')
})

/** Whether the writable memory of a process holds these bytes; undefined where it may not be read. */
function holds(pid: number, wanted: Uint8Array): boolean | undefined {
  const areas = readFileSync(`/proc/${pid}/maps`, 'utf8').matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw/gm)
  let memory: number
  try {
    memory = openSync(`/proc/${pid}/mem`, 'r')
  } catch {
    return undefined
  }
  try {
    return [...areas].some(([, from = '', to = '']) => areaHolds(memory, [from, to], wanted))
  } finally {
    closeSync(memory)
  }
}

const STEP = 16 * 1_048_576

function areaHolds(memory: number, [from, to]: readonly [string, string], wanted: Uint8Array): boolean {
  const end = Number.parseInt(to, 16)
  const part = Buffer.alloc(STEP + wanted.length)
  for (let at = Number.parseInt(from, 16); at < end; at += STEP) {
    try {
      const length = readSync(memory, part, 0, Math.min(part.length, end - at), at)
      if (part.subarray(0, length).includes(wanted)) return true
    } catch {
      // a page that nobody has touched
    }
  }
  return false
}

/** The 32 bytes of a private key of P-256 or Ed25519, from its file. */
function scalarOf(path: string): Buffer {
  const { d = '' } = createPrivateKey(readFileSync(path)).export({ format: 'jwk' })
  return Buffer.from(d, 'base64url')
}

test('no key that wraps, seals or certifies is ever in the gateway’s memory, and it is all done all the same', async (t) => {
  const gateway = await startGateway(t, 'connections: { demo: { kind: demo }, openai: { kind: openai } }\n')
  const key = await gateway.key()
  assert.ok(await shaken(gateway, key))
  const [server, holder] = [gateway.child.pid ?? 0, await holderOf(gateway)]
  const wrapping = readdirSync(placeOf(gateway.folder)).find((name) => name.endsWith('.key')) ?? ''
  const ca = join(gateway.folder, 'gatelog-data/ca')
  const secrets = [
    Buffer.from(readFileSync(join(placeOf(gateway.folder), wrapping), 'utf8').trim(), 'hex'),
    scalarOf(join(ca, readdirSync(ca).find((name) => name.endsWith('.key')) ?? '')),
    scalarOf(join(gateway.folder, 'gatelog-data/seal.key')),
  ]
  for (const secret of secrets) {
    assert.equal(secret.length, 32)
    assert.notEqual(holds(server, secret), true)
  }
  const [held] = secrets.map((secret) => holds(holder, secret))
  assert.notEqual(held, false, 'the search finds what is there')
  assert.equal(await ask(gateway, key), 200)
  const counted = async () => (await checksOf(gateway)).find(({ check }) => check === 'keyholder')?.told ?? ''
  assert.match(await counted(), /leaf [1-9]/)
  await until(async () => /sign [1-9]/.test(await counted()))
  process.kill(holder, 'SIGKILL')
  await gateway.hears('is started again')
  await gateway.gatelog('ca', 'rotate', '--now')
  assert.ok(await shaken(gateway, key))
})

test('an old copy of the data folder is not sealed on: what was signed last is remembered outside of it', async (t) => {
  const { folder } = await recorded(t)
  const [data, old] = [join(folder, 'gatelog-data'), join(folder, 'old')]
  cpSync(data, old, { recursive: true })
  const sealed = () => Number(readFileSync(join(data, 'seal/checkpoint'), 'utf8').split('\n')[1])
  const gateway = await startGateway(t, YAML, folder)
  assert.equal(await ask(gateway, await gateway.key()), 200)
  await gateway.end('SIGTERM')
  const most = sealed()
  const intact = await gateway.gatelog('verify')
  assert.deepEqual([intact.code, intact.stdout.split('\n').at(-2)], [0, 'internally consistent'])
  rmSync(data, { recursive: true })
  cpSync(old, data, { recursive: true })
  const before = sealed()
  assert.ok(before < most)
  const told = `rolled back: what was signed last: ${most} entries were sealed, the log has ${before}`
  const alone = await gateway.gatelog('verify')
  assert.deepEqual([alone.code, alone.stdout.includes(told)], [5, true], alone.stdout + alone.stderr)
  const looked = await gateway.gatelog('doctor')
  assert.match(looked.stdout, /fail seal +whoever signs has seen more: \d+ entries were sealed, the log has \d+/)
  const copy = await gateway.gatelog('verify', old)
  assert.deepEqual([copy.code, copy.stdout.split('\n').at(-2)], [0, 'internally consistent'])
  const held = await gateway.gatelog('verify', old, '--head', join(placeOf(folder), 'seal.head'))
  assert.deepEqual([held.code, held.stdout.includes(told)], [5, true], held.stdout + held.stderr)
  const again = await startGateway(t, YAML, folder)
  assert.equal(await ask(again, await again.key()), 200)
  const seal = async () => (await checksOf(again)).find(({ check }) => check === 'seal')
  await until(async () => (await seal())?.state === 'fail')
  assert.match((await seal())?.told ?? '', /rolled back/)
  const asked = await again.gatelog('verify')
  assert.deepEqual([asked.code, asked.stdout.includes(told)], [5, true], asked.stdout + asked.stderr)
  assert.match(asked.stdout, /^nothing is sealed now: .*rolled back/)
  assert.match(asked.stdout, /\nnot intact: 1 alarm\n$/)
  await again.end('SIGTERM')
  assert.equal(sealed(), before)
})

test('a head that was signed and not shown, for the process was killed, is no alarm: it counts for the log', async (t) => {
  const { folder } = await recorded(t)
  const sizeIn = (path: string) => Number(readFileSync(join(folder, path), 'utf8').split('\n')[1])
  const shown = () => sizeIn('gatelog-data/seal/checkpoint')
  const before = shown()
  const gateway = await startGateway(t, YAML, folder, { env: { GATELOG_KILL_AT: 'seal.signed' } })
  const gone = once(gateway.child, 'exit')
  await ask(gateway, await gateway.key()).catch((error: unknown) => error) // it may die before it has answered
  await gone
  const signed = Number(readFileSync(join(placeOf(folder), 'seal.head'), 'utf8').split('\n')[1])
  assert.deepEqual([shown(), signed > before], [before, true])
  const told = await gateway.gatelog('verify')
  assert.deepEqual([told.code, told.stdout.split(' ')[0]], [0, String(signed)], told.stdout + told.stderr)
  assert.match((await gateway.gatelog('doctor')).stdout, /ok {3}seal/)
})

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Fault, type Opening } from '#exchange'
import { Identity } from '#identity'
import { Custody, openTrail, Reads } from '#trail'
import { body, ID, keyring, openingOf } from './backend.case.ts'
import { type Backend, openApi } from './index.ts'

const READ = '01a20cad-1740-7000-9000-00000000'
const TALLY = { since: 0, seen: 0, onRecord: 0, bypasses: 0, dropped: 0 }

async function openSocket(t: TestContext, kind: 'memory' | 'sqlite' = 'memory', note?: () => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-console-'))
  const trail = await openTrail({ folder, keyring, now: Date.now, store: kind })
  const store = { list: async () => [], put: async () => undefined }
  const identity = new Identity({ store, keyring, now: Date.now, random: randomBytes, pathKeys: true }, [])
  let count = 0
  const reads = new Reads({ trail, now: Date.now, uuid: () => READ + String(++count).padStart(4, '0') })
  const backend: Backend = {
    ...{ trail, identity, now: Date.now },
    wrapping: { rows: async () => [], rotate: () => assert.fail() },
    backup: { take: () => assert.fail('not asked') },
    secrets: { allowed: false, perHour: 1, via: 'server', fingerprint: () => undefined, uuid: () => '' },
    reading: { reads: note ? { note } : reads, via: 'server', masked: (text) => text.replace('hush', '[masked]') },
    coverage: { coverage: () => assert.fail(), review: async (_, reports) => ({ ...TALLY, seen: reports.length }) },
    reviser: {
      plan: () => assert.fail(),
      erase: () => assert.fail(),
      rescan: () => assert.fail(),
      resume: async () => 0,
    },
    custody: new Custody({ trail, keyring, now: Date.now, uuid: () => READ + String(++count).padStart(4, '0') }),
    log: () => ({ origin: 'o', size: 1000, leaf: (seq) => `h${seq}` }),
    connections: () => [{ name: 'demo', kind: 'demo', credentials: 'passthrough', hosts: {} }],
    test: async (name) => {
      throw new Fault('request.connection', name)
    },
    checks: async () => [],
    knows: (name) => name === 'demo',
  }
  const path = join(folder, 'gatelog.sock')
  const api = await openApi(path, backend)
  t.after(async () => {
    await api.close()
    await reads.close()
    await trail.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { path, trail, ask: askerOf(path) }
}

interface Told {
  readonly status: number
  readonly value: {
    readonly error?: { readonly code: string; readonly message: string; readonly remedy: string }
  } & Record<string, never>
}

const askerOf =
  (socketPath: string) =>
  (method: string, path: string, sent?: string, headers: Record<string, string> = {}): Promise<Told> =>
    new Promise((resolve, reject) => {
      const asked = request({ socketPath, method, path, headers }, (reply) => {
        reply.toArray().then((parts) => {
          const text = Buffer.concat(parts).toString()
          resolve({ status: reply.statusCode ?? 0, value: JSON.parse(text) })
        }, reject)
      })
      asked.once('error', reject).end(sent)
    })

test('the socket is its owner’s only', async (t) => {
  const { path } = await openSocket(t)
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('exchanges: a page, one by id, one by its beginning, the last; lists bear no body', async (t) => {
  const { trail, ask } = await openSocket(t)
  for (const nth of [1, 2, 3]) await trail.append(openingOf(nth))
  const first = (await ask('GET', '/exchanges?limit=2')).value as unknown as { exchanges: Opening[]; next: string }
  assert.deepEqual(
    first.exchanges.map(({ exchange }) => exchange),
    [`${ID}3`, `${ID}2`],
  )
  assert.doesNotMatch(JSON.stringify(first), /secret words|"body"|messages/)
  const second = (await ask('GET', `/exchanges?before=${encodeURIComponent(first.next)}`))
    .value as unknown as typeof first
  assert.deepEqual([second.exchanges.length, second.next], [1, undefined])
  const last = (await ask('GET', '/exchanges/last')).value as unknown as {
    opening: Opening
    bodies: { prompt: { text: string } }
  }
  assert.deepEqual([last.opening.exchange, last.bodies.prompt.text], [`${ID}3`, body.bytes.toString()])
  assert.deepEqual((await ask('GET', `/exchanges/${ID}1`)).status, 200)
})

test('sessions bear their id as their exchanges do', async (t) => {
  const { trail, ask } = await openSocket(t, 'sqlite')
  await trail.append(openingOf(1))
  const { sessions } = (await ask('GET', '/sessions')).value as unknown as { sessions: { session: string }[] }
  assert.deepEqual(
    sessions.map(({ session }) => session),
    ['MixedCase'],
  )
  const found = (await ask('GET', '/sessions/MixedCase')).value as unknown as Opening[]
  assert.deepEqual(
    found.map(({ exchange }) => exchange),
    [`${ID}1`],
  )
})

test('a key is made, listed without its digest, and revoked once', async (t) => {
  const { ask } = await openSocket(t)
  const made = await ask('POST', '/keys', JSON.stringify({ kind: 'user', actor: 'ana', connections: '*' }))
  const { key, record } = made.value as unknown as { key: string; record: { id: string } }
  assert.match(key, /^gtl_user_/)
  const { value } = await ask('GET', '/keys')
  assert.doesNotMatch(JSON.stringify([value, record]), /digest|gtl_user_/)
  const ended = (await ask('DELETE', `/keys/${record.id}?why=left`)).value as unknown as {
    revoked: number
    why: string
  }
  assert.ok(ended.revoked > 0 && ended.why === 'left')
})

const WRONG: readonly (readonly [string, string, string | undefined, number, string])[] = [
  ['GET', `/exchanges/${ID}9`, undefined, 404, 'trail.absent'],
  ['GET', '/exchanges/last', undefined, 404, 'trail.absent'],
  ['GET', '/exchanges?q=nokey:x', undefined, 400, 'query.syntax'],
  ['GET', '/sessions?q=%22open', undefined, 400, 'query.syntax'],
  ['GET', '/nowhere', undefined, 404, 'request.path'],
  ['POST', '/keys', '{"kind":', 400, 'request.json'],
  ['POST', '/keys', 'null', 400, 'request.json'],
  ['POST', '/keys', '{"kind":"king","actor":"a","connections":"*"}', 400, 'usage.option'],
  ['POST', '/keys', '{"kind":"user","actor":"a","connections":["nope"]}', 404, 'request.connection'],
  ['DELETE', '/keys/k_none', undefined, 400, 'identity.unknown'],
  ['POST', '/holds', '{"scope":{"user":"a"}}', 400, 'usage.option'],
  ['POST', '/holds', '{"scope":{"user":"a*"},"why":"x"}', 400, 'usage.option'],
  ['DELETE', '/holds/none?why=x', undefined, 404, 'custody.absent'],
  ['GET', '/purge?before=2026-13-45', undefined, 400, 'usage.option'],
  ['POST', '/purge', '{"why":" "}', 400, 'usage.option'],
  ['POST', '/connections/none/test', undefined, 404, 'request.connection'],
]
for (const [method, path, sent, status, code] of WRONG)
  test(`${method} ${path} ${sent ?? ''}: ${code}`, async (t) => {
    const { ask } = await openSocket(t)
    const told = await ask(method, path, sent)
    assert.deepEqual([told.status, told.value.error?.code], [status, code])
    assert.ok(told.value.error?.message)
  })

for (const header of ['origin', 'sec-fetch-site'])
  test(`a browser is refused: ${header}`, async (t) => {
    const { ask } = await openSocket(t)
    const sent = JSON.stringify({ kind: 'user', actor: 'eve', connections: '*' })
    const told = await ask('POST', '/keys', sent, { [header]: 'http://evil.example', 'content-type': 'text/plain' })
    assert.deepEqual([told.status, told.value.error?.code], [400, 'request.browser'])
    assert.deepEqual((await ask('GET', '/keys')).value, [])
  })

test('a live view gets each entry once it is durable, without bodies, and is let go', async (t) => {
  const { path, trail } = await openSocket(t)
  const lines: string[] = []
  const asked = request({ socketPath: path, path: '/tail' })
  const reply = new Promise<void>((resolve) => {
    asked.once('response', (response) => {
      response.setEncoding('utf8').on('data', (text: string) => {
        lines.push(...text.trim().split('\n'))
        if (lines.length >= 2) resolve()
      })
      response.once('error', () => undefined)
    })
    asked.end()
  })
  asked.once('error', () => undefined)
  for (let nth = 1; lines.length < 2 && nth < 900; nth++) {
    await trail.append(openingOf(nth))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await reply
  asked.destroy()
  const entries = lines.map((line) => JSON.parse(line) as { seq: number; entry: Opening })
  assert.ok(entries.every(({ seq, entry }) => seq > 0 && entry.kind === 'asked'))
  assert.doesNotMatch(lines.join(''), /secret words|"body"/)
})

test('whatever is shown of the record is on the record first, with who, what and how much', async (t) => {
  const { trail, ask } = await openSocket(t)
  for (const nth of [1, 2, 3]) await trail.append(openingOf(nth))
  const ana = { 'x-gatelog-reader': encodeURIComponent('Ana Müller') }
  await ask('GET', '/exchanges/last', undefined, ana)
  await ask('GET', `/exchanges/${ID}1`, undefined, ana)
  await ask('GET', '/exchanges?q=secret%20hush&limit=2', undefined, ana)
  await ask('GET', '/exchanges?q=model:m')
  await ask('GET', '/sessions?q=secret', undefined, { 'x-gatelog-reader': '%E0%A4%A' })
  await ask('GET', '/sessions/MixedCase', undefined, ana)
  for (const path of ['/keys', '/connections', '/checks', '/nowhere', `/exchanges/${ID}9`]) await ask('GET', path)
  const told = (await trail.reads(100)).map(({ read }) => [read.reader.value, read.did, read.of, read.count])
  assert.deepEqual(told, [
    ['Ana Müller', 'viewed', `${ID}3`, 1],
    ['Ana Müller', 'viewed', `${ID}1`, 1],
    ['Ana Müller', 'searched', 'secret [masked]', 0],
    ['unknown', 'listed', 'model:m', 3],
    ['%E0%A4%A', 'searched', 'secret', 1],
    ['Ana Müller', 'listed', 'session:MixedCase', 3],
  ])
  const listed = (await ask('GET', '/reads?limit=2')).value as unknown as { reads: { read: { of: string } }[] }
  assert.deepEqual(
    listed.reads.map(({ read }) => read.of),
    ['session:MixedCase', 'secret'],
  )
  const newest = (await trail.reads(100)).map(({ read }) => read)
  assert.deepEqual([newest.length, newest[6]?.did, newest[6]?.format, newest[6]?.count], [7, 'listed', 'reads', 2])
})

test('nothing is shown that the record cannot tell of', async (t) => {
  const { trail, ask } = await openSocket(t, 'memory', async () => {
    throw new Fault('trail.unavailable', 'full')
  })
  await trail.append(openingOf(1))
  for (const path of ['/exchanges', '/exchanges/last', '/sessions', '/sessions/MixedCase', '/tail']) {
    const told = await ask('GET', path)
    assert.deepEqual([path, told.status, told.value.error?.code], [path, 503, 'trail.unavailable'])
    assert.doesNotMatch(JSON.stringify(told.value), /01a20cad/)
  }
})

test('an export is on the record before its first row, and once more with how much it was', async (t) => {
  const { trail, path } = await openSocket(t)
  for (const nth of [1, 2]) await trail.append(openingOf(nth))
  const lines = await new Promise<string[]>((resolve, reject) => {
    const target = '/export?q=model:m&format=csv&bodies=true'
    request({ socketPath: path, path: target, headers: { 'x-gatelog-reader': 'ana' } }, (reply) => {
      reply.toArray().then((parts) => resolve(Buffer.concat(parts).toString().trim().split('\n')), reject)
    }).end()
  })
  const told = lines.map((line) => JSON.parse(line))
  assert.deepEqual(
    told.map(({ id, origin, leaves, end }) => end ?? [id, origin, leaves]),
    [
      [`${ID}2.asked`, 'o', [{ kind: 'asked', index: 1, hash: 'h2' }]],
      [`${ID}1.asked`, 'o', [{ kind: 'asked', index: 0, hash: 'h1' }]],
      { rows: 2 },
    ],
  )
  assert.match(told[0].untrusted.prompt.text, /messages/)
  const [first] = (await trail.reads(10)).map(({ read }) => read)
  assert.deepEqual(first && [first.did, first.of, first.format, first.content, first.reader.value], [
    'exported',
    'model:m',
    'csv',
    true,
    'ana',
  ])
})

test('nothing is exported that the record cannot tell of, nor in a format that there is not', async (t) => {
  const { trail, ask } = await openSocket(t, 'memory', async () => {
    throw new Fault('trail.unavailable', 'full')
  })
  await trail.append(openingOf(1))
  const told = await ask('GET', '/export')
  assert.deepEqual([told.status, told.value.error?.code], [503, 'trail.unavailable'])
  assert.equal((await ask('GET', '/export?format=toString')).value.error?.code, 'usage.option')
  assert.equal((await ask('GET', '/export?q=x:y')).value.error?.code, 'query.syntax')
})

test('reports are reviewed only where they are reports', async (t) => {
  const { ask } = await openSocket(t)
  const at = Date.UTC(2026, 10, 24)
  const report = { github: 'octocat', from: at, to: at }
  const good = await ask('POST', '/coverage', JSON.stringify({ via: 'github-seats', reports: [report, report] }))
  assert.deepEqual([good.status, (good.value as { seen?: number }).seen], [200, 2])
  for (const body of [
    {},
    { via: 'otlp', reports: [report] },
    { via: 'github-audit', reports: [{ ...report, from: 'x' }] },
    { via: 'github-audit', reports: [{ ...report, to: 1e300 }] },
    { via: 'github-audit', reports: [{ ...report, client: 'x'.repeat(300) }] },
    { via: 'github-audit', reports: Array(1001).fill(report) },
  ])
    assert.equal((await ask('POST', '/coverage', JSON.stringify(body))).value.error?.code, 'usage.input')
})

/** Every route of the admin API: what shows something of the record says so on the record first. A new route must say here how it stands. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Fault, type Read } from '#exchange'
import { Identity } from '#identity'
import { Custody, openTrail, Reads } from '#trail'
import { type Backend, routes } from './api.ts'
import { keyring, openingOf } from './backend.case.ts'

const ID = openingOf(1).exchange
const NOTE = '01a20cad-1740-7000-9000-00000000'
const NOTE_ID = `${NOTE}9999`

/** What a route leaves of who asked: a read of this form, or an entry of another kind, or nothing because it shows nothing of the record. */
type How =
  | { readonly read: Partial<Read>; readonly path?: string; readonly body?: object; readonly status?: number }
  | { readonly entry: string }
  | { readonly none: string }

const AT = Date.UTC(2026, 10, 24)
const SCOPE = { scope: { user: 'ana', query: 'kangaroo' } }
const DONE = { why: 'w', basis: 'b' }
const ROUTES: Readonly<Record<string, How>> = {
  'GET /exchanges': { read: { did: 'listed', of: 'model:m', count: 1 }, path: '/exchanges?q=model:m' },
  'GET /exchanges/:id': { read: { did: 'viewed', of: ID, count: 1 }, path: `/exchanges/${ID}` },
  'GET /exchanges/:id/originals': {
    read: { did: 'unmasked', of: ID, count: 1 },
    path: `/exchanges/${ID}/originals`,
  },
  'POST /secrets': { read: { did: 'searched', of: 'secret:f', count: 0 }, body: { value: 'v'.repeat(12) } },
  'GET /sessions': { read: { did: 'searched', of: 'secret', count: 1 }, path: '/sessions?q=secret' },
  'GET /sessions/:id': { read: { did: 'listed', of: 'session:s', count: 0 }, path: '/sessions/s' },
  'GET /log': { read: { did: 'listed', of: '', format: 'log', count: 0 } },
  'GET /log/:id': { read: { did: 'listed', of: NOTE_ID, format: 'log', count: 1 }, path: '/log/2' },
  'GET /reads': { read: { did: 'listed', of: '', format: 'reads', count: 0 } },
  'GET /tail': { read: { did: 'followed', of: '', count: 0 } },
  'GET /coverage': { read: { did: 'listed', of: '', format: 'leads', count: 1 } },
  'POST /coverage': {
    read: { did: 'listed', of: '', format: 'leads', count: 1 },
    body: { via: 'github-seats', reports: [{ github: 'octocat', from: AT, to: AT }] },
  },
  'GET /holds': { read: { did: 'listed', of: '', format: 'holds', count: 0 } },
  'POST /holds': { entry: 'hold' },
  'DELETE /holds/:id': { entry: 'release' },
  'POST /erase/plan': {
    read: { did: 'searched', of: 'user:"ana" "kangaroo"', format: 'erase', count: 3 },
    body: SCOPE,
  },
  'POST /erase': {
    read: { did: 'searched', of: 'user:"ana" "kangaroo"', format: 'erase', count: 3 },
    body: { ...SCOPE, ...DONE },
    status: 409,
  },
  'POST /rescan': {
    read: { did: 'searched', of: 'after:1970-01-01T00:00:00.001Z', format: 'rescan', count: 0 },
    body: { since: 1, why: 'w' },
  },
  'GET /purge': {
    read: { did: 'listed', of: 'before:2026-01-01', format: 'purge', count: 1 },
    path: '/purge?before=2026-01-01',
  },
  'POST /purge': { read: { did: 'listed', of: '', format: 'purge', count: 1 }, body: { why: 'w' } },
  'GET /export': {
    read: { did: 'exported', of: 'model:m', format: 'csv', count: 0 },
    path: '/export?q=model:m&format=csv',
  },
  'GET /prove': { read: { did: 'exported', of: 'model:m', format: 'proof', count: 0 }, path: '/prove?what=model:m' },
  'POST /backup': {
    read: { did: 'exported', of: '/to, keys /keys', format: 'backup', count: 0 },
    body: { to: '/to', keys: '/keys' },
  },
  'GET /keys': { none: 'keys are no entries' },
  'POST /keys': { none: 'keys are no entries; that one was made is not on the record yet' },
  'DELETE /keys/:id': { none: 'likewise' },
  'GET /connections': { none: 'of the configuration' },
  'POST /connections/:name/test': { none: 'of the configuration' },
  'GET /seal': { none: 'how far the log is' },
  'GET /verify': { none: 'tells of an entry its place, and what was done to it, and nothing that it says' },
  'GET /wrapping': { none: 'names of keys' },
  'POST /wrapping/rotate': { entry: 'rotated' },
  'GET /ca': { none: 'certificates' },
  'GET /ca/pem': { none: 'certificates' },
  'POST /ca/request': { none: 'certificates' },
  'POST /ca/rotate': { none: 'certificates' },
  'POST /ca/import': { none: 'certificates' },
  'GET /checks': { none: 'counts, and of nobody in particular' },
}

async function backend(t: TestContext, note?: () => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-onrecord-'))
  const trail = await openTrail({ folder, keyring, now: Date.now, store: 'memory' })
  let count = 0
  const uuid = () => NOTE + String(++count).padStart(4, '0')
  const reads = new Reads({ trail, now: Date.now, uuid })
  const store = { list: async () => [], put: async () => undefined }
  const plan = {
    exchanges: 3,
    sessions: 1,
    later: 0,
    notes: 0,
    held: 1,
    holds: ['h'],
    worm: 0,
    open: 0,
    unread: 0,
    damaged: 0,
    keys: [],
  }
  const tally = { since: 0, seen: 1, onRecord: 0, bypasses: 0, dropped: 0 }
  const opening = openingOf(1)
  await trail.append(opening)
  await trail.append({ kind: 'bypass', exchange: NOTE_ID, at: AT, source: 'declared', via: 'otlp', happened: AT })
  trail.originals = async () => ({ exchange: ID, prompt: Buffer.from('p') })
  trail.prove = async function* () {
    for (const index of [0, 1]) yield { entry: { index, leaf: '{}', proof: [] } }
  }
  const made: Backend = {
    ...{ trail, now: Date.now, connections: () => [], test: async () => [], checks: async () => [] },
    identity: new Identity({ store, keyring, now: Date.now, random: randomBytes, pathKeys: true }, []),
    wrapping: { rows: async () => [], rotate: () => assert.fail() },
    backup: { take: async () => ({ last: 7 }) as never },
    secrets: { allowed: true, perHour: 9, via: 'server', fingerprint: () => 'f', uuid },
    reading: { reads: note ? { note } : reads, via: 'server', masked: (text) => text },
    coverage: {
      coverage: async () => ({ tally, waiting: 0, bypasses: [{} as never] }),
      review: async () => tally,
    },
    reviser: {
      plan: async () => plan,
      erase: async () => {
        throw new Fault('custody.held', 'by h')
      },
      rescan: async () => ({
        ...{ seen: 0, found: [], entries: [], left: [], resumed: false, anew: false, unread: NONE },
        earlier: { bodies: 0, entries: [], left: [], unread: NONE },
      }),
      resume: async () => 0,
    },
    custody: new Custody({ trail, keyring, now: Date.now, uuid }),
  }
  t.after(async () => {
    await reads.close()
    await trail.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { trail, reads, app: routes(made) }
}

const NONE = { bodies: 0, keys: [] }

test('the table has every route, and no other', async (t) => {
  const { app } = await backend(t)
  const there = app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)
  assert.deepEqual([...new Set(there)].sort(), Object.keys(ROUTES).sort())
})

const READS = Object.entries(ROUTES).flatMap(([name, how]) => ('read' in how ? [[name, how] as const] : []))
const asked = (name: string, how: (typeof READS)[number][1]) => {
  const [method = '', path = ''] = name.split(' ')
  const headers = { 'x-gatelog-reader': 'ana' }
  const init = { method, headers, ...(method === 'POST' && { body: JSON.stringify(how.body ?? {}) }) }
  return [how.path ?? path, init] as const
}

for (const [name, how] of READS)
  test(`${name} leaves who, through what, what was asked for and how much`, async (t) => {
    const { app, trail } = await backend(t)
    const reply = await app.request(...asked(name, how))
    assert.equal(reply.status, how.status ?? 200)
    const [told] = (await trail.reads(10)).map(({ read }) => read)
    assert.deepEqual([told?.via, told?.reader], ['server', { value: 'ana', source: 'declared' }])
    assert.deepEqual({ ...told, ...how.read }, told)
  })

for (const [name, how] of READS)
  test(`${name} shows nothing where the record cannot tell of it`, async (t) => {
    const { app } = await backend(t, async () => {
      throw new Fault('trail.unavailable', 'full')
    })
    const reply = await app.request(...asked(name, how))
    assert.equal(reply.status, 503)
    assert.equal(((await reply.json()) as { error: { code: string } }).error.code, 'trail.unavailable')
  })

for (const [name, count] of [
  ['GET /export', 1],
  ['GET /prove', 2],
  ['POST /backup', 7],
] as const)
  test(`${name} tells how much it was, once that is known`, async (t) => {
    const { app, trail, reads } = await backend(t)
    const how = READS.find(([each]) => each === name)?.[1] ?? assert.fail()
    await (await app.request(...asked(name, how))).text()
    await reads.close()
    assert.deepEqual(
      (await trail.reads(10)).map(({ read }) => [read.did, read.count]),
      [
        ['exported', 0],
        ['exported', count],
      ],
    )
  })

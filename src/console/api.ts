/** The admin API over the trail and the identities, as JSON routes. Knows no terminal and opens no store. */
import { type Context, Hono } from 'hono'
import { streamText } from 'hono/streaming'
import { Fault, faultOf } from '#exchange'
import type { AnchorsSettings, Log } from '#export'
import type { Identity, NewKey } from '#identity'
import { type Acked, isBare, parseQuery, type Recorded, sealsOf, type Trail } from '#trail'
import { type BackupHouse, backupRoutes } from './backup.ts'
import { type Ca, caRoutes } from './ca.ts'
import { type CoverageSource, coverageRoutes } from './coverage.ts'
import { actsOf, type Custodian, custodyRoutes, type Reviser } from './custody.ts'
import { exportRoutes } from './export.ts'
import { absent, logRoutes } from './log.ts'
import { didOf, noteFor, type ReadHouse, readsIn } from './readers.ts'
import { bodyOf, noBrowser } from './refuse.ts'
import { proofRoutes, sealRoutes } from './seal.ts'
import { findSecret, type SecretSearch } from './secrets.ts'
import { asSealed, shown, without } from './shown.ts'
import { type WrappingHouse, wrappingRoutes } from './wrapping.ts'

/** What is remembered outside of a record: signed notes, what cannot be read and why, how far entries were acknowledged. */
export interface Remembered {
  readonly notes: readonly string[]
  readonly unread: readonly string[]
  readonly acked?: Acked
}

export interface Backend {
  readonly trail: Trail
  readonly identity: Identity
  readonly secrets: SecretSearch
  readonly reading: ReadHouse
  readonly coverage: CoverageSource
  readonly custody: Custodian
  readonly reviser: Reviser
  readonly wrapping: WrappingHouse
  readonly backup: BackupHouse
  /** Where the record is sealed; absent where it is not. */
  log?(): Log | undefined
  /** What is known outside of the record of what was signed and acknowledged last. */
  signed?(): Promise<Remembered>
  /** The anchors that are configured. */
  anchors?(): AnchorsSettings
  /** The data folder. */
  data?(): string
  /** What `connections list` shows; no credential. */
  connections(): readonly ConnectionRow[]
  /** Whether there is such a connection, for a new key; any where nobody says. */
  knows?(connection: string): boolean
  /** Reaches each host of a connection once. */
  test(name: string): Promise<readonly TestRow[]>
  /** What `doctor` checks of the running server. */
  checks(): Promise<readonly CheckRow[]>
  /** Absent, or throws `ca.off`, where there is none. */
  ca?(): Ca
  now(): number
}

export interface ConnectionRow {
  readonly name: string
  readonly kind: string
  readonly credentials: string
  readonly hosts: Readonly<Record<string, string>>
}

export interface TestRow {
  readonly host: string
  readonly ok: boolean
  readonly told: string
}

export interface CheckRow {
  readonly check: string
  readonly state: 'ok' | 'warn' | 'fail'
  readonly told: string
  readonly remedy?: string
}

const MOST_ROWS = 1000
const DEFAULT_ROWS = 50
/** Lines of a live view that nobody has taken yet; past them it ends, so that it takes no memory without bound. */
const MOST_WAITING = 10_000

const limitOf = (text: string | undefined): number => Math.min(MOST_ROWS, Math.max(1, Number(text) || DEFAULT_ROWS))

/** The routes; `app.request(path)` serves them without a socket. */
export function routes(backend: Backend): Hono {
  const app = new Hono()
  const { trail, identity } = backend
  app.use(noBrowser)
  const page = (read: (name: string) => string | undefined) => {
    const before = read('before')
    return { limit: limitOf(read('limit')), ...(before && { before }) }
  }
  const noteOf = (c: Context) => noteFor(backend.reading, (name) => c.req.header(name))
  app.get('/exchanges', async (c) => {
    const query = parseQuery(c.req.query('q') ?? '', backend.now())
    const found = await trail.find(
      query,
      page((name) => c.req.query(name)),
    )
    await noteOf(c)(didOf(query), c.req.query('q') ?? '', found.exchanges.length)
    const { size: sealed } = await trail.sealed()
    return c.json({ ...found, ...(sealed > 0 && { sealed }) })
  })
  app.get('/exchanges/:id', async (c) => {
    const id = c.req.param('id')
    const found = id === 'last' ? await trail.last() : await trail.exchange(id)
    if (!found) throw await absent(trail, id)
    const before = await beforeOf(trail, found)
    await noteOf(c)('viewed', found.opening.exchange, 1 + before.length)
    const { seq, closing, opening } = found
    const exchange = opening.exchange.startsWith(id) || id === 'last' ? opening.exchange : id
    const seal = await trail.standing(exchange, closing === undefined ? [seq] : [seq, closing])
    return c.json({ ...shown(asSealed(found, seal), before), ...(seal && { seal }) })
  })
  app.get('/exchanges/:id/originals', async (c) => {
    const id = c.req.param('id')
    const named = id === 'last' ? (await trail.last())?.opening.exchange : id
    const found = named === undefined ? undefined : await trail.originals(named)
    if (!found) throw new Fault('trail.absent', id.slice(0, 64))
    const { exchange, prompt, reply } = found
    if (!prompt && !reply) throw new Fault('originals.none', exchange)
    await noteOf(c)('unmasked', exchange, 1)
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
    return c.json({ exchange, ...(prompt && { prompt: text(prompt) }), ...(reply && { reply: text(reply) }) })
  })
  app.post('/secrets', async (c) => {
    const asked = (await bodyOf(c.req)) as Record<string, unknown>
    const named = (name: string) => (asked[name] === undefined ? undefined : String(asked[name]))
    const { fingerprint, ...found } = await findSecret(backend, asked, page(named))
    await noteOf(c)('searched', `secret:${fingerprint} ${named('q') ?? ''}`.trim(), found.exchanges.length)
    return c.json(found)
  })
  app.get('/sessions', async (c) => {
    const query = parseQuery(c.req.query('q') ?? '', backend.now())
    const { sessions, ...more } = await trail.sessions(
      query,
      page((name) => c.req.query(name)),
    )
    await noteOf(c)(didOf(query), c.req.query('q') ?? '', sessions.length)
    return c.json({ sessions, ...more })
  })
  app.get('/sessions/:id', async (c) => {
    const found = await trail.session(c.req.param('id'))
    await noteOf(c)('listed', `session:${c.req.param('id').slice(0, 128)}`, found.length)
    return c.json(found)
  })
  app.get('/reads', async (c) => {
    const asked = readsIn((name) => c.req.query(name))
    const limit = limitOf(c.req.query('limit'))
    const all = await trail.reads(asked.of === '' ? limit : Number.MAX_SAFE_INTEGER)
    const reads = all
      .filter(({ read }) => asked.fits(read))
      .slice(-limit)
      .toReversed()
    const { count: waiting } = await trail.late.waiting('', 0)
    await noteOf(c)('listed', asked.of, reads.length, { format: 'reads' })
    const { marks, fault } = await sealsOf(
      trail,
      reads.map(({ seq }) => seq),
    )
    const told = reads.map((one) => ({ ...one, ...(marks.has(one.seq) && { seal: marks.get(one.seq) }) }))
    return c.json({ reads: told, ...(waiting > 0 && { waiting }), ...(fault !== undefined && { fault }) })
  })
  app.get('/tail', async (c) => {
    await noteOf(c)('followed', '', 0)
    return streamText(c, async (stream) => {
      const ended = Promise.withResolvers<void>()
      const note = noteOf(c)
      let waiting = 0
      const stop = trail.tail((entry, seq) => {
        const line = isBare(entry) ? entry : without(entry)
        waiting += 1
        if (entry.kind !== 'read') note('followed', '', 1).catch(ended.reject)
        if (waiting > MOST_WAITING) ended.resolve()
        else stream.writeln(JSON.stringify({ seq, entry: line })).then(() => void waiting--, ended.reject)
      })
      stream.onAbort(() => ended.resolve())
      await ended.promise.finally(stop)
    })
  })
  app.get('/keys', (c) => c.json(identity.list().map(publicKey)))
  app.post('/keys', async (c) => {
    const wanted = (await bodyOf(c.req)) as NewKey
    const strange = [wanted.connections].flat().find((name) => name !== '*' && backend.knows?.(name) === false)
    if (strange !== undefined) throw new Fault('request.connection', String(strange).slice(0, 64))
    const made = await identity.create(wanted)
    return c.json({ key: made.key, record: publicKey(made.record) })
  })
  app.delete('/keys/:id', async (c) => c.json(publicKey(await identity.revoke(c.req.param('id'), c.req.query('why')))))
  connectionRoutes(app, backend)
  coverageRoutes(app, backend.coverage, backend.reading)
  custodyRoutes(
    app,
    { ...actsOf(backend.custody), reviser: backend.reviser },
    { ...backend.reading, now: () => backend.now() },
  )
  exportRoutes(app, backend)
  logRoutes(app, backend)
  sealRoutes(app, backend)
  proofRoutes(app, backend)
  wrappingRoutes(app, backend.wrapping)
  backupRoutes(app, backend.backup, backend.reading)
  caRoutes(app, () => {
    if (!backend.ca) throw new Fault('ca.off')
    return backend.ca()
  })
  app.get('/checks', async (c) => c.json(await backend.checks()))
  return telling(app)
}

type Ways = Pick<Backend, 'connections' | 'test'>

function connectionRoutes(app: Hono, ways: Ways): void {
  app.get('/connections', (c) => c.json(ways.connections()))
  app.post('/connections/:name/test', async (c) => c.json(await ways.test(c.req.param('name'))))
}

/** The routes of connections alone, for which no record is needed. */
export function connectionsOnly(ways: Ways): Hono {
  const app = new Hono()
  connectionRoutes(app, ways)
  return telling(app)
}

/** Faults as answers. */
function telling(app: Hono): Hono {
  app.notFound((c) => c.json({ error: { code: 'request.path', message: 'There is no such route' } }, 404))
  app.onError((error, c) => {
    const { code, message, remedy, status } = faultOf(error)
    return c.json({ error: { code, message, remedy } }, status as 400)
  })
  return app
}

/** How far back a prompt is put together that names the reply before it. */
const MOST_BEFORE = 500

/** The exchanges that this one goes on from, oldest first, as far as the record has them. */
async function beforeOf(trail: Trail, { opening }: Recorded): Promise<Recorded[]> {
  const before: Recorded[] = []
  for (let at = opening.follows; at !== undefined && before.length < MOST_BEFORE; ) {
    const found = await trail.exchange(at)
    if (!found) break
    before.unshift(found)
    at = found.opening.follows
  }
  return before
}

/** A key's record without the digest that recognises it. */
const publicKey = <Record extends { readonly digest: string }>({ digest: _digest, ...rest }: Record) => rest

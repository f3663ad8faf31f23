/** A small house for tests: real relay, real rooms, a memory trail that can be made to fail, a scripted upstream. */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { type Entry, Fault, type Keyring, type Recording } from '#exchange'
import { Identity, type KeyRecord, makeKey, openLimits } from '#identity'
import { compile, RULES } from '#masking'
import { readRules } from '#policy'
import { openRelay } from '#relay'
import { openTrail, type Trail } from '#trail'
import { type ActionLine, actionsOf } from './actions.ts'
import type { Connection, CopilotSettings, Durable } from './connection.ts'
import { Accounts } from './copilot/accounts.ts'
import { Outcomes } from './copilot/outcomes.ts'
import { openDoors } from './doors.ts'
import { Endings } from './endings.ts'
import type { ForwardSettings } from './forward/settings.ts'
import { Trust } from './forward/trust.ts'
import { type GapLimits, type GapMark, Gaps } from './gaps.ts'
import type { House } from './house.ts'
import { openMemory } from './memory.ts'
import { Sightings } from './second/sightings.ts'
import { Strangers } from './strangers.ts'

export type Script = (request: IncomingMessage, body: string, response: ServerResponse) => void

export interface Setup {
  readonly script: Script
  readonly kind?: Connection['kind']
  readonly copilot?: CopilotSettings
  readonly rules?: unknown
  readonly durable?: Durable
  readonly recording?: Recording
  readonly groups?: Readonly<Record<string, Recording>>
  readonly unknownRoutes?: Connection['unknownRoutes']
  readonly actions?: readonly ActionLine[]
  readonly openStreams?: number
  readonly openSockets?: number
  readonly websocket?: Connection['websocket']
  readonly bytesPerHour?: number
  readonly openBytes?: number
  readonly openBytesInAll?: number
  readonly gap?: GapLimits
  readonly restore?: boolean
  /** What the upstream does with a request to leave HTTP; it refuses none without. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  readonly eventBytes?: number
  readonly bodyBytes?: number
  readonly told?: string[]
  readonly mark?: GapMark
  draining?: boolean
  readonly forward?: ForwardSettings
  /** Of tunnels and plain requests. */
  readonly idle?: number
  /** Connections beside `up`. */
  readonly more?: readonly Connection[]
  readonly timeouts?: Partial<Connection['timeouts']>
}

/** The trail as a test drives it. `order` tells what happened, in order. */
export interface Watched {
  readonly trail: Trail
  readonly entries: Entry[]
  readonly order: string[]
  fail: Fault | undefined
  hold: Promise<void> | undefined
}

const keyring: Keyring = {
  key: (purpose) => createHmac('sha256', 'test').update(purpose).digest(),
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash(purpose) {
    const sha = createHash('sha256')
    const digest = () => createHmac('sha256', purpose).update(sha.digest()).digest('hex')
    return { update: (data) => sha.update(data), digest }
  },
}

/** What a house has that is told no others. No test waits so long: what ends under these was ended by something else. */
const PATIENT = { connect_ms: 60_000, first_byte_ms: 60_000, idle_ms: 60_000, total_ms: 60_000 } as const

/** Everything up; `close` takes it down. */
export async function openHouse(setup: Setup) {
  const seen: { headers: IncomingMessage['headers']; body: string; aborted: boolean }[] = []
  const upstream = createServer((request, response) => {
    const answer = (chunks: Buffer[]) => {
      const turn = { headers: request.headers, body: Buffer.concat(chunks).toString(), aborted: false }
      seen.push(turn)
      watched.order.push('upstream')
      response.on('close', () => {
        turn.aborted = !response.writableFinished
      })
      setup.script(request, turn.body, response)
    }
    request.toArray().then(answer, () => response.destroy()) // cut while it was sent: nobody asked it
  })
  if (setup.upgrade) upstream.on('upgrade', setup.upgrade)
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const origin = new URL(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`)
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-'))
  const watched = watch(await openTrail({ folder, keyring, now: Date.now, store: 'memory' }))
  const records: KeyRecord[] = []
  const store = { list: async () => records, put: async () => undefined }
  const identity = new Identity({ store, keyring, now: Date.now, random: randomBytes, pathKeys: false }, [])
  const { key, record } = await identity.create({ kind: 'user', actor: 'ana', connections: '*' })
  const relay = openRelay()
  const ports: number[] = []
  const trust = new Trust((line) => void setup.told?.push(line), Date.now)
  const house = houseOf(setup, watched.trail, identity, origin)
  const door = await openDoors({
    host: '127.0.0.1',
    port: 0,
    insecure: false,
    headerBytes: 32_768,
    body: { body_bytes: setup.bodyBytes ?? 1_000_000, decoded_bytes: 2_000_000 },
    relay,
    house: () => house,
    draining: () => setup.draining === true,
    trust,
    ownPorts: () => ports,
    ...(setup.idle !== undefined && { idle_ms: setup.idle }),
  })
  ports.push(door.port)
  const url = `${door.url}/c/up`
  return {
    url,
    key,
    record,
    identity,
    trust,
    origin,
    port: door.port,
    seen,
    watched,
    house,
    stranger: makeKey('user', randomBytes),
    async close() {
      await door.drain(500)
      await Promise.all([relay.close(), watched.trail.close()])
      upstream.closeAllConnections()
      upstream.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function watch(real: Trail): Watched {
  const watched: Watched = { trail: real, entries: [], order: [], fail: undefined, hold: undefined }
  const trail: Trail = Object.create(real)
  const define = (name: string, value: unknown) => Object.defineProperty(trail, name, { value, configurable: true })
  define('append', async (entry: Entry) => {
    await watched.hold
    if (watched.fail) throw watched.fail
    watched.entries.push(entry)
    watched.order.push(entry.kind)
    return watched.entries.length
  })
  define('journal', (_exchange: string, _bytes: Uint8Array) => void watched.order.push('journal'))
  define('journalled', async () => {
    watched.order.push('journalled')
    if (watched.fail) throw watched.fail
  })
  define('unjournalled', undefined)
  define('state', { kind: 'open' })
  define('close', () => real.close())
  let copied = 0
  const copy = async () => {
    while (copied < watched.entries.length) await real.append(watched.entries[copied++] as Entry)
  }
  define('find', (...asked: Parameters<Trail['find']>) => copy().then(() => real.find(...asked)))
  define('recorded', (...asked: Parameters<Trail['recorded']>) => copy().then(() => real.recorded(...asked)))
  define('bypasses', () => copy().then(() => real.bypasses()))
  return Object.assign(watched, { trail })
}

function houseOf(setup: Setup, trail: Trail, identity: Identity, origin: URL): House {
  const timeouts = { ...PATIENT, ...setup.timeouts }
  const connection: Connection = {
    name: 'up',
    kind: setup.kind ?? 'openai',
    credentials: 'passthrough',
    hosts: new Map(
      (setup.copilot ? HOSTS : ['api']).map((host) => [host, { name: host, base: '', upstream: { origin } }]),
    ),
    ...(setup.copilot && { copilot: setup.copilot }),
    unknownRoutes: setup.unknownRoutes ?? 'refuse',
    websocket: setup.websocket ?? 'refuse',
    durable: setup.durable ?? 'before',
    restore: setup.restore ?? false,
    timeouts,
  }
  let next = 0
  const uuid = () => `0199f2c4-0000-7000-8000-${String(next++).padStart(12, '0')}`
  const tell = (line: string) => void setup.told?.push(line)
  return {
    connections: new Map([connection, ...(setup.more ?? [])].map((each) => [each.name, each])),
    ...(setup.forward && { forward: setup.forward }),
    identity,
    limits: openLimits({
      openStreams: setup.openStreams ?? 10,
      openSockets: setup.openSockets ?? 10,
      bytesPerHour: setup.bytesPerHour ?? 1e9,
      openBytes: setup.openBytes ?? 1e8,
      openBytesInAll: setup.openBytesInAll ?? 1e9,
      now: Date.now,
    }),
    engine: ENGINE,
    actions: (connection, direction) => actionsOf(setup.actions ?? [], IDS, { connection, direction, rest: 'mask' }),
    rules: readRules(setup.rules),
    policy: 'c0'.repeat(32),
    recording: { all: setup.recording ?? {}, groups: new Map(Object.entries(setup.groups ?? {})) },
    trail,
    keyring,
    memory: openMemory(),
    accounts: new Accounts({ documents: trail.documents, now: Date.now, tell }, []),
    outcomes: new Outcomes(),
    endings: new Endings(trail, tell),
    gaps: new Gaps({ trail, keyring, now: Date.now, uuid, tell, mark: setup.mark ?? NO_MARK }),
    strangers: new Strangers(trail),
    sightings: new Sightings({ trail, engine: () => ENGINE, now: Date.now, uuid, tell }),
    settings: {
      gap: setup.gap,
      pathKeys: false,
      eventBytes: setup.eventBytes ?? 1_000_000,
      replyBytes: 10_000_000,
    },
    now: Date.now,
    clock: () => performance.now(),
    uuid,
  }
}

const HOSTS = ['api', 'proxy', 'github', 'telemetry', 'origin', 'uploads']
const NO_MARK: GapMark = { left: undefined, set: () => undefined, clear: () => undefined }

const ENGINE = compile(RULES)
const IDS = RULES.map(({ id }) => id)

/** A chat prompt. */
export const chat = (content: string, stream = true): string =>
  JSON.stringify({ model: 'gpt-5.4', stream, messages: [{ role: 'user', content }] })

/** One streamed chat chunk. */
export const chunk = (content: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'gpt-5.4', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`

export const DONE = `${chunk('', 'stop')}data: [DONE]\n\n`

/** A secret, put together here so that none stands in this file. */
export const SECRET = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`
export { Fault }

/** For tests of the command line: the real admin API over a memory trail, on a socket in a folder of its own. */
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Backend, openApi, type SecretSearch } from '#console'
import { type Entry, Fault, type Keyring } from '#exchange'
import { fingerprintOf, SHORTEST_PRINTED } from '#gateway'
import { Identity } from '#identity'
import { Custody, openTrail, Reads, type Trail } from '#trail'

const BIN = join(import.meta.dirname, '../../bin/gatelog.mjs')

export const keyring: Keyring = {
  key: (purpose) => createHmac('sha256', 'test').update(purpose).digest(),
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: (purpose) => createHmac('sha256', purpose),
}

export interface Ran {
  /** null where a signal ended it. */
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A folder that goes with its test. */
export function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-cli-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** What is compiled once serves every command of every test: it halves their start. Checked by Node against the source. */
const compiled = join(import.meta.dirname, '../../node_modules/.cache/gatelog-cli')

const environment = (folder: string, more: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...{ PATH: process.env['PATH'], HOME: folder, TZ: 'UTC', NO_COLOR: '1', NODE_COMPILE_CACHE: compiled },
  ...more,
})

/** Runs one command in a process of its own; `input` is its stdin, which is never a terminal. */
export function spawned(folder: string, args: readonly string[], input = '', env = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: environment(folder, env), timeout: 30_000 }
    const child = execFile(process.execPath, [BIN, ...args], options, (_, out, err) =>
      resolve({ code: child.exitCode, out, err }),
    )
    child.stdin?.end(input)
  })
}

let shared: ChildProcess | undefined
let before: Promise<unknown> = Promise.resolve()
after(() => shared?.disconnect())

/** Runs one command in a process that all commands of a test file share, one after the other. */
export function run(folder: string, args: readonly string[]): Promise<Ran> {
  shared ??= fork(join(import.meta.dirname, 'many.case.ts'), { env: environment(folder, {}), stdio: 'pipe' })
  const child = shared
  const ran = before.then(async () => {
    child.send({ folder, args })
    const [told] = await once(child, 'message')
    return told as Ran
  })
  before = ran.catch(() => undefined)
  return ran
}

/** Starts one command and leaves it running; it is killed with the test. */
export function start(t: TestContext, folder: string, args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [BIN, ...args], { cwd: folder, env: environment(folder, {}) })
  t.after(() => child.kill('SIGKILL'))
  return child
}

export interface House {
  readonly folder: string
  readonly trail: Trail
  readonly identity: Identity
  run(...args: string[]): Promise<Ran>
  spawned(...args: string[]): Promise<Ran>
}

/** The API as the command line finds it; `rows` replaces what no trail holds. */
export async function openHouse(
  t: TestContext,
  entries: readonly Entry[],
  rows: Partial<
    Pick<Backend, 'connections' | 'test' | 'checks' | 'secrets' | 'ca' | 'coverage' | 'anchors' | 'reviser'>
  > = {},
): Promise<House> {
  const folder = folderFor(t)
  mkdirSync(join(folder, 'gatelog-data'), { mode: 0o700 })
  const trail = await openTrail({ folder, keyring, now: Date.now, store: 'memory' })
  for (const entry of entries) await trail.append(entry)
  const store = { list: async () => [], put: async () => undefined }
  const identity = new Identity({ store, keyring, now: Date.now, random: randomBytes, pathKeys: true }, [])
  const reads = new Reads({ trail, now: Date.now, uuid: secretsFor().uuid })
  const hosts = { api: 'http://127.0.0.1:1/' }
  const backend: Backend = {
    reviser: NO_REVISER,
    custody: new Custody({ trail, keyring, now: Date.now, uuid: uuidNow }),
    wrapping: WRAPPING,
    backup: { take: async () => BACKUP },
    ...{ trail, identity, now: Date.now, secrets: secretsFor(), coverage: NO_COVERAGE, log: () => LOG },
    reading: { reads, via: 'server', masked: (text) => text.replaceAll('kangaroo', '[masked]') },
    connections: () => [{ name: 'demo', kind: 'demo', credentials: 'passthrough', hosts }],
    test: async () => [{ host: 'api', ok: true, told: '127.0.0.1:1 answers' }],
    checks: async () => [{ check: 'trail', state: 'ok', told: 'the trail can be written' }],
    ...rows,
  }
  const api = await openApi(join(folder, 'gatelog-data', 'gatelog.sock'), backend)
  t.after(async () => {
    await api.close()
    await reads.close()
    await trail.close()
  })
  return { folder, trail, identity, run: (...args) => run(folder, args), spawned: (...args) => spawned(folder, args) }
}

const NOBODY = {
  exchanges: 2,
  sessions: 1,
  later: 1,
  notes: 0,
  held: 0,
  holds: ['h'],
  worm: 0,
  open: 0,
  unread: 0,
  damaged: 0,
  keys: ['k'],
}
const LATE = {
  exchange: 'x',
  at: 1,
  who: 'ana',
  model: 'm',
  direction: 'prompt',
  rules: ['r'],
  secrets: 1,
  seq: 8,
} as const
let pages = 0
let releases = 0
const NOTHING_MORE = {
  ...{ found: [], entries: [], left: [], resumed: false, anew: false, unread: { bodies: 0, keys: [] } },
  earlier: { bodies: 0, entries: [], left: [], unread: { bodies: 0, keys: [] } },
}
const NO_REVISER: Backend['reviser'] = {
  plan: async () => NOBODY,
  erase: async () => ({ ...NOBODY, seq: 7, left: 0, begun: 0 }),
  rescan: async () =>
    pages++ % 2
      ? {
          ...NOTHING_MORE,
          seen: 2,
          resumed: true,
          earlier: { bodies: 1, entries: [8], left: ['x'], unread: { bodies: 1, keys: ['k'] } },
        }
      : {
          ...NOTHING_MORE,
          seen: 1,
          found: [LATE],
          entries: [8],
          left: ['x'],
          unread: { bodies: 2, keys: ['k'] },
          reached: 1,
        },
  async resume() {
    if (releases++ % 2) throw new Fault('trail.unavailable', 'text')
    return 1
  },
}

const BACKUP = {
  ...{ name: '20261125T193000000Z', to: '/b', at: 1, last: 9, sealed: 8, files: 4, bytes: 5, sent: 3, removed: 0 },
  ...{ keys: '/k', journal: true },
}
const TALLY = { since: 0, seen: 0, onRecord: 0, bypasses: 0, dropped: 0 }
const LOG = { origin: 'o', size: 1000, leaf: (seq: number) => `h${seq}` }
const ROTATED = { key: 'k2', former: ['k1'], rewrapped: 2, lost: 0, place: '/keys' }
const WRAPPING: Backend['wrapping'] = {
  rows: async () => [{ name: 'k1', current: true, here: true, keys: 2, backups: ['/mnt/backup'] }],
  rotate: async () => ROTATED,
}
const NO_COVERAGE: Backend['coverage'] = {
  coverage: async () => ({ tally: TALLY, waiting: 0, bypasses: [] }),
  review: async () => TALLY,
}

/** A search by value under the key of these tests, three an hour. */
export const secretsFor = (more: Partial<SecretSearch> = {}): SecretSearch => ({
  ...{ allowed: true, perHour: 3, via: 'server' },
  fingerprint: (value) => (value.length < SHORTEST_PRINTED ? undefined : fingerprintOf(keyring, value)),
  uuid: uuidNow,
  ...more,
})

function uuidNow(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${randomBytes(6).toString('hex')}`
}

/** Calls `act` with growing numbers until `text()` holds what a child is to say. */
export async function until(text: () => string, wanted: RegExp, act: (nth: number) => unknown = () => undefined) {
  for (let nth = 10; !wanted.test(text()); nth += 1) {
    if (nth > 600) throw new Error(`not said: ${text()}`)
    await act(nth)
    await wait(50)
  }
}

/** What a child has said so far on stdout. */
export function heard(child: ChildProcess): () => string {
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  return () => text
}

/** Writes a file of the folder. */
export const put = (folder: string, name: string, text: string): void => writeFileSync(join(folder, name), text)

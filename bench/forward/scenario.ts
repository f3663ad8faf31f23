// What opening TLS on both sides costs: requests, handshakes and WebSocket frames through each proxy, taking turns.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { makeAuthority, makeLeaf, openAuthority } from '../../src/relay/tls/authority.ts'
import { end, start } from '../process.ts'
import type { Served } from '../targets.ts'
import type { Done, Job } from './load.ts'
import { bare, forwardDoor, mitmproxy, type ProxyTarget, type Stage, squid } from './targets.ts'

/** By round: how many a second, and CPU microseconds of the proxy for each. */
export interface Passed {
  readonly name: string
  readonly pace: number[]
  readonly cpu: number[]
}

export interface Forwarded {
  readonly requests: readonly Passed[]
  readonly handshakes: readonly Passed[]
  readonly frames: readonly Passed[]
}

export interface ForwardRun {
  readonly results: Forwarded
  readonly gateway: Served
  /** Exchanges that the record must hold. */
  readonly asked: number
  end(): Promise<void>
}

const CHAT = '/v1/chat/completions'
const HOST = 'localhost'

type What = Pick<Job, 'kind' | 'target' | 'path' | 'method' | 'wide'>

function openLoad() {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load.ts')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const gone = once(child, 'exit').then(() => undefined)
  return {
    async run(job: Job): Promise<Done> {
      child.stdin.write(`${JSON.stringify(job)}\n`)
      const told = (await Promise.race([once(lines, 'line'), gone])) as [string] | undefined
      if (!told) throw new Error('the load ended within a job')
      return JSON.parse(told[0]) as Done
    },
    end: () => end(child),
  }
}

/** The provider's three ports, and who vouches for them. */
async function openStage() {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-forward-'))
  const now = Date.now()
  const [provider, own] = [
    await makeAuthority({ permitted: [HOST], days: 2, now }),
    await makeAuthority({ permitted: [HOST], days: 2, now }),
  ]
  const leaf = await makeLeaf(openAuthority(provider), HOST, now, 1)
  const [ca, trust] = [join(folder, 'provider.pem'), join(folder, 'trust.pem')]
  writeFileSync(ca, openAuthority(provider).top)
  writeFileSync(trust, '')
  const env = { PEER_CERT: leaf.cert, PEER_KEY: leaf.key }
  const peer = (kind: string) => start(process.execPath, [join(import.meta.dirname, 'peer.ts'), kind], env)
  const [whole, socket, unread] = await Promise.all(['whole', 'socket', 'whole'].map(peer))
  if (!whole || !socket || !unread) throw new Error('a provider did not start')
  const stage: Stage = { folder, ca, trust, whole: whole.port, socket: socket.port, unread: unread.port }
  const ownLeaf = await makeLeaf(openAuthority(own), HOST, now, 1)
  return {
    ...{ stage, own, ownLeaf },
    async end() {
      await Promise.all([whole, socket, unread].map((each) => each.end()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** So many rounds of so many ms each; the first, which warms, is not counted. */
export async function forwarded(rounds: number, ms: number): Promise<ForwardRun> {
  const { stage, own, ownLeaf, end: endStage } = await openStage()
  const gateway = await forwardDoor(stage, own)
  const others = [await squid(stage), await mitmproxy(stage)].filter((each) => each !== undefined)
  const least = await bare(stage, ownLeaf)
  const unread = { ...gateway, name: 'gateway, a host that is relayed unread' }
  const load = openLoad()
  let [asked, first] = [0, 0]
  const measure = async (proxy: ProxyTarget, what: What): Promise<{ pace: number; cpu: number }> => {
    const trust = readFileSync(stage.trust, 'utf8')
    const done = await load.run({ ...what, proxy, trust, ms, first, pids: proxy.pids() })
    first += done.asked
    if (proxy.pids().join() === gateway.pids().join()) asked += done.asked
    return { pace: (done.count * 1000) / done.ms, cpu: (done.cpu * 1e6) / done.count }
  }
  const tables = { requests: [] as Passed[], handshakes: [] as Passed[], frames: [] as Passed[] }
  const chat: What = { kind: 'requests', target: `${HOST}:${stage.whole}`, path: CHAT, method: 'POST', wide: 64 }
  const rows: readonly (readonly [keyof Forwarded, ProxyTarget, What])[] = [
    ...[gateway, ...others].map((proxy) => ['requests', proxy, chat] as const),
    ['requests', unread, { ...chat, target: `${HOST}:${stage.unread}`, path: '/repos/o/r', method: 'GET' }],
    ['requests', least, chat],
    ...[gateway, ...others].map((proxy) => ['handshakes', proxy, { ...chat, kind: 'handshakes', wide: 4 }] as const),
    ...[gateway, ...others].map((proxy) => {
      const target = `${HOST}:${stage.socket}`
      return ['frames', proxy, { kind: 'frames', target, path: '/v1/responses', method: 'GET', wide: 4 }] as const
    }),
  ]
  for (let round = -1; round < rounds; round++)
    for (const [table, proxy, what] of rows) {
      const { pace, cpu } = await measure(proxy, what)
      if (round < 0) tables[table].push({ name: proxy.name, pace: [], cpu: [] })
      const row = tables[table].find(({ name }) => round >= 0 && name === proxy.name)
      row?.pace.push(pace)
      row?.cpu.push(cpu)
    }
  return {
    ...{ results: tables, gateway, asked },
    async end() {
      await Promise.all([load, ...others, least, gateway].map((each) => each.end()))
      await endStage() // its files are watched while the gateway runs
    },
  }
}

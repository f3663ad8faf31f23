// What a frame costs on a WebSocket: the whole gateway beside a relay of `ws` on both sides, taking turns.
import { once } from 'node:events'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { cpuOf, start } from './process.ts'
import { type Gateway, gateway } from './targets.ts'

const SOCKETS = 4
const PROMPT = JSON.stringify({ type: 'response.create', model: 'm', input: 'Write the loader, and say what changed.' })

export interface Framed {
  readonly name: string
  /** CPU microseconds a frame, by round. */
  readonly cpu: number[]
  /** Frames a second, by round. */
  readonly pace: number[]
}

export interface Sockets {
  readonly framed: readonly Framed[]
  readonly gateway: Gateway
  /** Exchanges that the record must hold: handshakes and turns. */
  readonly sent: number
  end(): Promise<void>
}

interface Target {
  readonly name: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  pids(): readonly number[]
}

/** `turns` on each of four sockets, in each round. */
export async function framesOf(rounds: number, turns: number): Promise<Sockets> {
  const peer = join(import.meta.dirname, 'websocket-peer.ts')
  const provider = await start(process.execPath, [peer, 'provider'])
  const bare = await start(process.execPath, [peer, 'relay', String(provider.port)])
  const full = await gateway(provider.port, 'before')
  const targets: Target[] = [
    {
      name: '`ws` on both sides',
      url: `ws://127.0.0.1:${bare.port}/v1/responses`,
      headers: {},
      pids: () => [bare.pid],
    },
    { ...full, url: full.url.replace(/^http/, 'ws').replace('chat/completions', 'responses') },
  ]
  const framed = targets.map(({ name }): Framed => ({ name, cpu: [], pace: [] }))
  for (const target of targets) await round(target, Math.ceil(turns / 4))
  for (let nth = 0; nth < rounds; nth++)
    for (const [at, target] of targets.entries()) {
      const { cpu, pace } = await round(target, turns)
      framed[at]?.cpu.push(cpu)
      framed[at]?.pace.push(pace)
    }
  const sent = SOCKETS * (rounds + 1 + rounds * turns + Math.ceil(turns / 4))
  return {
    framed,
    gateway: full,
    sent,
    end: async () => void (await Promise.all([provider, bare, full].map((each) => each.end()))),
  }
}

async function round(target: Target, turns: number): Promise<{ cpu: number; pace: number }> {
  const sockets = await Promise.all(Array.from({ length: SOCKETS }, () => open(target)))
  const [cpu, began] = [cpuOf(target.pids()), performance.now()]
  const counts = await Promise.all(sockets.map((socket) => speak(socket, turns)))
  const frames = counts.reduce((sum, count) => sum + count, 0)
  const [used, took] = [cpuOf(target.pids()) - cpu, performance.now() - began]
  for (const socket of sockets) socket.close()
  await Promise.all(sockets.map((socket) => once(socket, 'close')))
  return { cpu: (used * 1e6) / frames, pace: (frames * 1000) / took }
}

async function open({ url, headers }: Target): Promise<WebSocket> {
  const socket = new WebSocket(url, { headers, perMessageDeflate: false })
  await once(socket, 'open')
  return socket
}

/** One turn after the other; how many frames came. */
function speak(socket: WebSocket, turns: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let [left, frames] = [turns, 0]
    socket.on('close', () => reject(new Error('a WebSocket closed within a round')))
    socket.on('message', (message: Buffer) => {
      frames++
      if (message.includes('response.failed')) reject(new Error(message.toString()))
      if (!message.includes('"response.completed"')) return
      left--
      if (left > 0) socket.send(PROMPT)
      else resolve(frames)
    })
    socket.send(PROMPT)
  })
}

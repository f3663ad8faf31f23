// The clients of a proxy that opens TLS, in a process of their own. Reads one job a line on stdin, answers one line of JSON for
// each: how much was done, and how long it took. They trust the proxies' CAs and look at every certificate.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { connect as connectSecure, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import { WebSocket } from 'ws'
import { small } from '../prompts.ts'

/** What is to be done, for so many ms, so many at a time. `first`: the number of the first prompt, so that no two are alike. */
export interface Job {
  readonly kind: 'requests' | 'handshakes' | 'frames'
  /** Host and port of the proxy, and what it wants to see. */
  readonly proxy: { readonly port: number; readonly authorization: string }
  /** `localhost:1234`. */
  readonly target: string
  readonly path: string
  readonly method: 'GET' | 'POST'
  /** PEM text of the CAs. */
  readonly trust: string
  readonly ms: number
  readonly wide: number
  readonly first: number
}

/** `count`: replies, handshakes or frames. `asked`: what the record must hold of it. */
export interface Done {
  readonly ms: number
  readonly count: number
  readonly asked: number
}

const contexts = new Map<string, SecureContext>()

function trusting(pem: string): SecureContext {
  const known = contexts.get(pem) ?? createSecureContext({ ca: pem })
  contexts.set(pem, known)
  return known
}

async function tunnel({ proxy, target, trust }: Job): Promise<TLSSocket> {
  const socket = connect({ port: proxy.port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  const { authorization } = proxy
  const shown = authorization && `Proxy-Authorization: ${authorization}\r\n`
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${shown}\r\n`)
  await established(socket)
  const secure = connectSecure({
    ...{ socket, servername: 'localhost', ALPNProtocols: ['http/1.1'], secureContext: trusting(trust) },
  })
  await once(secure, 'secureConnect')
  return secure
}

/** Reads the proxy's answer to its end and no further. */
async function established(socket: Socket): Promise<void> {
  let head = ''
  while (!head.includes('\r\n\r\n')) {
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    head += bytes.toString('latin1')
  }
  socket.pause()
  if (!/^HTTP\/1\.\d 200/.test(head)) throw new Error(`the proxy said ${head.slice(0, 200)}`)
}

/** One request after the other on one tunnel until it is time. */
async function lane(job: Job, until: number, next: () => number): Promise<number> {
  const socket = await tunnel(job)
  const head = `${job.method} ${job.path} HTTP/1.1\r\nHost: ${job.target}\r\nContent-Type: application/json\r\n`
  let count = 0
  while (performance.now() < until) {
    const body = job.method === 'POST' ? small(next()) : ''
    socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    await reply(socket)
    count++
  }
  socket.destroy()
  return count
}

/** Reads one reply, whose length its head tells. */
function reply(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    let held = ''
    const end = (error?: Error) => {
      socket.off('data', take).off('close', closed)
      if (error) reject(error)
      else resolve()
    }
    const closed = () => end(new Error(`closed within a reply: ${held.slice(0, 200)}`))
    const take = (bytes: Buffer) => {
      held += bytes.toString('latin1')
      const head = held.indexOf('\r\n\r\n')
      if (head < 0) return
      if (!held.startsWith('HTTP/1.1 200')) return end(new Error(held.slice(0, 300)))
      const length = /\r\ncontent-length: *(\d+)/i.exec(held.slice(0, head + 2))?.[1]
      const whole = length ? held.length >= head + 4 + Number(length) : held.endsWith('\r\n0\r\n\r\n')
      if (whole) end()
    }
    socket.on('data', take).on('close', closed)
  })
}

async function requests(job: Job, until: number): Promise<number[]> {
  let nth = job.first
  return Promise.all(Array.from({ length: job.wide }, () => lane(job, until, () => nth++)))
}

/** Tunnels opened, shaken hands in and closed, no session resumed. */
async function handshakes(job: Job, until: number): Promise<number[]> {
  const one = async () => {
    let count = 0
    for (; performance.now() < until; count++) (await tunnel(job)).destroy()
    return count
  }
  return Promise.all(Array.from({ length: job.wide }, one))
}

const PROMPT = JSON.stringify({ type: 'response.create', model: 'm', input: 'Write the loader, and say what changed.' })

/** Turns on a WebSocket, each as soon as the one before has ended; frames and turns. */
async function talk(job: Job, until: number): Promise<{ frames: number; turns: number }> {
  const secure = await tunnel(job)
  const options = { perMessageDeflate: false, createConnection: () => secure }
  const socket = new WebSocket(`ws://${job.target}${job.path}`, options)
  await once(socket, 'open')
  return new Promise((resolve, reject) => {
    let [frames, turns] = [0, 0]
    socket.on('close', () => reject(new Error('a WebSocket closed within a turn')))
    socket.on('message', (message: Buffer) => {
      frames++
      if (message.includes('response.failed')) reject(new Error(message.toString()))
      if (!message.includes('"response.completed"')) return
      turns++
      if (performance.now() < until) return socket.send(PROMPT)
      socket.removeAllListeners('close').close()
      resolve({ frames, turns })
    })
    socket.send(PROMPT)
  })
}

const sum = (counts: readonly number[]): number => counts.reduce((all, each) => all + each, 0)

async function run(job: Job): Promise<Done> {
  const began = performance.now()
  const until = began + job.ms
  if (job.kind === 'frames') {
    const told = await Promise.all(Array.from({ length: job.wide }, () => talk(job, until)))
    const ms = performance.now() - began
    return { ms, count: sum(told.map(({ frames }) => frames)), asked: sum(told.map(({ turns }) => turns + 1)) }
  }
  const count = sum(await (job.kind === 'requests' ? requests : handshakes)(job, until))
  return { ms: performance.now() - began, count, asked: job.kind === 'requests' ? count : 0 }
}

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(line) as Job))}\n`)

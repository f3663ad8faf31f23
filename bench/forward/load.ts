// The clients of a proxy that opens TLS, in a process of their own. Reads one job a line on stdin, answers one line of JSON for
// each: how much was done, and how long it took. They trust the proxies' CAs and look at every certificate.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { connect as connectSecure, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import { WebSocket } from 'ws'
import { cpuOf } from '../process.ts'
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
  /** Processes whose CPU counts. */
  readonly pids: readonly number[]
  readonly ms: number
  readonly wide: number
  readonly first: number
}

/** `count`: replies, handshakes or frames; `ms` and `cpu` (seconds) are theirs alone. `asked`: what the record must hold of all. */
export interface Done {
  readonly ms: number
  readonly cpu: number
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

/** Sends one request and reads its reply. */
function ask(socket: TLSSocket, job: Job, nth: number): Promise<void> {
  const head = `${job.method} ${job.path} HTTP/1.1\r\nHost: ${job.target}\r\nContent-Type: application/json\r\n`
  const body = job.method === 'POST' ? small(nth) : ''
  socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  return reply(socket)
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

/** As many as are `wide`, at once. */
const all = <Result>({ wide }: Job, one: () => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: wide }, one))

/** One request after the other on each tunnel. They stand already, and have borne one. */
async function requests(job: Job): Promise<Done> {
  let nth = job.first
  const sockets = await all(job, () => tunnel(job))
  await Promise.all(sockets.map((socket) => ask(socket, job, nth++)))
  const measured = await measure(job, (until) =>
    Promise.all(
      sockets.map(async (socket) => {
        let count = 0
        for (; performance.now() < until; count++) await ask(socket, job, nth++)
        return count
      }),
    ),
  )
  for (const socket of sockets) socket.destroy()
  return { ...measured, asked: measured.count + sockets.length }
}

/** Closes it as TLS has it, so that the far side has had our last word of the handshake. */
async function leave(socket: TLSSocket): Promise<void> {
  const closed = once(socket.resume(), 'close')
  socket.end()
  await closed
}

/** Tunnels opened, shaken hands in and closed, no session resumed. */
async function handshakes(job: Job): Promise<Done> {
  const measured = await measure(job, (until) =>
    all(job, async () => {
      let count = 0
      for (; performance.now() < until; count++) await leave(await tunnel(job))
      return count
    }),
  )
  return { ...measured, asked: 0 }
}

/** Turns on WebSockets that stand. */
async function frames(job: Job): Promise<Done> {
  const sockets = await all(job, () => open(job))
  let turns = 0
  const measured = await measure(job, (until) =>
    Promise.all(sockets.map((socket) => talk(socket, until, () => void turns++))),
  )
  for (const socket of sockets) socket.close()
  return { ...measured, asked: turns + sockets.length }
}

async function measure(
  { pids, ms }: Job,
  work: (until: number) => Promise<readonly number[]>,
): Promise<Pick<Done, 'ms' | 'cpu' | 'count'>> {
  const [cpu, began] = [cpuOf(pids), performance.now()]
  const counts = await work(began + ms)
  const count = counts.reduce((sum, each) => sum + each, 0)
  return { ms: performance.now() - began, cpu: cpuOf(pids) - cpu, count }
}

const PROMPT = JSON.stringify({ type: 'response.create', model: 'm', input: 'Write the loader, and say what changed.' })

async function open(job: Job): Promise<WebSocket> {
  const secure = await tunnel(job)
  const options = { perMessageDeflate: false, createConnection: () => secure }
  const socket = new WebSocket(`ws://${job.target}${job.path}`, options)
  await once(socket, 'open')
  return socket
}

/** One turn as soon as the one before has ended; how many frames came. */
function talk(socket: WebSocket, until: number, turned: () => void): Promise<number> {
  return new Promise((resolve, reject) => {
    let count = 0
    socket.on('close', () => reject(new Error('a WebSocket closed within a turn')))
    socket.on('message', (message: Buffer) => {
      count++
      if (message.includes('response.failed')) reject(new Error(message.toString()))
      if (!message.includes('"response.completed"')) return
      turned()
      if (performance.now() < until) return socket.send(PROMPT)
      socket.removeAllListeners('close')
      resolve(count)
    })
    socket.send(PROMPT)
  })
}

const KINDS = { requests, handshakes, frames }

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line) as Job
  process.stdout.write(`${JSON.stringify(await KINDS[job.kind](job))}\n`)
}

/** A loopback receiver for each kind of sink, which takes, hangs, refuses, answers garbage or breaks off. Tests only. */
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createServer as createTls } from 'node:tls'
import { gunzipSync } from 'node:zlib'
import { certificate } from './certificate.case.ts'
import { SinkForm, type SinkSettings } from './index.ts'
import { signed } from './sigv4.ts'

export type Mode = 'take' | 'hang' | 'refuse' | 'garbage' | 'break'

export interface Receiver {
  readonly settings: SinkSettings
  /** The same, without trust in the receiver's certificate; absent where there is none. */
  readonly untrusting?: SinkSettings
  readonly modes: readonly Mode[]
  mode: Mode
  /** Ids of the rows that were taken, in their order, repeated ones too. */
  taken(): readonly string[]
  /** What is wrong with what came, such as a signature. */
  readonly faults: string[]
  gone(): Promise<void>
}

type Open = (t: TestContext) => Promise<Receiver>

const form = (of: object): SinkSettings => SinkForm.parse({ timeout_ms: 2000, ...of })

async function listening(t: TestContext, server: Server): Promise<{ port: number; gone(): Promise<void> }> {
  const sockets = new Set<Socket>()
  for (const event of ['connection', 'secureConnection'])
    server.on(event, (socket: Socket) => void sockets.add(socket.on('error', () => undefined)))
  server.on('tlsClientError', () => undefined)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const gone = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  t.after(gone)
  return { port: (server.address() as AddressInfo).port, gone }
}

interface Heard {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** An HTTPS receiver: `read` gives the ids of a request, or what is wrong with it; `yes` answers. */
async function overHttp(
  t: TestContext,
  settings: (url: string, ca: string) => object,
  read: (heard: Heard, faults: string[]) => string[],
  yes: (reply: ServerResponse) => void,
): Promise<Receiver> {
  const { cert, key } = await certificate()
  const ids: string[] = []
  const server = createServer({ cert, key }, async (asked, reply) => {
    const body = Buffer.concat(await asked.toArray().catch(() => []))
    if (receiver.mode === 'hang' || !asked.complete) return // its time may have been up before it was sent
    if (receiver.mode === 'break') return void reply.destroy()
    if (receiver.mode === 'refuse') return void reply.writeHead(503).end('no\u001b[2Jroom')
    if (receiver.mode === 'garbage') return void reply.writeHead(200).end('<html>sign in</html>'.repeat(9000))
    ids.push(...read({ path: asked.url ?? '', headers: asked.headers, body }, receiver.faults))
    yes(reply)
  })
  const { port, gone } = await listening(t, server)
  const url = `https://127.0.0.1:${port}`
  const receiver: Receiver = {
    ...{ settings: form(settings(url, cert)), untrusting: form({ ...settings(url, cert), ca: undefined }), gone },
    ...{ mode: 'take', modes: ['hang', 'refuse', 'garbage', 'break'], taken: () => ids, faults: [] },
  }
  return receiver
}

const idsOf = (lines: string): string[] =>
  lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).id)

const otlp: Open = (t) =>
  overHttp(
    t,
    (url, ca) => ({ kind: 'otlp', url: `${url}/`, signals: ['logs'], headers: { 'x-key': 'k' }, ca }),
    ({ path, headers, body }, faults) => {
      if (path !== '/v1/logs' || headers['x-key'] !== 'k') faults.push(`${path} ${headers['x-key']}`)
      const document = JSON.parse(gunzipSync(body).toString())
      const records = document.resourceLogs[0].scopeLogs[0].logRecords as {
        attributes: { key: string; value: never }[]
      }[]
      return records.map(
        ({ attributes }) => attributes.find(({ key }) => key === 'gatelog.id')?.value['stringValue'] ?? '',
      )
    },
    (reply) => reply.writeHead(200, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}'),
  )

const SECRET = Buffer.alloc(24, 7)

const webhook: Open = (t) =>
  overHttp(
    t,
    (url, ca) => ({
      kind: 'webhook',
      url: `${url}/hook?a=b`,
      secret: `whsec_${SECRET.toString('base64')}`,
      in_flight: 1,
      ca,
    }),
    ({ path, headers, body }, faults) => {
      const [id, time] = [headers['webhook-id'], headers['webhook-timestamp']]
      const right = createHmac('sha256', SECRET).update(`${id}.${time}.${body}`).digest('base64')
      if (headers['webhook-signature'] !== `v1,${right}`) faults.push('signature')
      if (Math.abs(Number(time) - Date.now() / 1000) > 60) faults.push('timestamp')
      if (path !== '/hook?a=b') faults.push(path)
      const { type, data } = JSON.parse(body.toString())
      if (type !== `gatelog.${data.kind}` || data.id !== id) faults.push(`${type} ${data.id}`)
      return [data.id]
    },
    (reply) => reply.writeHead(204).end(),
  )

const S3 = { region: 'eu-central-1', access_key: 'AKID', secret_key: 'hush', session_token: 'token' }

const s3: Open = (t) =>
  overHttp(
    t,
    (url, ca) => ({ kind: 's3', url: `${url}/bucket`, ...S3, prefix: 'a=b/', gather_ms: 100, ca }),
    ({ path, headers, body }, faults) => {
      if (!/^\/bucket\/a%3Db\/\d{4}\/\d\d\/\d\d\/\d{12}-\d{12}\.jsonl\.gz$/.test(path)) faults.push(path)
      const date = String(headers['x-amz-date'])
      const at = new Date(date.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'))
      const hash = String(headers['x-amz-content-sha256'])
      const own = { 'content-type': String(headers['content-type']) }
      const url = new URL(`https://${headers.host}${path}`)
      const right = signed({ ...S3, method: 'PUT', url, hash, at, headers: own })
      if (headers.authorization !== right['authorization']) faults.push('signature')
      return idsOf(gunzipSync(body).toString())
    },
    (reply) => reply.writeHead(200, { etag: '"e"' }).end(),
  )

/** Frames of octet counting. */
function messagesIn(bytes: Buffer, faults: string[]): string[] {
  const messages: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at)
    const length = Number(bytes.toString('ascii', at, space))
    messages.push(bytes.toString('utf8', space + 1, space + 1 + length))
    at = space + 1 + length
    if (at > bytes.length || !(length > 0)) faults.push('frame')
    if (!(length > 0)) break
  }
  return messages
}

/** RFC 5424 §6: PRI VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG. */
const SYSLOG =
  /^<(\d{1,3})>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [\x21-\x7e]{1,255} gatelog - [\x21-\x7e]{1,32} - (\{[\x20-\x7e]*\})$/

const syslog: Open = async (t) => {
  const { cert, key } = await certificate()
  const ids: string[] = []
  const server = createTls({ cert, key, allowHalfOpen: true }, (socket) => {
    const parts: Buffer[] = []
    if (receiver.mode === 'refuse') return void socket.destroy()
    if (receiver.mode === 'garbage') return void socket.write('220 mail ready\r\n')
    socket.on('data', (part: Buffer) => parts.push(part))
    socket.on('end', () => {
      if (receiver.mode === 'hang') return
      for (const message of messagesIn(Buffer.concat(parts), receiver.faults)) {
        const [, pri, json] = SYSLOG.exec(message) ?? []
        if (!json || Math.floor(Number(pri) / 8) !== 13) receiver.faults.push(message.slice(0, 100))
        else ids.push(JSON.parse(json).id)
      }
      socket.end()
    })
  })
  const { port, gone } = await listening(t, server)
  const own = { kind: 'syslog', host: '127.0.0.1', port }
  const receiver: Receiver = {
    ...{ settings: form({ ...own, ca: cert }), untrusting: form(own), mode: 'take', gone },
    ...{ modes: ['hang', 'refuse', 'garbage'], taken: () => ids, faults: [] },
  }
  return receiver
}

/** A folder in the place of the file refuses it. */
const file: Open = async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-sink-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'deep', 'rows.jsonl')
  const earlier: string[] = []
  const now = () => (existsSync(path) ? idsOf(readFileSync(path, 'utf8')) : [])
  let mode: Mode = 'take'
  const block = async () => {
    earlier.push(...now())
    rmSync(join(folder, 'deep'), { recursive: true, force: true })
    writeFileSync(join(folder, 'deep'), 'no folder')
  }
  return {
    settings: form({ kind: 'file', path }),
    modes: ['refuse'],
    faults: [],
    get mode() {
      return mode
    },
    set mode(next) {
      mode = next
      if (mode === 'refuse') block()
      else rmSync(join(folder, 'deep'))
    },
    taken: () => [...earlier, ...now()],
    gone: block,
  }
}

/** One for each kind of SINKS. */
export const RECEIVERS: Readonly<Record<SinkSettings['kind'], Open>> = { file, otlp, syslog, s3, webhook }

/** The scene of the forward door's journeys: a gateway, a provider behind a corporate proxy, and clients that trust the CA. */
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import type { TestContext } from 'node:test'
import { ProxyAgent } from 'undici'
import type { Shown } from '#console'
import { type Ends, folderFor, type Gateway, lastOf, startGateway } from './process.case.ts'
import { basic, connectTo, shake } from './tunnel.case.ts'
import { chunk, DONE, SECRET } from './upstream.case.ts'
import { type Says, startWorld, type World } from './world.case.ts'

export const HOST = 'api.openai.com'
export const CORP = 'corp.openai.azure.com'

export interface Scene {
  readonly gateway: Gateway
  readonly world: World
  readonly key: string
  /** The certificates that clients trust. */
  readonly ca: string
  /** The proxy's address with a key in it. */
  readonly proxy: string
  last(): Promise<Shown>
  /** Everything that fits a query, oldest first. */
  all(query?: string): Promise<Shown[]>
}

export const streams: Says = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(chunk('the token is '))
  response.end(chunk(SECRET) + DONE)
}

export async function open(t: Ends, says: Says, more = '', listen = ''): Promise<Scene> {
  const world = await startWorld(t, [HOST, CORP], says)
  const folder = folderFor(t)
  const yaml = `${listen}connections:
  openai: { kind: openai, proxy: '${world.proxy}', upstream_ca: '${world.ca(folder)}' }
  second: { kind: openai, proxy: '${world.proxy}', upstream_ca: '${world.ca(folder)}' }
  corp: { kind: openai, url: 'https://corp.openai.azure.com/team', proxy: '${world.proxy}', upstream_ca: '${world.ca(folder)}' }
${more}`
  const gateway = await startGateway(t, yaml, folder)
  const key = await gateway.key()
  const { pem: ca } = await gateway.api<{ pem: string }>('/ca/pem')
  const url = new URL(gateway.url)
  const list = async (query = '') =>
    (await gateway.api<{ exchanges: { exchange: string }[] }>(`/exchanges?q=${encodeURIComponent(query)}`)).exchanges
  const all = async (query?: string) => {
    const rows = await list(query)
    return Promise.all(rows.reverse().map(({ exchange }) => gateway.api<Shown>(`/exchanges/${exchange}`)))
  }
  return {
    ...{ gateway, world, key, ca, all, proxy: `${url.protocol}//ana:${key}@${url.host}` },
    last: () => lastOf(gateway),
  }
}

/** TLS to a host through the gateway. */
export async function inside({ gateway, key, ca }: Pick<Scene, 'gateway' | 'key' | 'ca'>, host = HOST, port = 443) {
  const { status, told, socket } = await connectTo(gateway.url, `${host}:${port}`, basic(key))
  assert.equal(status, 200, told)
  return shake(socket, { servername: host, ca })
}

export function agentOf(t: TestContext, { proxy, ca }: Pick<Scene, 'proxy' | 'ca'>) {
  const agent = new ProxyAgent({ uri: proxy, requestTls: { ca }, proxyTls: { ca } })
  t.after(() => agent.destroy())
  return agent
}

/** A TCP server that answers what it is sent, twice. */
export async function echo(t: Ends): Promise<number> {
  const server = createServer((socket) => {
    socket.on('data', (bytes: Buffer) => socket.write(Buffer.concat([bytes, bytes])))
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => void server.close())
  return (server.address() as { port: number }).port
}

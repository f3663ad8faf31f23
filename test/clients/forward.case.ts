/** The stage of the forward door: clients that know only a proxy and a CA, and providers that are known by their own names. */
import { writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Shown } from '#console'
import type { Summary } from '#trail'
import { folderFor, type Gateway, startGateway } from '../process.case.ts'
import { type Asked, startWorld, type World } from '../world.case.ts'
import { GITHUB, type Mock, type Script, startMock } from './mock.case.ts'
import { COPILOT_USER } from './models.case.ts'

const plan = (part: string) => `${part}.business.githubcopilot.com`
/** The hosts that there are. Whatever else is asked for is not. */
export const HOSTS = [
  ...['api', 'proxy', 'telemetry', 'origin-tracker'].map(plan),
  ...['api.github.com', 'api.anthropic.com', 'api.openai.com'],
]

const USER = {
  ...COPILOT_USER,
  endpoints: {
    api: `https://${plan('api')}`,
    proxy: `https://${plan('proxy')}`,
    telemetry: `https://${plan('telemetry')}`,
    'origin-tracker': `https://${plan('origin-tracker')}`,
  },
}

export interface ForwardStage {
  readonly gateway: Gateway
  readonly world: World
  readonly mock: Mock
  readonly key: string
  /** What a client is set to, beside its own credential: a proxy with a key, and a CA. */
  readonly env: Readonly<Record<string, string>>
  readonly ca: string
  /** Everything on the record, oldest first. */
  all(): Promise<Shown[]>
}

/** Sets it up; `more` is added to the configuration. Ends with its test. */
export async function openForwardStage(t: TestContext, script: Script, more = ''): Promise<ForwardStage> {
  const mock = await startMock(t, script)
  const world = await startWorld(t, HOSTS, (asked, response) => answer(asked, response, mock.url), mock.url)
  const folder = folderFor(t)
  const by = `proxy: '${world.proxy}', upstream_ca: '${world.ca(folder)}'`
  const yaml = `connections:
  copilot: { kind: copilot, plan: business, unknown_routes: record-and-pass, ${by} }
  anthropic: { kind: anthropic, unknown_routes: record-and-pass, ${by} }
  openai: { kind: openai, unknown_routes: record-and-pass, ${by} }
${more}`
  const gateway = await startGateway(t, yaml, folder)
  const key = await gateway.key('--user', 'ana')
  const ca = join(folder, 'gatelog-ca.pem')
  writeFileSync(ca, (await gateway.gatelog('ca', 'export')).stdout)
  return { gateway, world, mock, key, ca, env: envOf(gateway, key, ca), all: () => allOf(gateway) }
}

function envOf(gateway: Gateway, key: string, ca: string): Record<string, string> {
  const proxy = gateway.url.replace('://', `://ana:${key}@`)
  const upper = { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, ALL_PROXY: proxy, NO_PROXY: '' }
  return { ...upper, https_proxy: proxy, http_proxy: proxy, no_proxy: '', NODE_EXTRA_CA_CERTS: ca }
}

async function allOf(gateway: Gateway): Promise<Shown[]> {
  const { exchanges } = await gateway.api<{ exchanges: Summary[] }>('/exchanges?limit=1000')
  return Promise.all(exchanges.reverse().map(({ exchange }) => gateway.api<Shown>(`/exchanges/${exchange}`)))
}

/** GitHub says which hosts an account has; all else is as the mock says. */
function answer(asked: Asked, response: ServerResponse, mock: string): Promise<void> | void {
  if (asked.path.startsWith('/copilot_internal/user')) {
    const headers = { 'content-type': 'application/json', ...GITHUB }
    return void response.writeHead(200, headers).end(JSON.stringify(USER))
  }
  const headers: IncomingHttpHeaders = { ...asked.headers, 'content-length': String(Buffer.byteLength(asked.body)) }
  delete headers['transfer-encoding']
  const part = asked.host.startsWith('proxy.') ? '/proxy' : ''
  const onward = request(`${mock}${part}${asked.path}`, { method: asked.method, headers, agent: false }, (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.rawHeaders)
    reply.pipe(response)
  })
  onward.once('error', () => response.destroy()).end(asked.body)
  response.once('close', () => onward.destroy())
}

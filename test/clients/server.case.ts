/** The stage of the language server: a mock of GitHub and Copilot, a real gateway, a tap, and an editor that knows one address. */
import type { TestContext } from 'node:test'
import type { Shown } from '#console'
import type { Summary } from '#trail'
import { folderFor, type Gateway, startGateway } from '../process.case.ts'
import { type Editor, openEditor } from './editor.case.ts'
import { type Mock, type Script, startMock } from './mock.case.ts'
import { until } from './sdk.case.ts'
import { startTap, type Tap } from './tap.case.ts'

/** The developer's own credential at GitHub. */
export const OAUTH = ['gho', 'madeUpForTheLanguageServer'].join('_')

/** What is on the record. */
export interface OnRecord {
  /** Exchanges that fit a query, newest first. */
  find(query: string): Promise<Summary[]>
  /** One exchange, whole. */
  whole(found: Summary | undefined): Promise<Shown>
}

export interface ServerStage extends OnRecord {
  readonly gateway: Gateway
  readonly mock: Mock
  readonly tap: Tap
  readonly editor: Editor
}

export interface Way {
  /** `led`: GitHub's replies lead it to the gateway; `override`: its settings do. */
  readonly by: 'led' | 'override'
  readonly more?: string
  /** `copilot.allowed_plans`; the account's is business. */
  readonly plans?: string
  /** Whether GitHub lets it in; so unless told. */
  readonly signedIn?: boolean
}

const hostsOf = (mock: string) =>
  ['api', 'proxy', 'telemetry', 'origin', 'uploads'].map((host) => `${host}: '${mock}/${host}'`).join(', ')

const configuration = (mock: string, led: boolean, plans: string) => `path_keys: true
copilot: { rewrite_endpoints: ${led}, allowed_plans: ${plans} }
connections:
  copilot: { kind: copilot, hosts: { ${hostsOf(mock)}, github: '${mock}/led' } }
`

/** Sets it up, the editor signed in. Ends with its test. */
export async function openServer(
  t: TestContext,
  script: Script,
  { by, more = '', plans = '[business]', signedIn = true }: Way,
): Promise<ServerStage> {
  const mock = await startMock(t, script)
  const gateway = await startGateway(t, configuration(mock.url, by === 'led', plans) + more, folderFor(t))
  const tap = await startTap(t, gateway.url)
  const key = await gateway.key('--path', 'ana', '--connection', 'copilot')
  const place = `${tap.url}/k/${key}/c/copilot`
  const override = { overrideProxyUrl: `${place}/proxy`, overrideCapiUrl: `${place}/api` }
  const debug = by === 'led' ? {} : { github: { copilot: { advanced: { debug: override } } } }
  const settings = { telemetry: { telemetryLevel: 'all' }, ...debug }
  const env = {
    GH_COPILOT_TOKEN: OAUTH,
    GH_COPILOT_SERVER_URL: `${place}/github/`,
    GH_COPILOT_API_URL: `${place}/github/`,
  }
  const editor = await openEditor(t, { env, settings, signedIn })
  return { ...{ gateway, mock, tap, editor }, ...recordOf(gateway) }
}

export const recordOf = (gateway: Gateway): OnRecord => ({
  async find(query) {
    const path = `/exchanges?limit=1000&q=${encodeURIComponent(query)}`
    return (await gateway.api<{ exchanges: Summary[] }>(path)).exchanges
  },
  whole: async (found) => gateway.api<Shown>(`/exchanges/${found?.exchange}`),
})

/** The exchanges that fit, once there are some. */
export async function eventually(stage: OnRecord, query: string, longest = 30_000): Promise<Summary[]> {
  let found: Summary[] = []
  await until(async () => {
    found = await stage.find(query)
    return found.length > 0
  }, longest)
  return found
}

/** The stage of a journey: a mock provider, a real gateway in front of it, and a tap in front of that. */
import type { TestContext } from 'node:test'
import type { Shown } from '#console'
import type { Summary } from '#trail'
import { folderFor, type Gateway, startGateway } from '../process.case.ts'
import { type Mock, type Script, startMock } from './mock.case.ts'
import { startTap, type Tap } from './tap.case.ts'

/** What the brokered connections send upstream in place of the developer's key. */
export const BROKERED = 'the-brokered-credential'
/** A prompt with this word is denied. */
export const FORBIDDEN = 'plutonium-recipe'
/** What a denied developer reads, before the code and the exchange. */
export const DENIED = 'no-plutonium: Ask the safety board'

export interface Stage {
  readonly gateway: Gateway
  readonly mock: Mock
  readonly tap: Tap
  /** The address of a connection, as the client is given it: through the tap. */
  at(connection: string): string
  /** Exchanges that fit a query, newest first. */
  find(query: string): Promise<Summary[]>
  /** What `gatelog show --json` says, from the command line. */
  show(id: string): Promise<Shown>
}

const configuration = (mock: string) => `path_keys: true
connections:
  openai: { kind: openai, url: '${mock}', credentials: brokered, key: ${BROKERED} }
  anthropic: { kind: anthropic, url: '${mock}', credentials: brokered, key: ${BROKERED} }
  posts: { kind: openai, url: '${mock}', credentials: brokered, key: ${BROKERED}, websocket: refuse }
  own-openai: { kind: openai, url: '${mock}' }
  own-anthropic: { kind: anthropic, url: '${mock}' }
  copilot: { kind: copilot, hosts: { api: '${mock}', github: '${mock}/github' }, unknown_routes: record-and-pass }
  copilot-posts: { kind: copilot, hosts: { api: '${mock}' }, unknown_routes: record-and-pass, websocket: refuse }
rules:
  - name: no-plutonium
    when: 'prompt.messages.exists(m, m.role == "user" && m.text.contains("${FORBIDDEN}"))'
    then: deny
    reason: Ask the safety board
`

/** Sets it up; `more` is added to the configuration. Ends with its test. */
export async function openStage(t: TestContext, script: Script, more = ''): Promise<Stage> {
  const mock = await startMock(t, script)
  const gateway = await startGateway(t, configuration(mock.url) + more, folderFor(t))
  const tap = await startTap(t, gateway.url)
  return {
    ...{ gateway, mock, tap },
    at: (connection) => `${tap.url}/c/${connection}`,
    async find(query) {
      const path = `/exchanges?limit=1000&q=${encodeURIComponent(query)}`
      return (await gateway.api<{ exchanges: Summary[] }>(path)).exchanges
    },
    async show(id) {
      const told = await gateway.gatelog('show', '--json', id)
      if (told.code !== 0) throw new Error(told.stderr)
      return JSON.parse(told.stdout) as Shown
    },
  }
}

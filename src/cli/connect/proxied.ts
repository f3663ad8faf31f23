/** Clients that reach the gateway as their HTTP proxy, by variables: Copilot's language server, Copilot CLI, jobs. Pure. */
import { dirname, join } from 'node:path'
import { Fault } from '#exchange'
import { type Client, KEY_VARIABLE, type Target } from './client.ts'
import { exported, fileOf, type Variables } from './environment.ts'

/** Kinds of connection whose hosts the forward door opens. */
export const OPENED = ['copilot', 'openai', 'anthropic'] as const

/** The proxy's address as clients take it: `http://` alone, the key as password unless an agent adds it. @throws usage.option */
export function proxyOf({ gateway, key, agent, secret }: Target): string {
  const { protocol, host } = new URL(gateway)
  if (protocol !== 'http:')
    throw new Fault(
      'usage.option',
      'clients take http:// proxies only: run `gatelog agent` where they are, and give --agent',
    )
  if (agent) return `http://${secret ? `agent:${secret}@` : ''}${host}`
  if (key === undefined) throw new Fault('identity.channel', 'a path key is for the reverse door alone')
  return `http://gatelog:${key}@${host}`
}

export const proxyVariables = (target: Target): Variables => ({
  HTTPS_PROXY: proxyOf(target),
  HTTP_PROXY: proxyOf(target),
  NODE_EXTRA_CA_CERTS: target.ca,
})

/** What everybody has to know who sets these variables. */
export const NOTES: readonly string[] = [
  'All that starts in such a shell takes this proxy; of other hosts it lets through what forward.other_hosts names.',
  'NO_PROXY must not hold the hosts of providers: gatelog doctor looks.',
]

const byVariables = (name: string, file: Client['file'], more: (target: Target) => readonly string[]): Client => ({
  ...{ name, kinds: OPENED, reads: true, forward: 'only', file },
  settings: (target) => exported(name, proxyVariables(target), { notes: [...more(target), ...NOTES], trusts: 'file' }),
})

/** Source: @github/copilot-language-server 1.539, 2026-11. */
export const languageServer = byVariables(
  'copilot-language-server',
  (where) => fileOf('copilot-language-server', where),
  () => ['Start the editor from a shell that has them, or set its http.proxy to the same address.'],
)

const CI_CA = 'gatelog-ca.pem'

/** Whether an address leads to the machine that asks it. */
export const isHere = (origin: string): boolean =>
  /^https?:\/\/(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?(\/|$)/.test(origin)

/** A job's file travels with the repository: it names nothing of this machine, and bears no key. */
export const ci: Client = {
  ...byVariables(
    'ci',
    () => 'gatelog-ci.env',
    ({ agent, gateway }) => [
      ...(!agent && isHere(gateway) ? [`${gateway} is each job’s own machine: --gateway <as jobs reach it>`] : []),
      'Both files are for the repository. In the job, in their folder, before the step: . ./gatelog-ci.env',
      agent ? 'The job’s machine runs the agent.' : `The key is for the secrets of the CI, as ${KEY_VARIABLE}.`,
    ],
  ),
  shared: true,
  ca: (file) => ({ path: join(dirname(file), CI_CA), named: `$PWD/${CI_CA}` }),
}

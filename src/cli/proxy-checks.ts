/** What the shell's own variables say of a client that would start here: its proxy, what goes past it, whom it trusts. Asks no server. */
import { readFileSync } from 'node:fs'
import type { CheckRow } from '#console'

/** A host of each provider that clients reach by themselves. */
const REACHED = [
  ...['api.github.com', 'api.githubcopilot.com', 'api.business.githubcopilot.com', 'proxy.business.githubcopilot.com'],
  ...['api.openai.com', 'chatgpt.com', 'api.anthropic.com'],
]

type Env = Readonly<Record<string, string | undefined>>

const row = (check: string, state: CheckRow['state'], told: string, remedy?: string): CheckRow => ({
  ...{ check, state, told },
  ...(remedy && { remedy }),
})

/** Nothing where no proxy is set: then clients come by the reverse door, or not at all. `read` gives a file's text. */
export function proxyChecks(env: Env, read = (path: string) => readFileSync(path, 'utf8')): CheckRow[] {
  const names = ['HTTPS_PROXY', 'https_proxy'].filter((name) => env[name])
  const [name = ''] = names
  const address = env[name]
  if (address === undefined) return []
  const different = names.length === 2 && env['HTTPS_PROXY'] !== env['https_proxy']
  return [
    different
      ? row('proxy', 'warn', 'HTTPS_PROXY and https_proxy differ', 'Clients take one or the other: set both alike.')
      : proxyRow(name, address),
    ...passedBy(env),
    trustRow(env, read),
  ]
}

function proxyRow(name: string, address: string): CheckRow {
  const url = URL.parse(address.includes('://') ? address : `http://${address}`)
  if (!url) return row('proxy', 'warn', `${name} is no address`, 'Set it as http://<any>:<key>@<gateway>:8484.')
  if (url.protocol !== 'http:')
    return row(
      'proxy',
      'warn',
      `${name} begins with ${url.protocol}//`,
      'Copilot takes http:// alone: run `gatelog agent`.',
    )
  return row('proxy', 'ok', `${name} leads to ${url.host}`)
}

/** Hosts of providers that `NO_PROXY` lets go past the gateway. Source: curl's and Node's reading of it: suffixes and `*`. */
function passedBy(env: Env): CheckRow[] {
  const entries = `${env['NO_PROXY'] ?? ''},${env['no_proxy'] ?? ''}`
    .split(',')
    .map((each) => each.trim().toLowerCase())
  const holds = (entry: string, host: string) => {
    const name = entry.replace(/^\*?\./, '').replace(/:\d+$/, '')
    return entry === '*' || (name !== '' && (host === name || host.endsWith(`.${name}`)))
  }
  const hosts = REACHED.filter((host) => entries.some((entry) => holds(entry, host)))
  if (hosts.length === 0) return []
  return [row('no_proxy', 'warn', `goes past the gateway: ${hosts.join(', ')}`, 'Take them out of NO_PROXY.')]
}

function trustRow(env: Env, read: (path: string) => string): CheckRow {
  const [name, path] =
    ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'].map((each) => [each, env[each]]).find(([, at]) => at) ?? []
  const remedy = 'gatelog ca export > <file>, then gatelog ca install-help'
  if (!name || !path) return row('ca file', 'warn', 'no variable names one: clients trust what the system does', remedy)
  try {
    if (read(path).includes('-----BEGIN CERTIFICATE-----')) return row('ca file', 'ok', `${name} names certificates`)
    return row('ca file', 'warn', `${name} names a file without a certificate`, remedy)
  } catch {
    return row('ca file', 'warn', `${name} names a file that cannot be read`, remedy)
  }
}

/** Where a shell's proxy variables lead: to a Gatelog that answers, with a key, or elsewhere. Asks nobody: what answered is given. */
import type { CheckRow } from '#console'
import { Fault } from '#exchange'
import { looksLikeKey } from '#identity'
import { type Env, type Facts, row } from './facts.ts'
import { missingOf } from './trust.ts'

const NAMES = ['HTTPS_PROXY', 'https_proxy'] as const
const OTHERS = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'] as const

interface Named {
  readonly name: string
  readonly address: string
}

const first = (env: Env, names: readonly string[]): Named | undefined =>
  names.map((name) => ({ name, address: env[name] ?? '' })).find(({ address }) => address !== '')

/** The variable that clients take for what they ask by https. */
export const proxyIn = (env: Env): Named | undefined => first(env, NAMES)

/** undefined where it is no address. */
export const addressIn = ({ address }: Named): URL | undefined =>
  URL.parse(address.includes('://') ? address : `http://${address}`) ?? undefined

/** Nothing where no proxy is set. */
export function proxyRows({ env, answer, own }: Pick<Facts, 'env' | 'answer' | 'own'>): CheckRow[] {
  const named = proxyIn(env)
  if (!named) {
    const other = first(env, OTHERS)
    if (!other) return []
    const told = `only ${other.name} is set: clients ask providers by https, for which they take HTTPS_PROXY`
    return [row('proxy', 'warn', told, 'Set HTTPS_PROXY to the same address.')]
  }
  const [one, other] = NAMES.map((name) => env[name])
  if (one && other && one !== other)
    return [
      row('proxy', 'warn', 'HTTPS_PROXY and https_proxy differ', 'Clients take one or the other: set both alike.'),
    ]
  return [proxyRow(named, answer, own)]
}

function proxyRow(named: Named, answer: Facts['answer'], own: string | undefined): CheckRow {
  const { name } = named
  const url = addressIn(named)
  const warn = (told: string, remedy: string) => row('proxy', 'warn', `${name} ${told}`, remedy)
  if (!url) return warn('is no address', 'Set it as http://<any>:<key>@<gateway>:8484.')
  if (url.protocol !== 'http:')
    return warn(`begins with ${url.protocol}//`, 'Copilot takes http:// alone: run `gatelog agent`.')
  const leads = `leads to ${url.host}`
  if (answer === undefined) return row('proxy', 'ok', `${name} ${leads}`)
  if (answer instanceof Fault) return elsewhere(`${name} ${leads}`, answer)
  if (own !== undefined && missingOf(answer.pem, own) === 'all')
    return warn(`${leads}, another Gatelog than the one whose record is here`, 'Where that is meant all is well.')
  const bare = url.username === '' && url.password === ''
  if (bare && !answer.credential)
    return warn(
      `${leads} without a key, and no agent adds one`,
      'Set it as http://<any>:<key>@…, or run `gatelog agent`.',
    )
  if (!bare && !answer.credential && ![url.username, url.password].map(decoded).some(looksLikeKey))
    return warn(`${leads} with what is no Gatelog key`, 'The key is the password. Make one: gatelog keys create.')
  return row('proxy', 'ok', `${name} ${leads}, where ${answer.credential ? 'an agent' : 'a gateway'} answers`)
}

function elsewhere(leads: string, { detail = '' }: Fault): CheckRow {
  const silent = /does not answer \((.*)\)/.exec(detail)?.[1]
  if (silent !== undefined)
    return row(
      'proxy',
      'fail',
      `${leads}, where nobody answers (${silent})`,
      'Start the gateway or the agent, or correct the address.',
    )
  const behind = /answers 5\d\d/.exec(detail)?.[0]
  if (behind !== undefined)
    return row(
      'proxy',
      'fail',
      `${leads}, where an agent ${behind}: its gateway is not reached`,
      'See what `gatelog agent` says.',
    )
  const remedy =
    '`gatelog connect` shows what leads there; a proxy of your company belongs into the gateway’s forward.proxy.'
  return row('proxy', 'warn', `${leads}, which is no Gatelog: clients go past it`, remedy)
}

/** A part of an address as it was meant; as it is where its escapes are broken. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Variables that send one client to an address of the gateway. Sources: the clients' own documentation, 2026-11. */
const BASES = [
  ...['ANTHROPIC_BASE_URL', 'OPENAI_BASE_URL', 'COPILOT_PROVIDER_BASE_URL', 'COPILOT_API_URL'],
  ...['GH_COPILOT_API_URL', 'GH_COPILOT_SERVER_URL'],
]
/** A connection's address, on whatever host. */
const ADDRESS = /^(\/a\/[^/]+)?(\/k\/[^/]+)?\/c\/[^/]+/

/** One row for each variable of that kind that is set. `proxied`: what they do not lead to Gatelog, a proxy does. */
export function baseRows({ env }: Pick<Facts, 'env'>, proxied: boolean): CheckRow[] {
  return BASES.flatMap((name) => {
    const address = env[name]
    if (!address) return []
    const url = URL.parse(address)
    if (url && ADDRESS.test(url.pathname)) return [row('address', 'ok', `${name} leads to ${url.host}`)]
    if (proxied) return []
    const told = `${name} leads ${url ? `to ${url.host}, past the gateway` : 'nowhere: it is no address'}`
    return [row('address', 'warn', told, 'Set it to http(s)://<gateway>/c/<connection>/…: gatelog connect')]
  })
}

/** Hosts of providers that `NO_PROXY` lets go past the gateway. Pure. Source: how curl, Go, Node and Python read it. */
import type { CheckRow } from '#console'
import { type Facts, row } from './facts.ts'

/** Hosts that clients reach by themselves: where a name covers many, these are told. */
export const REACHED: readonly string[] = [
  ...['api.github.com', 'api.githubcopilot.com', 'api.individual.githubcopilot.com'],
  ...['api.business.githubcopilot.com', 'proxy.business.githubcopilot.com', 'telemetry.business.githubcopilot.com'],
  ...['api.enterprise.githubcopilot.com', 'proxy.enterprise.githubcopilot.com'],
  ...['api.openai.com', 'chatgpt.com', 'api.anthropic.com'],
]
const MOST_TOLD = 4

export function pastRows({ env, hosts }: Pick<Facts, 'env' | 'hosts'>): CheckRow[] {
  const entries = `${env['NO_PROXY'] ?? ''},${env['no_proxy'] ?? ''}`.toLowerCase().split(/[\s,]+/)
  const found = entries.filter((entry) => entry !== '').flatMap((entry) => passedBy(entry, hosts))
  const [first, ...more] = [...new Set(found)]
  if (first === undefined) return []
  const shown = [first, ...more.slice(0, MOST_TOLD - 1)].join(', ')
  const rest = more.length >= MOST_TOLD ? ` and ${more.length + 1 - MOST_TOLD} more` : ''
  return [row('no_proxy', 'warn', `goes past the gateway: ${shown}${rest}`, 'Take them out of NO_PROXY.')]
}

/** The hosts that one entry lets past; one that is below a provider's name is told as it is. */
function passedBy(entry: string, hosts: readonly string[]): readonly string[] {
  const name = entry.replace(/:\d+$/, '')
  const known = [...REACHED, ...hosts]
  const own = name.replace(/^\*?\.?/, '')
  if (hosts.some((host) => own.endsWith(`.${host}`))) return [own]
  return known.filter((host) => covers(name, host))
}

/** A suffix of whole labels, or of any characters behind a `*`; a `*` elsewhere stands for anything. */
function covers(name: string, host: string): boolean {
  if (name.includes('*')) return new RegExp(`^${name.replace(/[^*\w-]/g, '\\$&').replaceAll('*', '.*')}$`).test(host)
  const own = name.replace(/^\./, '')
  return own !== '' && (host === own || host.endsWith(`.${own}`))
}

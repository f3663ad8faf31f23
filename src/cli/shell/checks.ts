/** All that `gatelog doctor` says of the shell that it runs in. Changes nothing. */
import type { CheckRow } from '#console'
import { Fault } from '#exchange'
import type { Standing } from '../connect/changes.ts'
import { AGENT } from '../connect/client.ts'
import { type Facts, row } from './facts.ts'
import { pastRows } from './past.ts'
import { baseRows, proxyIn, proxyRows } from './proxy.ts'
import { settingsRows } from './settings.ts'
import { trustRows, verifyRows } from './trust.ts'

/** What clients that start here would do. `written`: what `gatelog connect` wrote on this machine. */
export function shellRows(facts: Facts, written: readonly Standing[]): CheckRow[] {
  const proxied = proxyIn(facts.env) !== undefined
  const proxies = proxyRows(facts)
  const bases = baseRows(
    facts,
    proxies.some(({ state }) => state === 'ok'),
  )
  const settings = settingsRows(written, facts)
  const rows = [
    ...proxies,
    ...(proxied ? [...pastRows(facts), ...trustRows(facts)] : []),
    ...verifyRows(facts),
    ...bases,
    ...settings.filter(({ told }) => !proxied || !/^no variable/.test(told)),
  ]
  const agents = agentRows(facts)
  const leads = proxies.length > 0 || bases.length > 0 || written.length > 0
  return leads ? [...agents, ...rows] : [...agents, ...rows, nowhere(facts.here)]
}

/** Nothing where no agent runs: there need be none. */
function agentRows({ agent }: Facts): CheckRow[] {
  if (agent === undefined) return []
  if (!(agent instanceof Fault)) return [row('agent', 'ok', `it answers at ${AGENT}, and so does its gateway`)]
  if (!/answers 5\d\d/.test(agent.detail ?? '')) return []
  return [row('agent', 'fail', `it answers at ${AGENT}, and its gateway does not`, 'See what `gatelog agent` says.')]
}

/** On the gateway's own machine nobody need be led there. */
function nowhere(here: boolean): CheckRow {
  const told = 'nothing here leads clients to a gateway: no proxy variable, no address, no settings of connect'
  return here
    ? row('shell', 'ok', told)
    : row('shell', 'warn', told, 'gatelog connect <client>; with `gatelog agent`: --agent')
}

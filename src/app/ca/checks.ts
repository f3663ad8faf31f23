/** What `doctor` says of the CA: its end, its key's mode, and connections that it may not vouch for. Changes nothing. */
import type { CheckRow } from '#console'
import type { Connection, Untrusting } from '#gateway'
import type { CaKeys } from './held.ts'

const DAY_MS = 86_400_000
const SOON_DAYS = 30

export async function caChecks(
  ca: CaKeys | undefined,
  connections: ReadonlyMap<string, Connection>,
): Promise<CheckRow[]> {
  if (!ca) return [{ check: 'ca', state: 'ok', told: 'the forward door is off' }]
  return [await endOf(ca), ...(await keyOf(ca)), ...(await beyond(ca, connections))]
}

async function endOf(ca: CaKeys): Promise<CheckRow> {
  const [signing] = await ca.rows()
  const left = Math.floor(((signing?.until ?? 0) - Date.now()) / DAY_MS)
  const theirs = signing?.source === 'configured'
  const renew = theirs ? 'Put new files where forward.ca.cert and .key say: they are taken up' : 'gatelog ca rotate'
  const remedy = `${renew}, then let clients trust the new one: gatelog ca install-help`
  if (left < 0) return { check: 'ca', state: 'fail', told: 'the CA has expired', remedy }
  if (left < SOON_DAYS) return { check: 'ca', state: 'warn', told: `the CA ends in ${left} days`, remedy }
  if (!signing?.permitted)
    return {
      check: 'ca',
      state: 'warn',
      told: 'nothing holds the CA to a list of hosts: whoever steals its key can vouch for any',
      remedy: `Have one signed that is name-constrained${theirs ? '' : ': gatelog ca csr'}.`,
    }
  return { check: 'ca', state: 'ok', told: `good for ${left} days, for ${signing.permitted.length} names` }
}

async function keyOf(ca: CaKeys): Promise<CheckRow[]> {
  const path = await ca.exposed()
  if (path === undefined) return []
  return [{ check: 'ca key', state: 'fail', told: `others may read ${path}`, remedy: `chmod 600 ${path}` }]
}

/** TLS upstreams with a name that the CA may not vouch for: reachable by the reverse door only. */
async function beyond(ca: CaKeys, connections: ReadonlyMap<string, Connection>): Promise<CheckRow[]> {
  const hosts = [...connections.values()].flatMap((connection) => [...connection.hosts.values()])
  const names = hosts
    .map(({ upstream }) => upstream.origin)
    .filter(({ protocol, hostname }) => protocol === 'https:' && !/^[\d.]+$|^\[/.test(hostname))
  const told = await ca.beyond([...new Set(names.map(({ hostname }) => hostname))])
  if (told.length === 0) return []
  const [signing] = await ca.rows()
  const remedy =
    signing?.source === 'configured'
      ? 'For the forward door: have a CA signed that may, for forward.ca; the reverse door needs none.'
      : 'For the forward door: name them in forward.ca.hosts, then gatelog ca rotate, or have your company’s CA allow them.'
  return [{ check: 'ca hosts', state: 'warn', told: `the CA may not vouch for ${told.join(', ')}`, remedy }]
}

/** One row for each client that seems not to trust the CA. */
export const trustChecks = (untrusting: readonly Untrusting[]): CheckRow[] =>
  untrusting.map(({ who, agent, count, last, certain }) => ({
    check: 'ca trust',
    state: 'warn',
    told: `${who} (${agent || 'no user agent'}) ${certain ? 'refused the certificate' : 'left after the handshake'} ${count} times, last ${new Date(last).toISOString()}`,
    remedy: 'Let that client trust the CA: gatelog ca install-help',
  }))

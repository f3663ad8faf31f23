/** Whose account a request's own credential belongs to, as far as it is known. Refuses plans that are not allowed; reads no body. */
import { Fault, type Keyring } from '#exchange'
import { type Plan, readToken } from '#wire'
import type { Connection } from '../connection.ts'
import type { Exchange } from '../exchange.ts'
import type { Head } from '../turn.ts'

/** The same whatever scheme it is sent under: GitHub takes `token`, `Bearer`, and `Basic` with it as either half. */
function bare(credential: string): string {
  const [, scheme = '', value = ''] = /^(Bearer|token|Basic)\s+(.*)$/is.exec(credential) ?? []
  if (scheme === '') return credential
  if (scheme.toLowerCase() !== 'basic') return value.trim()
  const [user = '', ...rest] = Buffer.from(value, 'base64').toString('latin1').split(':')
  const password = rest.join(':')
  return password === '' || password === 'x-oauth-basic' ? user : password
}

/** Keyed fingerprint of a credential, 32 hexadecimal digits. */
export const fingerprintOfCredential = (keyring: Keyring, credential: string): string =>
  keyring.digest('credential', bare(credential)).toString('hex').slice(0, 32)

/** Whether a plan may pass; one that is not known may, since the provider's own hosts of another plan refuse it. */
export const allowsPlan = ({ copilot }: Connection, plan: Plan | undefined): boolean =>
  plan === undefined || copilot?.allowedPlans === undefined || copilot.allowedPlans.includes(plan)

/**
 * Fills in the account, and the alert where another actor had the credential first. What a token says of itself is the
 * client's word until GitHub has given it out through this gateway.
 * @throws policy.plan
 */
export function recogniseAccount(exchange: Exchange<Head>, connection: Connection, credential: string): void {
  const { house, actor, route, surface } = exchange
  if (!actor || exchange.credential === undefined) return
  const token = readToken(bare(credential))
  const until = token?.until === undefined ? {} : { until: token.until }
  const { account, shared } = house.accounts.see(exchange.credential, actor.id, until)
  const { login, organizations = [] } = account
  const told = login ?? house.accounts.loginOf(token?.id)
  const source = login === undefined ? 'declared' : 'observed'
  const [plan, id] = [account.plan ?? token?.plan, account.id ?? token?.id]
  exchange.github = {
    ...(told && { github: { value: told, source } }),
    ...(organizations.length && { github_organizations: { value: organizations.join('\n'), source: 'observed' } }),
    ...(plan && { github_plan: { value: plan, source: account.plan ? 'observed' : 'declared' } }),
    ...(id && { github_id: { value: id, source: account.id ? 'observed' : 'declared' } }),
  }
  if (shared !== undefined) exchange.alerts = [...(exchange.alerts ?? []), 'credential.shared']
  const learning = route === 'metadata' && (surface === 'token' || surface === 'user' || surface === 'telemetry')
  if (!learning && !allowsPlan(connection, plan)) throw new Fault('policy.plan', plan)
}

/** Gathers what a shell is held against: asks the address that its proxy variable names, or a local agent. Sends no key beyond this machine. */
import { readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'
import { providerHosts } from '#app'
import { Fault, faultOf } from '#exchange'
import { AGENT } from '../connect/client.ts'
import { fetchCa, type Given, isSafe } from '../connect/trusted.ts'
import type { Env, Facts } from './facts.ts'
import { addressIn, proxyIn } from './proxy.ts'

/** What the record, or the server, says. */
export interface OfGateway {
  readonly here: boolean
  /** Certificates to trust, PEM. */
  readonly pem?: string | undefined
  /** Hosts of its connections. */
  readonly hosts: readonly string[]
}

export async function gather(env: Env, { here, pem, hosts }: OfGateway): Promise<Facts> {
  const answer = await answerFor(env, here)
  const given = answer && !(answer instanceof Fault) ? answer.pem : undefined
  return {
    ...{ env, here, pem: given ?? pem, own: pem },
    ...(proxyIn(env) ? { answer, agent: undefined } : { answer: undefined, agent: answer }),
    hosts: [...new Set([...(await providerHosts()), ...hosts])],
    read: (path) => readFileSync(path, 'utf8'),
    system: () => getCACertificates('system'),
  }
}

async function answerFor(env: Env, here: boolean): Promise<Given | Fault | undefined> {
  const named = proxyIn(env)
  const url = named && addressIn(named)
  if (named) return url?.protocol === 'http:' ? asked(url) : undefined
  return here ? undefined : asked(new URL(AGENT))
}

/** An agent that wants its secret is shown what the variable bears, on this machine alone. */
async function asked({ origin, username, password }: URL): Promise<Given | Fault> {
  const first = await tried(origin, {})
  if (!(first instanceof Fault) || !/answers 4/.test(first.detail ?? '') || !isSafe(origin) || password === '')
    return first
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
  return tried(origin, { 'proxy-authorization': `Basic ${login}` })
}

const tried = (origin: string, headers: Readonly<Record<string, string>>): Promise<Given | Fault> =>
  fetchCa(origin, headers).catch((error: unknown) => faultOf(error))

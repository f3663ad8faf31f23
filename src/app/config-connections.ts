/** A connection as it is written to the hosts, credentials and limits that the data path uses. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import type { Fault, Keep, Recording } from '#exchange'
import type { Connection, CopilotSettings, Host } from '#gateway'
import type { Upstream } from '#relay'
import type { ConnectionForm } from './config-schema.ts'
import { placedParts } from './config-text.ts'
import type { CredentialSource } from './keyholder/credentials.ts'

type Form = z.infer<typeof ConnectionForm>

/** What every connection shares, and how a fault at a path of the configuration is made. */
export interface Defaults extends Pick<Connection, 'durable' | 'timeouts'> {
  /** For Copilot connections. */
  readonly copilot: CopilotSettings
  wrong(path: readonly (string | number)[], message: string): Fault
}

/** Source: GitHub Copilot allowlist reference, docs.github.com, 2026-11. */
function copilotHosts({ plan = 'business', ghe }: Form): Record<string, string> {
  if (ghe)
    return {
      api: `https://copilot-api.${ghe}.ghe.com`,
      proxy: `https://copilot-proxy.${ghe}.ghe.com`,
      github: `https://api.${ghe}.ghe.com`,
      telemetry: `https://copilot-telemetry-service.${ghe}.ghe.com`,
      origin: 'https://origin-tracker.githubusercontent.com',
      uploads: `https://uploads.${ghe}.ghe.com`,
    }
  const at = (part: string) => `https://${part}.${plan}.githubcopilot.com`
  return {
    api: at('api'),
    proxy: at('proxy'),
    github: 'https://api.github.com',
    telemetry: at('telemetry'),
    origin: at('origin-tracker'),
    uploads: 'https://uploads.github.com',
  }
}

/**
 * Where clients go that GitHub has not told of a plan's hosts yet; they have the same paths. What is meant for another plan's
 * hosts is not among them. Source: real clients, 2026-11.
 */
const COPILOT_DEFAULTS: Readonly<Record<string, string>> = {
  api: 'api.githubcopilot.com',
  proxy: 'copilot-proxy.githubusercontent.com',
  telemetry: 'copilot-telemetry.githubusercontent.com',
  origin: 'origin-tracker.githubusercontent.com',
}

const DEFAULT_URL: Partial<Record<Form['kind'], string>> = {
  openai: 'https://api.openai.com',
  anthropic: 'https://api.anthropic.com',
}

/** Kinds whose own clients try a WebSocket first, and were seen to work through one that is recorded. */
const RECORDED: readonly Form['kind'][] = ['copilot', 'openai']

/** @throws config.invalid naming the connection and the key that is wrong */
export function connectionOf(
  name: string,
  form: Form,
  defaults: Defaults,
  demo: URL | undefined,
): Connection | undefined {
  const wrong = (key: string, message: string) => defaults.wrong(['connections', name, key], message)
  if (form.kind === 'demo' && !demo) return undefined
  if (form.credentials === 'brokered' && !form.key) throw wrong('key', 'a brokered connection needs one')
  if (form.key && form.credentials !== 'brokered') throw wrong('credentials', 'set to brokered where a key is given')
  if (form.kind === 'openai-compatible' && !form.url) throw wrong('url', 'an openai-compatible connection needs one')
  for (const key of ['plan', 'ghe'] as const)
    if (form[key] && form.kind !== 'copilot') throw wrong(key, 'only a copilot connection has one')
  if (form.plan && form.ghe) throw wrong('plan', 'a GHE.com subdomain has no plan')
  const urls = form.kind === 'demo' ? { api: demo?.href ?? '' } : urlsOf(form)
  const ca = form.upstream_ca === undefined ? {} : { ca: caOf(form.upstream_ca, wrong) }
  const proxy = form.proxy ? { proxy: new URL(form.proxy) } : {}
  const reach = form.private_addresses === 'allow' ? { privateAddresses: true } : {}
  const more = { ...ca, ...proxy, ...reach }
  const also = form.kind === 'copilot' && !form.hosts && !form.url && !form.ghe ? COPILOT_DEFAULTS : {}
  const hosts = Object.entries(urls).map(([host, url]) => {
    const known = also[host] === undefined ? {} : { also: [also[host]] }
    return [host, { ...hostOf(host, url, more), ...known }] as const
  })
  return {
    name,
    kind: form.kind,
    credentials: form.credentials,
    ...(form.key !== undefined && { brokered: brokeredOf(form) }),
    hosts: new Map(hosts),
    unknownRoutes: form.unknown_routes,
    websocket: form.websocket ?? (RECORDED.includes(form.kind) ? 'record' : 'refuse'),
    ...(form.mask === 'restore' && { restore: true }),
    durable: form.durable ?? defaults.durable,
    recording: saidOf(form.keep, form.retain),
    ...(form.kind === 'copilot' && { copilot: defaults.copilot }),
    timeouts: { ...defaults.timeouts, ...defined(form.timeouts ?? {}) },
  }
}

function urlsOf(form: Form): Record<string, string> {
  if (form.hosts) return form.hosts
  if (form.kind === 'copilot' && !form.url) return copilotHosts(form)
  return { api: form.url ?? DEFAULT_URL[form.kind] ?? '' }
}

function hostOf(name: string, url: string, more: Omit<Upstream, 'origin'>): Host {
  const { origin, pathname } = new URL(url)
  return { name, base: pathname.replace(/\/+$/, ''), upstream: { origin: new URL(origin), ...more } }
}

function brokeredOf({ kind, key_header }: Form): NonNullable<Connection['brokered']> {
  const name = key_header ?? (kind === 'anthropic' ? 'x-api-key' : 'authorization')
  return { name, scheme: name.toLowerCase() === 'authorization' ? 'Bearer ' : '' }
}

/** Where the gateway's own credentials come from, by connection. Nothing is read of what they refer to. */
export function credentialsOf(
  forms: Readonly<Record<string, Form>>,
  file: string,
): Readonly<Record<string, CredentialSource>> {
  return Object.fromEntries(
    Object.entries(forms).flatMap(([name, { key }]) => {
      if (key === undefined) return []
      return [[name, typeof key === 'string' ? { parts: placedParts(key, file) } : key]]
    }),
  )
}

function caOf(path: string, wrong: (key: string, message: string) => Fault): string {
  try {
    const text = readFileSync(path, 'utf8')
    new X509Certificate(text)
    return text
  } catch {
    throw wrong('upstream_ca', 'the file cannot be read or holds no certificate')
  }
}

/** What one level says of how much is kept, and for how long. */
export const saidOf = (keep: Keep | undefined, retain: string | undefined): Recording => ({
  ...(keep && { keep }),
  ...(retain && { retain }),
})

/** Without keys whose value is undefined. */
const defined = <Values extends object>(values: Values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

/**
 * The door for GitHub's audit stream: an HTTP Event Collector, as GitHub streams to one. Of a record it keeps when a model was
 * called and by whom, and no word of it. It lets in only keys that are made for it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Fault, faultOf } from '#exchange'
import { type Caller, type Found, findCredential } from '#identity'
import { type BodyLimits, readBody } from '#relay'
import { eventsIn, type Reported, readUsage } from '#wire'
import { Breath } from '../breath.ts'
import type { House } from '../house.ts'
import { type Asking, recordKey } from './refused.ts'

/** GitHub is told a host and a port, and adds this path. Source: docs.github.com, "Streaming the audit log", 2026-11. */
const PATH = /^\/services\/collector(?:\/(event|raw|health))?(?:\/1\.0)?(?:\?|$)/
/** What a key must name among its connections: `*` does not cover it, since it speaks of everybody. */
const SCOPE = 'github-audit'

/** Bytes, on the wire and decoded: a record has a megabyte at most. */
const LIMITS: BodyLimits = { body_bytes: 16 * 2 ** 20, decoded_bytes: 32 * 2 ** 20 }

export const isCollector = (target: string): boolean => PATH.test(target)

/** Answers one batch, once each record of it is held against the record here, or waits to be. */
export async function takeCollected(
  request: IncomingMessage,
  response: ServerResponse,
  { draining, ...asking }: Asking & { readonly draining: boolean },
): Promise<void> {
  const { house, insecure, target } = asking
  const [, kind = 'event'] = PATH.exec(target) ?? []
  if (kind === 'health') return health(response, house, draining)
  let release: (() => void) | undefined
  try {
    if (draining) throw new Fault('gateway.draining')
    const { actor } = callerOf(request, house, insecure)
    release = house.limits.admit(actor.id)
    using held = house.limits.hold(actor.id)
    const { bytes } = await readBody(request, LIMITS, held.take)
    house.limits.bytes(actor.id, bytes.length)
    const { reports, odd } = await reportsIn(bytes, kind === 'raw', house)
    await house.sightings.report(reports, odd)
    say(response, 200, 0, 'Success')
  } catch (error) {
    const fault = faultOf(error)
    refuse(response, fault)
    await recordKey(request, asking, fault, foundIn(request))
  } finally {
    release?.()
  }
}

const NOTHING = 'no event'

/** @throws collector.body */
async function reportsIn(bytes: Buffer, raw: boolean, house: House) {
  const breath = new Breath(house.clock)
  const reports: Reported[] = []
  let [events, odd] = [0, 0]
  for (const event of eventsIn(textOf(bytes), raw)) {
    events++
    const report = usageIn(event)
    if (report === 'odd') odd++
    else if (report) reports.push(report)
    await breath.pause()
  }
  if (events === 0) throw new Fault('collector.body', NOTHING)
  const via = 'github-audit' as const
  return { odd, reports: reports.map(({ github, ...each }) => ({ ...each, who: { github }, via })) }
}

/** A stream bears all sorts of entries; one that cannot be read is counted and let go, or it would come again for ever. */
function usageIn(event: unknown): Reported | 'odd' | undefined {
  try {
    return readUsage(event, 'event')
  } catch {
    return 'odd'
  }
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new Fault('collector.body', 'no UTF-8', { cause })
  }
}

function foundIn({ headers }: Pick<IncomingMessage, 'headers'>): Found | undefined {
  const [, secret] = /^Splunk +(\S+)$/i.exec(headers.authorization ?? '') ?? []
  return secret ? { channel: 'credential', secret } : findCredential(headers)
}

/** @throws identity.*: unknown, of no service, or not made for this door */
function callerOf({ headers, socket }: IncomingMessage, { identity }: House, insecure: boolean): Caller {
  const found = foundIn({ headers })
  if (!found) throw new Fault('identity.missing')
  const record = identity.recognise(found.secret)
  if (record.kind !== 'svc' || record.connections === '*') throw new Fault('identity.scope', `it must name ${SCOPE}`)
  return identity.admit(record, found.channel, SCOPE, { remote: socket.remoteAddress ?? '', insecure })
}

function health(response: ServerResponse, { trail }: House, draining: boolean): void {
  if (trail.state.kind === 'open' && !draining) say(response, 200, 17, 'HEC is healthy')
  else say(response, 503, 18, 'HEC is unhealthy')
}

/** Status and code of the collector's own list, by what went wrong: what may pass is 503, so that it is sent again. */
const CODES: readonly (readonly [RegExp, status: number, code: number])[] = [
  [/^identity\.missing$/, 401, 2],
  [/^identity\./, 403, 4],
  [/^limit\.(body|decoded)$/, 413, 6],
  [/^(limit|trail|gateway)\./, 503, 9],
  [/^(collector|request)\./, 400, 6],
]

function refuse(response: ServerResponse, { code: fault, message, remedy, detail }: Fault): void {
  const [, status, code] = CODES.find(([form]) => form.test(fault)) ?? [fault, 500, 8]
  say(response, status, detail === NOTHING ? 5 : code, `${message}. ${remedy} [${fault}]`)
}

function say(response: ServerResponse, status: number, code: number, text: string): void {
  const closing = status < 400 ? {} : { connection: 'close' }
  response.writeHead(status, { 'content-type': 'application/json', ...closing })
  response.end(JSON.stringify({ text, code }))
}

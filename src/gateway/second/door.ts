/** The door for telemetry: OTLP over HTTP, from a client that has a key. It keeps when a model was called, and no word of it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Fault, faultOf } from '#exchange'
import { findCredential } from '#identity'
import { type BodyLimits, readBody } from '#relay'
import { readSightings } from '#wire'
import type { House } from '../house.ts'
import { type Asking, recordKey } from './refused.ts'

/** `OTEL_EXPORTER_OTLP_ENDPOINT` is the gateway's address and this. Keys that are scoped to connections name `otlp`. */
const PREFIX = '/otlp/v1/'
const SCOPE = 'otlp'
const SIGNALS: ReadonlySet<string> = new Set(['traces', 'logs', 'metrics', 'profiles'])

/** Bytes, on the wire and decoded: Copilot CLI sends some 120 kB. */
const LIMITS: BodyLimits = { body_bytes: 4 * 2 ** 20, decoded_bytes: 8 * 2 ** 20 }

export const isTelemetry = (target: string): boolean => target.startsWith(PREFIX)

/** Answers one export. Logs and metrics are let go: a span tells all that is asked here. */
export async function takeTelemetry(
  request: IncomingMessage,
  response: ServerResponse,
  { house, insecure, target }: Asking,
): Promise<void> {
  const type = request.headers['content-type'] ?? ''
  const json = /json/i.test(type)
  let release: (() => void) | undefined
  try {
    const { actor } = callerOf(request, house, insecure)
    release = house.limits.admit(actor.id)
    const { bytes } = await readBody(request, LIMITS)
    house.limits.bytes(actor.id, bytes.length)
    if (request.method !== 'POST' || !/^application\/(json|x-protobuf)\b/i.test(type))
      throw new Fault('otlp.body', type)
    const signal = target.slice(PREFIX.length).replace(/\/?(?:\?.*)?$/, '')
    if (!SIGNALS.has(signal)) throw new Fault('otlp.body', 'it is sent to traces, logs or metrics')
    if (signal === 'traces') {
      const { calls, odd } = readSightings(bytes, type)
      const who = { actor: actor.id }
      house.sightings.see(
        calls.map((each) => ({ ...each, who, via: 'otlp' })),
        odd,
      )
    }
    response.writeHead(200, { 'content-type': json ? 'application/json' : 'application/x-protobuf' })
    response.end(json ? '{}' : '')
  } catch (error) {
    const fault = faultOf(error)
    const { code, message, remedy, status } = fault
    const refused = code.startsWith('identity.') ? 401 : status
    response.writeHead(refused, { 'content-type': 'application/json', connection: 'close' })
    response.end(JSON.stringify({ code: refused, message: `${message}. ${remedy} [${code}]` }))
    await recordKey(request, { house, insecure, target }, fault, findCredential(request.headers))
  } finally {
    release?.()
  }
}

function callerOf({ headers, socket }: IncomingMessage, { identity }: House, insecure: boolean) {
  const found = findCredential(headers)
  if (!found) throw new Fault('identity.missing')
  return identity.admit(identity.recognise(found.secret), found.channel, SCOPE, {
    remote: socket.remoteAddress ?? '',
    insecure,
  })
}

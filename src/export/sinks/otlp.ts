/** OTLP over HTTP with JSON: spans to /v1/traces, log records to /v1/logs. Source: OTLP 1.9, 2026-11. */
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { z } from 'zod'
import { Fault } from '#exchange'
import { logsOf, recordOf, spanOf, tracesOf } from '../formats/otlp.ts'
import { accepted, openLine } from '../post.ts'
import type { SinkKind } from '../sink.ts'
import { COMMON, headers, REACHED, secureUrl } from './form.ts'

const Form = z.strictObject({
  kind: z.literal('otlp'),
  url: secureUrl.describe('The collector’s base address; /v1/logs and /v1/traces follow'),
  signals: z
    .array(z.enum(['logs', 'traces']))
    .min(1)
    .default(['logs', 'traces'])
    .describe('What is sent'),
  headers,
  ...REACHED,
  ...COMMON,
})

const SENT = { 'content-type': 'application/json', 'content-encoding': 'gzip', accept: 'application/json' }

export const otlp: SinkKind<typeof Form> = {
  form: Form,
  rows: 200,
  gatherMs: 1000,
  open({ url, signals, headers: own, ca, proxy }) {
    const line = openLine({ ca, proxy })
    const post = async (name: 'logs' | 'traces', document: object, signal: AbortSignal) => {
      const target = new URL(`${url.replace(/\/$/, '')}/v1/${name}`)
      const body = await promisify(gzip)(JSON.stringify(document))
      const answer = await line.send({ method: 'POST', url: target, headers: { ...own, ...SENT }, body, signal })
      accepted(target.host, answer)
      acknowledged(target.host, answer.text)
    }
    return {
      async deliver(rows, signal) {
        const spans = rows.map(spanOf).filter((span) => span !== undefined)
        if (signals.includes('traces') && spans.length > 0) await post('traces', tracesOf(spans), signal)
        if (signals.includes('logs')) await post('logs', logsOf(rows.map(recordOf)), signal)
      },
      close: () => line.close(),
    }
  },
}

interface Response {
  readonly partialSuccess?: {
    readonly rejectedSpans?: unknown
    readonly rejectedLogRecords?: unknown
  } | null
}

/**
 * An answer that is no OTLP, or that rejects a part, is no acknowledgement: nothing is skipped without a word. `errorMessage`
 * is not told, for it may echo what was refused.
 */
function acknowledged(host: string, text: string): void {
  const { rejectedSpans, rejectedLogRecords } = responseOf(host, text).partialSuccess ?? {}
  const rejected = Number(rejectedSpans ?? 0) + Number(rejectedLogRecords ?? 0)
  if (rejected === 0) return
  throw new Fault('export.refused', `${host} rejected ${rejected}`)
}

function responseOf(host: string, text: string): Response {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch (cause) {
    throw new Fault('export.answer', `${host}: no JSON`, { cause })
  }
  throw new Fault('export.answer', `${host}: no JSON object`)
}

/**
 * Rows as OpenTelemetry, in OTLP's JSON: an exchange is a span, and a log record of the GenAI event. A file holds one of the
 * two, as OTLP's file format wants it. Source: OTLP 1.9 and the file exporter's format, 2026-11. Pure.
 */
import { visibleJson } from '#exchange'
import type { Row } from '../row.ts'
import type { Format } from './format.ts'
import { contentPairs, operationOf, type Pair, pairsOf } from './otlp/attributes.ts'
import { EVENT, NAMES, SCOPE } from './otlp/names.ts'
import { attributes, nanos } from './otlp/value.ts'
import { isMissing, outcomeOf, providerOf, sentenceOf } from './told.ts'

const CLIENT = 3
const ERROR = 2
const OK = 1
const INFO = { severityNumber: 9, severityText: 'INFO' } as const
const WARN = { severityNumber: 13, severityText: 'WARN' } as const
const RESOURCE = { attributes: attributes([[NAMES.service, 'gatelog']]) }

const hexOf = (exchange: string): string => exchange.replaceAll('-', '')
/** The random half of a UUIDv7 is an id of 64 bits. */
const idsOf = (exchange: string) => ({ traceId: hexOf(exchange), spanId: hexOf(exchange).slice(16) })

/** The span of an exchange that has ended; undefined for all other rows. */
export function spanOf(row: Row): object | undefined {
  const { opening, ending, exchange, kind } = row
  if (!opening || kind === 'outcome' || kind === 'asked') return undefined
  const end = Math.max(ending?.at ?? opening.at, opening.at)
  const bad = outcomeOf(row) === 'bad'
  const links = [opening.retryOf, opening.follows].filter((each) => each !== undefined).map(idsOf)
  const texts = contentPairs(row).map(([name, value]): Pair => [name, asJson(name, value)])
  return {
    ...idsOf(exchange),
    name: providerOf(opening.route)
      ? [operationOf(opening.route), opening.model].filter(Boolean).join(' ')
      : opening.route,
    kind: CLIENT,
    startTimeUnixNano: nanos(opening.at),
    endTimeUnixNano: nanos(end),
    attributes: attributes([...pairsOf(row), ...texts]),
    ...(links.length > 0 && { links }),
    status: bad ? { code: ERROR, message: (ending ?? opening).reason ?? '' } : { code: OK },
  }
}

/** On spans, structured content is JSON in a text. */
const asJson = (name: string, value: unknown) => (name === NAMES.untrusted ? value : JSON.stringify(value))

/** The log record of any row. */
export function recordOf(row: Row): object {
  const nano = nanos(Date.parse(row.time))
  const event = row.opening && providerOf(row.opening.route) && row.kind !== 'outcome' ? EVENT : `gatelog.${row.kind}`
  const bad = row.opening ? outcomeOf(row) === 'bad' : isMissing(row)
  return {
    timeUnixNano: nano,
    observedTimeUnixNano: nano,
    ...(bad || row.seal ? WARN : INFO),
    eventName: event,
    body: { stringValue: sentenceOf(row) },
    attributes: attributes([...pairsOf(row), ...contentPairs(row)]),
    ...(row.opening && idsOf(row.exchange)),
  }
}

/** Spans as one TracesData document. */
export const tracesOf = (spans: readonly object[]): object => ({
  resourceSpans: [{ resource: RESOURCE, scopeSpans: [{ scope: SCOPE, spans }] }],
})

/** Log records as one LogsData document. */
export const logsOf = (logRecords: readonly object[]): object => ({
  resourceLogs: [{ resource: RESOURCE, scopeLogs: [{ scope: SCOPE, logRecords }] }],
})

export const otlp: Format = {
  type: 'application/jsonl',
  head: () => '',
  lines(row) {
    const span = spanOf(row)
    return span ? `${visibleJson(tracesOf([span]))}\n` : ''
  },
}

export const otlpLogs: Format = {
  type: 'application/jsonl',
  head: () => '',
  lines: (row) => `${visibleJson(logsOf([recordOf(row)]))}\n`,
}

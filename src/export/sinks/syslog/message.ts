/** A row as RFC 5424 messages: JSON in ASCII alone, so that no byte order mark is wanted. Pure. */
import { visibleJson } from '#exchange'
import { FORMATS } from '../../formats/index.ts'
import { isMissing, outcomeOf } from '../../formats/told.ts'
import type { Row } from '../../row.ts'

export interface How {
  readonly facility: number
  readonly message_bytes: number
  readonly format: 'jsonl' | 'ocsf'
  readonly hostname: string
}

const SEVERITY = { warning: 4, notice: 5, informational: 6 } as const

/** The messages of a row, each at most `message_bytes` long: one for JSON, one an event for OCSF. */
export function messagesOf(row: Row, how: How): readonly string[] {
  const head = headOf(row, how)
  const room = how.message_bytes - Buffer.byteLength(head)
  const texts = FORMATS[how.format].lines(row, true).trimEnd().split('\n').map(ascii)
  return texts.map((text) => head + (text.length <= room ? text : ascii(visibleJson(shortened(row)))))
}

/** PRI, version, time, host, program, process, message id, no structured data. Names are cut to what the RFC allows. */
function headOf(row: Row, { facility, hostname }: How): string {
  const name = printable(hostname).slice(0, 255) || '-'
  const id = printable(row.kind).slice(0, 32)
  return `<${facility * 8 + severityOf(row)}>1 ${row.time} ${name} gatelog - ${id} - `
}

function severityOf(row: Row): number {
  if (isMissing(row)) return SEVERITY.warning
  return row.opening && outcomeOf(row) === 'bad' ? SEVERITY.notice : SEVERITY.informational
}

const printable = (text: string): string => text.replace(/[^\x21-\x7e]/g, '')

/** JSON text with an escape for whatever is no ASCII: the same value. */
const ascii = (text: string): string =>
  text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** What always fits: which row it is, who asked, where it is sealed. The record has the rest. */
function shortened({ v, id, time, kind, exchange, seq, origin, leaves, opening }: Row): object {
  const { actor, connection, model } = opening ?? {}
  const cut = (text: string | undefined) => (text === undefined ? undefined : text.slice(0, 100))
  const who = { actor: cut(actor?.id), connection: cut(connection), model: cut(model) }
  return { v, id, time, kind, exchange, seq, origin: cut(origin), leaves, ...who, shortened: true }
}

/** `<length> <message>`, the length in octets. */
export function framed(message: string): Buffer {
  const bytes = Buffer.from(message)
  return Buffer.concat([Buffer.from(`${bytes.length} `), bytes])
}

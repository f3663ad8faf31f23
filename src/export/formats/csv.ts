/**
 * Rows as CSV (RFC 4180) that no spreadsheet takes for formulas: a cell that would begin one is led by an apostrophe, and
 * what could hide or drive a terminal is escaped. Nested values are left to the other formats.
 */
import { type Fact, secretsIn, visible } from '#exchange'
import type { Row } from '../row.ts'
import type { Format } from './format.ts'

type Column = readonly [name: string, value: (row: Row) => string | number | undefined]

const fact = (of: Fact | undefined): string | undefined => of && `${of.value} (${of.source})`
const findings = ({ opening, ending }: Row) => [...(opening?.findings ?? []), ...(ending?.findings ?? [])]
const rules = (row: Row) => [...new Set(findings(row).map(({ rule }) => rule))].join(' ')
const ruleOf = ({ opening }: Row) => (opening?.verdict && 'rule' in opening.verdict ? opening.verdict.rule : undefined)
const leafOf = (row: Row, kind: Row['kind'] | undefined) => row.leaves?.find((leaf) => leaf.kind === kind)
const last = ({ opening, ending }: Row) => ending ?? opening

/** In this order, for ever; a new one goes behind those of bodies. */
const COLUMNS: readonly Column[] = [
  ['time', (row) => row.time],
  ['id', (row) => row.id],
  ['kind', (row) => row.kind],
  ['exchange', (row) => row.exchange],
  ['session', ({ opening }) => opening?.session],
  ['actor', ({ opening }) => opening?.actor?.id],
  ['actor_kind', ({ opening }) => opening?.actor?.kind],
  ['actor_name', ({ opening }) => opening?.actor?.name],
  ['groups', ({ opening }) => opening?.actor?.groups.join(' ')],
  ['github', ({ opening }) => fact(opening?.facts.github)],
  ['client', ({ opening }) => fact(opening?.facts.client)],
  ['repository', ({ opening }) => fact(opening?.facts.repository)],
  ['remote', ({ opening }) => fact(opening?.facts.remote)],
  ['door', ({ opening }) => opening?.door],
  ['connection', ({ opening }) => opening?.connection],
  ['host', ({ opening }) => opening?.host],
  ['method', ({ opening }) => opening?.method],
  ['path', ({ opening }) => opening?.path],
  ['route', ({ opening }) => opening?.route],
  ['model', ({ opening, ending }) => ending?.model ?? opening?.model],
  ['verdict', ({ opening }) => opening?.verdict?.kind],
  ['verdict_rule', ruleOf],
  ['findings', ({ opening, ending }) => opening && secretsIn(opening.findings) + secretsIn(ending?.findings ?? [])],
  ['finding_rules', rules],
  ['status', ({ ending }) => ending?.status],
  ['fault', (row) => last(row)?.fault],
  ['reason', (row) => last(row)?.reason],
  ['input_tokens', ({ ending }) => ending?.usage?.input],
  ['output_tokens', ({ ending }) => ending?.usage?.output],
  ['ms', ({ ending }) => ending?.timings.end],
  ['seq', (row) => row.seq],
  ['origin', (row) => row.origin],
  ['leaf_index', (row) => leafOf(row, row.kind)?.index],
  ['leaf_hash', (row) => leafOf(row, row.kind)?.hash],
  ['opening_leaf_index', (row) => leafOf(row, row.opening?.kind)?.index],
  ['opening_leaf_hash', (row) => leafOf(row, row.opening?.kind)?.hash],
  ['outcome', ({ outcomes }) => outcomes?.map(({ outcome }) => outcome).join(' ')],
  ['note', ({ note }) => note && JSON.stringify(note)],
]

const BODIES: readonly Column[] = [
  ['untrusted_prompt', ({ untrusted }) => untrusted?.prompt?.text],
  ['untrusted_reply', ({ untrusted }) => untrusted?.reply?.text],
]

const SINCE: readonly Column[] = [['seal', (row) => row.seal]]

const UNREAD: readonly Column[] = [
  ['unreadable_prompt', ({ unreadable }) => unreadable?.prompt?.code],
  ['unreadable_reply', ({ unreadable }) => unreadable?.reply?.code],
]

const columns = (withBodies: boolean) =>
  withBodies ? [...COLUMNS, ...BODIES, ...SINCE, ...UNREAD] : [...COLUMNS, ...SINCE]
const record = (cells: readonly string[]): string => `${cells.join(',')}\r\n`

export const csv: Format = {
  type: 'text/csv; charset=utf-8; header=present',
  head: (withBodies) => record(columns(withBodies).map(([name]) => name)),
  lines: (row, withBodies) => record(columns(withBodies).map(([, value]) => cell(value(row)))),
}

/** What a spreadsheet takes for the beginning of a formula, full-width forms too. Source: OWASP, CSV injection, 2026-11. */
const FORMULA = /^\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/

/** One cell; a text is quoted whenever it is not plain. */
export function cell(value: string | number | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const shown = visible(value)
  const safe = FORMULA.test(value) || FORMULA.test(shown) ? `'${shown}` : shown
  return /^[\w .:/-]*$/.test(safe) ? safe : `"${safe.replaceAll('"', '""')}"`
}

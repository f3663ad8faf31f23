/**
 * Rows as OCSF 1.8.0 events: an exchange is API Activity (6003) with the profiles ai_operation and security_control, each
 * masking rule that found something a Data Security Finding (2006), a bypass, a gap or entries that vanished a Detection Finding
 * (2004). What OCSF has no place for stands below `unmapped.gatelog`. Source: schema.ocsf.io, 1.8.0 of 2026-03-16.
 */
import { visibleJson } from '#exchange'
import type { Row } from '../row.ts'
import type { Format } from './format.ts'
import { activityOf } from './ocsf/activity.ts'
import { detectionOf, findingsOf, tamperedOf } from './ocsf/findings.ts'

/** The events of one row. */
export function eventsOf(row: Row): readonly object[] {
  const { note } = row
  if (note?.kind === 'gap' || note?.kind === 'bypass' || note?.kind === 'vanished')
    return [detectionOf(row, note), ...(row.seal ? [tamperedOf(row, row.seal)] : [])]
  const tampered = row.seal ? [tamperedOf(row, row.seal)] : []
  return row.kind === 'forged' ? tampered : [activityOf(row), ...findingsOf(row), ...tampered]
}

export const ocsf: Format = {
  type: 'application/jsonl',
  head: () => '',
  lines: (row) =>
    eventsOf(row)
      .map((event) => `${visibleJson(event)}\n`)
      .join(''),
}

/** Secrets that were found, and what passed the gateway by, as OCSF findings. Holds no secret. Source: OCSF 1.8.0. Pure. */
import { type Bypass, type Direction, type Finding, type Gap, secretsIn, type Vanished } from '#exchange'
import type { Row, SealMark } from '../../row.ts'
import { eventHead, unmapped } from './event.ts'
import { actorOf, destinationOf, sourceOf } from './parties.ts'

const CREATE = 1
/** Security data, in transit, seen by what sits in an application's way. */
const DATA = { category_id: 6, category: 'Security', data_lifecycle_state_id: 2, detection_system_id: 10 } as const
const RULE = 1

/** One event for each masking rule that found something in the prompt or in the reply. */
export const findingsOf = (row: Row): readonly object[] =>
  row.kind === 'outcome'
    ? []
    : [...ofPart(row, 'prompt', row.opening?.findings ?? []), ...ofPart(row, 'reply', row.ending?.findings ?? [])]

function ofPart(row: Row, direction: Direction, findings: readonly Finding[]): readonly object[] {
  const byRule = Object.groupBy(findings, ({ rule }) => rule)
  return Object.entries(byRule).map(([rule, found = []]) => dataFinding(row, direction, rule, found))
}

function dataFinding(row: Row, direction: Direction, rule: string, found: readonly Finding[]): object {
  const passed = found.some(({ masked }) => !masked)
  const uid = `${row.exchange}.${direction}.finding.${rule}`
  const about = {
    of: 'dataSecurity',
    activity: CREATE,
    severity: passed ? 'high' : 'medium',
    uid,
    profiles: [],
  } as const
  const destination = destinationOf(row)
  const count = secretsIn(found)
  return {
    ...eventHead(row, about),
    message: `${rule} in a ${direction}: ${passed ? 'passed on' : 'masked'}`,
    count,
    is_alert: passed,
    confidence_id: found.every(({ verified }) => verified === true) ? 3 : 2,
    status_id: 1,
    finding_info: {
      uid,
      title: `${rule} in a ${direction}`,
      types: ['secret'],
      analytic: { name: rule, type_id: RULE, type: 'Rule' },
    },
    data_security: { ...DATA, detection_pattern: rule, ...policyOf(rule, passed) },
    actor: actorOf(row),
    src_endpoint: sourceOf(row),
    ...(destination && { dst_endpoint: destination }),
    ...unmapped(withoutTexts(row)),
  }
}

const withoutTexts = ({ untrusted: _untrusted, unreadable: _unreadable, ...rest }: Row): Row => rest

const policyOf = (rule: string, passed: boolean) => ({ policy: { name: rule, is_applied: !passed } })

const TITLES = {
  gap: 'Exchanges passed unrecorded',
  bypass: 'A model was called past the gateway',
  vanished: 'Entries of the audit record vanished',
} as const

/** Traffic that passed unrecorded, or that somebody else tells of; entries that were acknowledged and are gone. */
export function detectionOf(row: Row, note: Gap | Bypass | Vanished): object {
  const title = TITLES[note.kind]
  const about = {
    of: 'detection',
    activity: CREATE,
    severity: note.kind === 'bypass' ? 'medium' : 'high',
    profiles: [],
  } as const
  return {
    ...eventHead(row, about),
    message: title,
    is_alert: true,
    status_id: 1,
    finding_info: {
      uid: row.id,
      title,
      types: [note.kind],
      analytic: { name: note.kind, type_id: RULE, type: 'Rule' },
    },
    ...unmapped(row),
  }
}

/** An entry that is not what was sealed, or that nobody wrote who had the record’s key. */
export function tamperedOf(row: Row, seal: SealMark): object {
  const title = `An entry of the audit record is ${seal}`
  const uid = `${row.id}.seal`
  return {
    ...eventHead(row, { of: 'detection', activity: CREATE, severity: 'high', uid, profiles: [] }),
    message: title,
    is_alert: true,
    status_id: 1,
    finding_info: { uid, title, types: ['seal'], analytic: { name: 'seal', type_id: RULE, type: 'Rule' } },
    ...unmapped(withoutTexts(row)),
  }
}

/** What every OCSF event of ours bears: its class, its time, whose word it is. Source: OCSF 1.8.0, base event. Pure. */
import type { Row } from '../../row.ts'

export const OCSF_VERSION = '1.8.0'

/** Classes that are used. `type_uid` is class × 100 + activity. */
export const CLASSES = {
  activity: { category_uid: 6, category_name: 'Application Activity', class_uid: 6003, class_name: 'API Activity' },
  dataSecurity: { category_uid: 2, category_name: 'Findings', class_uid: 2006, class_name: 'Data Security Finding' },
  detection: { category_uid: 2, category_name: 'Findings', class_uid: 2004, class_name: 'Detection Finding' },
} as const

export const SEVERITY = { informational: 1, low: 2, medium: 3, high: 4 } as const

export interface About {
  readonly of: keyof typeof CLASSES
  readonly activity: number
  readonly severity: keyof typeof SEVERITY
  /** The event's own id, where the row has several. */
  readonly uid?: string
  readonly profiles: readonly string[]
}

/** The part of an event that all classes share. */
export function eventHead(row: Row, { of, activity, severity, uid = row.id, profiles }: About) {
  const { exchange, seq, origin } = row
  return {
    ...CLASSES[of],
    activity_id: activity,
    type_uid: CLASSES[of].class_uid * 100 + activity,
    severity_id: SEVERITY[severity],
    time: Date.parse(row.time),
    metadata: {
      version: OCSF_VERSION,
      product: { name: 'Gatelog', vendor_name: 'Gatelog' },
      uid,
      correlation_uid: exchange,
      sequence: seq,
      log_name: origin ?? 'gatelog',
      ...(profiles.length > 0 && { profiles }),
    },
  }
}

/** What has no place in the schema: proof, sources of facts, and the texts, under a name that says what they are, or why one is not here. */
export function unmapped(row: Row): object {
  const { origin, leaves, opening, ending, outcomes, note, untrusted, unreadable } = row
  const { facts, verdict, findings, tools, alerts, retryOf, follows } = opening ?? {}
  return {
    unmapped: {
      gatelog: {
        kind: row.kind,
        ...(row.seal && { seal: row.seal }),
        ...(origin !== undefined && { origin }),
        ...(leaves && { leaves }),
        ...(facts && { facts }),
        ...(verdict && { verdict }),
        ...(opening && { findings: [...(findings ?? []), ...(ending?.findings ?? [])] }),
        ...(tools && { tools }),
        ...((alerts || ending?.alerts) && { alerts: [...(alerts ?? []), ...(ending?.alerts ?? [])] }),
        ...(retryOf !== undefined && { retryOf }),
        ...(follows !== undefined && { follows }),
        ...(outcomes && { outcomes }),
        ...(note && { note }),
        ...(untrusted && { untrusted }),
        ...(unreadable && { unreadable }),
      },
    },
  }
}

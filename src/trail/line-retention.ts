/** For how long lines that belong to no exchange are kept: said on each as it is written. Pure; removes nothing. */
import type { Entry } from '#exchange'

/** `reads`: of searches by value too. Each is a retention as exchanges have it. */
export type LineRetention = Readonly<Record<'reads' | 'leads' | 'gaps', string>>

const OF = { read: 'reads', searched: 'reads', bypass: 'leads', gap: 'gaps' } as const

/** The entry with how long it is kept, where that is not for ever; all but these lines as they are. */
export function retained(entry: Entry, retention: LineRetention | undefined): Entry {
  if (entry.kind !== 'read' && entry.kind !== 'searched' && entry.kind !== 'bypass' && entry.kind !== 'gap')
    return entry
  const retain = retention?.[OF[entry.kind]]
  return retain === undefined || retain === 'forever' ? entry : { ...entry, retain }
}

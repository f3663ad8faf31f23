/** What was found in an exchange, told once: a streamed reply repeats its text in its last events. Pure. */
import { type Finding, secretKey } from '#exchange'

/** Findings of one rule in one lane. */
export interface Group {
  readonly rule: string
  readonly direction: Finding['direction']
  readonly lane: string
  readonly masked: boolean
  /** How many secrets, each counted once. */
  count: number
  /** In how many further lanes of the reply the same secrets stand again. */
  repeated: number
}

/** In the order in which they were found. */
export function grouped(findings: readonly Finding[]): Group[] {
  const groups = new Map<string, Group>()
  for (const { finding, places } of once(findings)) {
    const { rule, direction, lane, masked } = finding
    const key = JSON.stringify([rule, direction, lane, masked])
    const group = groups.get(key) ?? { rule, direction, lane, masked, count: 0, repeated: 0 }
    group.count += 1
    group.repeated = Math.max(group.repeated, places - 1)
    groups.set(key, group)
  }
  return [...groups.values()]
}

function once(findings: readonly Finding[]): { finding: Finding; places: number }[] {
  const seen = new Map<string, { finding: Finding; lanes: Set<string>; places: number }>()
  findings.forEach((finding, nth) => {
    const key = secretKey(finding, nth)
    const one = seen.get(key) ?? { finding, lanes: new Set<string>(), places: 0 }
    one.places = one.lanes.add(finding.lane).size
    seen.set(key, one)
  })
  return [...seen.values()]
}

/** One line of text from outside. */
export function groupText({ rule, direction, lane, masked, count, repeated }: Group): string {
  const times = count > 1 ? ` ×${count}` : ''
  const again = repeated ? ` (repeated in ${repeated} more ${repeated === 1 ? 'place' : 'places'})` : ''
  return `${rule}${times}  ${masked ? 'masked' : 'passed on'} in the ${direction}, ${lane}${again}`
}

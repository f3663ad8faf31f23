/** Names what was done to an entry that does not make its leaf. Reads the log through a function; decides no more than that. */
import type { Held } from './held.ts'
import { FIELDS, type Leaf, parseLeaf } from './leaf.ts'
import type { Alarm } from './report.ts'

/** Where in the log another leaf of this exchange and kind stands, as its seq; undefined where nowhere. */
export type Finder = (leaf: Leaf) => number | undefined

/** `logged` is what the log has, `held` what the record has in its place, which makes another leaf. */
export function blame(logged: Leaf, held: Held, find: Finder): Alarm {
  const { seq, exchange } = logged
  const at = { seq, ...(exchange !== undefined && { exchange }) }
  if (held.locked === '')
    return { harm: 'unreadable', ...at, told: 'the key of its body was destroyed, and no entry says why' }
  if (held.fault !== undefined) return { harm: 'unreadable', ...at, told: held.fault }
  const now = held.leaf === undefined ? undefined : parseLeaf(held.leaf)
  if (!now) return { harm: 'dropped', ...at, told: 'the record has nothing in its place, and no entry says why' }
  if (logged.kind === 'absent') return { harm: 'added', ...at, told: 'when it was sealed there was no such entry' }
  if (now.exchange === exchange && now.kind === logged.kind) return changed(logged, now, held, at)
  const other = find(now)
  if (other === undefined)
    return { harm: 'changed', ...at, told: 'another entry stands in its place, which was never sealed' }
  return { harm: 'reordered', ...at, told: `in its place stands what entry ${other} was` }
}

function changed(logged: Leaf, now: Leaf, held: Held, at: Pick<Alarm, 'seq' | 'exchange'>): Alarm {
  const unknown = new Set(held.unknown)
  const parts = FIELDS.filter((name) => !unknown.has(name) && logged.fields[name] !== now.fields[name])
  const clear = (['at', 'connection', 'model', 'policy'] as const).filter((key) => logged[key] !== now[key])
  const lost = [...unknown].filter((name) => name !== 'body')
  if (parts.length + clear.length === 0 && lost.length > 0)
    return { harm: 'changed', ...at, told: `the salt of ${lost.join(', ')} was taken out, and no entry says why` }
  if (parts.length + clear.length === 0 && unknown.has('body'))
    return { harm: 'changed', ...at, told: 'its body was written anew, and no entry says that it is this one' }
  const all = parts.length > 1 && parts.length === FIELDS.filter((name) => logged.fields[name]).length
  const salt = all && clear.length === 0 ? ', or its salt was exchanged' : ''
  return { harm: 'changed', ...at, told: `${[...clear, ...parts].join(', ')} differ${salt}` }
}

/** A run of alarms whose places hold each other's entries, or copies: a place that holds what another still has is a copy. */
export function duplicates(alarms: readonly Alarm[]): Alarm[] {
  const moved = new Set(alarms.flatMap(({ harm, seq }) => (harm === 'reordered' && seq !== undefined ? [seq] : [])))
  return alarms.map((alarm) => {
    const other = /what entry (\d+) was$/.exec(alarm.told)?.[1]
    if (alarm.harm !== 'reordered' || other === undefined || moved.has(Number(other))) return alarm
    const isGone = alarms.some(({ harm, seq }) => seq === Number(other) && harm !== 'reordered')
    return isGone ? alarm : { ...alarm, harm: 'duplicated', told: `in its place stands a copy of entry ${other}` }
  })
}

/** Entries that are gone without a word: at the end of the record it was cut off, else they were taken out. */
export function gone(missing: readonly Leaf[], last: number): Alarm[] {
  const tail = new Set<number>()
  for (let at = missing.length - 1, seq = last; missing[at]?.seq === seq; at--, seq--) tail.add(seq)
  return missing.map(({ seq, exchange }) => {
    const at = { seq, ...(exchange !== undefined && { exchange }) }
    return tail.has(seq)
      ? { harm: 'truncated', ...at, told: `the record ends before it; ${tail.size} entries are cut off` }
      : { harm: 'dropped', ...at, told: 'the record has nothing in its place, and no entry says why' }
  })
}

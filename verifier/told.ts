/** What befell entries, and what an entry says of the record, in words. Decides nothing. */
import type { Note } from './account.ts'
import { type Json, timeOf } from './form.ts'
import { spansOf } from './taken.ts'

/** Whether an entry is an erasure that does not say what the bodies that it cut are now: an earlier version wrote it. */
export const saysNotWhat = (said: Json | undefined): boolean => said?.['kind'] === 'erase' && said['cut'] === undefined

const of = (numbers: string): string => (/^\d+$/.test(numbers) ? `entry ${numbers}` : `entries ${numbers}`)

const BY = 'is the word of whoever made this bundle'

/** What of it is not proven, though it is told: undefined where all of it is, or where it is a problem. */
export function openOf(what: string, numbers: string, note: Note | undefined): string | undefined {
  if (what === 'unproven')
    return `What stood in the place of ${of(numbers)}, and when: it was not written by who had the key of the record.`
  if (what === 'gone before it was sealed')
    return `What stood in the place of ${of(numbers)}, and when: nothing was left of it when its place was sealed.`
  if (what === 'body locked' && note)
    return `What the body of ${of(numbers)} says: the record was put back without its key, says entry ${note.number}.`
  if (what === 'body locked') return `What the body of ${of(numbers)} says: that its key is not there any more ${BY}.`
  if (what === 'gone' && numbers === '') return undefined
  if (what === 'gone' && note && note.said['took'] !== undefined)
    return `That ${of(numbers)} went by entry ${note.number}: what came of their exchanges meanwhile is not named there.`
  if (what === 'gone' && note)
    return `That ${of(numbers)} went by entry ${note.number}: it says how many it took, not which. That what is said to be gone was among them ${BY}.`
  if (what === 'body written anew' && saysNotWhat(note?.said))
    return `What the body of ${of(numbers)} says: entry ${note?.number} cut it, and does not say what it was made.`
  return undefined
}

/** What befell an entry, and the kind of the entry that says so. */
export const NAMED: Readonly<Record<string, string>> = {
  'gone erase': 'erased',
  'gone purge': 'expired',
  'body written anew redact': 'masked anew',
  'body written anew erase': 'cut by an erasure',
}

export const BYPASSES = 'calls of a model that did not pass the gateway, as somebody else told: leads, no proof'

export const TOLD: Readonly<Record<string, string>> = {
  interrupted: 'the gateway stopped before these exchanges had ended; what it had of their replies is kept',
  missing: 'nothing is left of them in the record, and nothing says why',
  gone: 'nothing is left of them in the record',
  unproven: 'they were not written by who had the key of the record: the log vouches for nothing of them',
  'gone before it was sealed': 'nothing was left of them when their place was sealed',
  'body locked': 'whoever made this bundle says that the key of their bodies is not there any more',
  'body written anew': 'what their bodies say now is not what was sealed',
  'kept as metadata': 'the rules of retention kept no text of these exchanges',
  'kept as redacted': 'the rules of retention kept the words of these exchanges, not their bytes',
}

/** What an entry says of the record, in a sentence. */
export function toldOf(said: Json): string {
  const by = said['who'] ? ` by ${factIn(said['who'])}: ${String(said['why'])}` : ''
  switch (said['kind']) {
    case 'gap':
      return `${String(said['count'])} exchanges passed unrecorded from ${timeOf(said['from'])} to ${timeOf(said['to'])}: ${String(said['reason'])}`
    case 'restored':
      return `the record was put back from a backup of ${timeOf(said['taken'])}: it held ${String(said['last'])} entries, and ${String(said['known'])} had been sealed${withoutKeys(said)}`
    case 'vanished':
      return `entries ${String(said['from'])} to ${String(said['to'])} had been acknowledged, and were not there when the record was opened next: cut off, or lost by the disk`
    case 'hold':
      return `${scopeOf(said['scope'])} held${by}`
    case 'release':
      return `the hold ${String(said['hold'])} was released${by}`
    case 'purge':
      return `removed${by}. It took ${daysOf(said)}`
    case 'erase':
      return `erased${by} (${String(said['basis'])}). It took exchanges: ${String(said['exchanges'])}, and cut later ones: ${String(said['later'])}`
    default:
      return `masked anew${by}`
  }
}

/** How many entries a restore left without the keys of their bodies. */
function withoutKeys({ locked }: Json): string {
  const count = (spansOf({ took: locked }) ?? []).reduce((sum, [from, end]) => sum + end - from, 0)
  return count > 0 ? `, ${count} of which are here without the keys of their bodies` : ''
}

/** Which exchanges a hold is about: all that is said must fit. Whose, and what a query asks for, stand there as keyed digests. */
function scopeOf(scope: unknown): string {
  const { user, session, exchange, connection, query, since, until } = Object(scope) as Json
  const parts = [
    user === undefined ? [] : [`of the user with the digest ${String(user)}`],
    query === undefined ? [] : [`found by the query with the digest ${String(query)}`],
    exchange === undefined ? [] : [`with the id ${String(exchange)}`],
    session === undefined ? [] : [`of the session ${String(session)}`],
    connection === undefined ? [] : [`over the connection ${String(connection)}`],
    since === undefined ? [] : [`from ${timeOf(since)} on`],
    until === undefined ? [] : [`until ${timeOf(until)}`],
  ].flat()
  return parts.length === 0 ? 'everything is' : `exchanges ${parts.join(', ')} are`
}

const factIn = (fact: unknown): string => {
  const { value, source } = Object(fact) as Json
  return `${String(value)} (${String(source)})`
}

/** The days of a purge. */
export const daysIn = ({ days }: Json): readonly Json[] => (Array.isArray(days) ? days : [])

const daysOf = (said: Json): string =>
  daysIn(said)
    .map((day: Json) => `${String(day['day'])}: ${String(day['entries'])} entries`)
    .join(', ')

/** Rows as the thread gives them, made what the trail tells: each entry is held to its form here, once. Runs no SQL. */
import { Fault, type Finding, type Opening } from '#exchange'
import { isExchangeId, NO_EXCHANGE, timeOfExchange } from '../../days.ts'
import { isEnding, isOpening, isOutcome, readEntry } from '../../entries.ts'
import { areFindings } from '../../form.ts'
import type { Redaction } from '../../revision.ts'
import type { Followed, Recorded } from '../../store.ts'
import type { FaultLine, FollowedRow, RedactedRow, Row } from './protocol.ts'

const redactionOf =
  (opening: number) =>
  ({ seq, by, findings }: RedactedRow): Redaction => ({
    part: seq === opening ? 'prompt' : 'reply',
    by: String(by),
    findings: findingsIn(findings),
  })

/** None where they are no findings: somebody else wrote there. */
function findingsIn(json: unknown): readonly Finding[] {
  try {
    const value: unknown = JSON.parse(String(json))
    return areFindings(value) ? (value as readonly Finding[]) : []
  } catch {
    return []
  }
}

export const faultFrom = ({ code, detail }: FaultLine): Fault => new Fault(code, detail)

/** An opening that is another exchange's, or none by its form, is not told. */
export function followed({ seq, json, of, opening }: FollowedRow): Followed {
  if (json === '') return { seq }
  const entry = readEntry(json)
  if (!entry) return { seq, forged: true }
  const begun = of === null || !opening ? undefined : readEntry(opening)
  const isOwn = begun && isOpening(begun) && begun.exchange === entry.exchange
  return { seq, entry, ...(of !== null && isOwn && { opening: { seq: of, opening: begun } }) }
}

/** Stands where an exchange should begin and does not. */
function standIn(id: unknown): Opening {
  const exchange = typeof id === 'string' && isExchangeId(id) ? id : NO_EXCHANGE
  return {
    ...{ kind: 'refused', exchange, at: timeOfExchange(exchange), door: 'reverse', method: '', path: '' },
    ...{ route: 'unknown', facts: {}, findings: [], reason: 'FORGED: what stands in its place is no entry' },
  }
}

export function recorded(row: Row): Recorded {
  const { seq, openingFault, endingFault, closing, redactions, edits, misfiled } = row
  const [first, last] = [
    readEntry(row.opening, row.openingBody),
    row.ending === undefined ? undefined : readEntry(row.ending, row.endingBody),
  ]
  const opening = first && isOpening(first) ? first : undefined
  const ending = last && isEnding(last) ? last : undefined
  const outcomes = row.outcomes?.flatMap((json) => {
    const entry = readEntry(json)
    return entry && isOutcome(entry) && entry.exchange === opening?.exchange ? entry : []
  })
  const forged = [...(opening ? [] : [seq]), ...(row.ending === undefined || ending ? [] : [closing ?? seq])]
  const unreadable = {
    ...(openingFault && { opening: faultFrom(openingFault) }),
    ...(endingFault && { ending: faultFrom(endingFault) }),
  }
  return {
    seq,
    opening: opening ?? standIn(row.exchange),
    ...(ending && { ending }),
    ...(closing !== undefined && { closing }),
    ...((openingFault || endingFault) && { unreadable }),
    ...(outcomes && outcomes.length > 0 && { outcomes }),
    ...(redactions && { redactions: redactions.map(redactionOf(seq)) }),
    ...(edits && { edits }),
    ...(misfiled !== undefined && { misfiled }),
    ...(forged.length > 0 && { forged }),
  }
}

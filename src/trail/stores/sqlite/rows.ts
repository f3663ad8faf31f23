/** Rows as the thread gives them, made what the trail tells. Runs no SQL. */
import { type Ending, type Entry, Fault, type Opening, type Outcome } from '#exchange'
import { parseEntry } from '../../entries.ts'
import type { Followed, Recorded, Redaction } from '../../store.ts'
import type { FaultLine, FollowedRow, RedactedRow, Row } from './protocol.ts'

const redactionOf =
  (opening: number) =>
  ({ seq, by, findings }: RedactedRow): Redaction => ({
    part: seq === opening ? 'prompt' : 'reply',
    by,
    findings: JSON.parse(findings),
  })

export const faultFrom = ({ code, detail }: FaultLine): Fault => new Fault(code, detail)

export const followed = ({ seq, json, of, opening }: FollowedRow): Followed => ({
  seq,
  ...(json !== '' && { entry: parseEntry<Entry>(json, undefined) }),
  ...(of !== null && opening && { opening: { seq: of, opening: parseEntry<Opening>(opening, undefined) } }),
})

export function recorded(row: Row): Recorded {
  const {
    seq,
    opening,
    openingBody,
    ending,
    endingBody,
    openingFault,
    endingFault,
    closing,
    outcomes,
    redactions,
    edits,
    misfiled,
  } = row
  const unreadable = {
    ...(openingFault && { opening: faultFrom(openingFault) }),
    ...(endingFault && { ending: faultFrom(endingFault) }),
  }
  return {
    seq,
    opening: parseEntry<Opening>(opening, openingBody),
    ...(ending !== undefined && { ending: parseEntry<Ending>(ending, endingBody) }),
    ...(closing !== undefined && { closing }),
    ...((openingFault || endingFault) && { unreadable }),
    ...(outcomes && { outcomes: outcomes.map((json) => parseEntry<Outcome>(json, undefined)) }),
    ...(redactions && { redactions: redactions.map(redactionOf(seq)) }),
    ...(edits && { edits }),
    ...(misfiled !== undefined && { misfiled }),
  }
}

/** Faults of sinks and anchors: rows of the table in `fault.ts`. Data only. */
import type { Row } from './row.ts'

export const EXPORTS = {
  'export.unreachable': {
    status: 502,
    message: 'A receiver of the record does not answer',
    remedy: 'Look at its side and at the way there. Nothing is lost: what waits is sent once it answers.',
  },
  'export.refused': {
    status: 502,
    message: 'A receiver of the record did not take what was sent',
    remedy: 'Look at what it says, and at its settings under export. Nothing is skipped: it is sent again.',
  },
  'export.answer': {
    status: 502,
    message: 'A receiver of the record answers what is no acknowledgement',
    remedy: 'Check the address under export: something else seems to answer there. It is sent again.',
  },
} as const satisfies Record<string, Row>

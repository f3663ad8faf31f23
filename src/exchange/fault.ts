/** The one table of faults: code, HTTP status, what is said, what to do. Codes are public API. */
import { BACKUPS } from './faults/backups.ts'
import { CALLERS } from './faults/callers.ts'
import { COMMANDS } from './faults/commands.ts'
import { DOORS } from './faults/doors.ts'
import { EXPORTS } from './faults/exports.ts'
import { KEYS } from './faults/keys.ts'
import { OUTCOMES } from './faults/outcomes.ts'
import { REQUESTS } from './faults/requests.ts'
import type { Row } from './faults/row.ts'

/** Every fault that Gatelog reports. `docs/faults.md` says the same, and a test holds the two together. */
export const FAULTS = {
  ...CALLERS,
  ...REQUESTS,
  ...DOORS,
  ...OUTCOMES,
  ...KEYS,
  ...COMMANDS,
  ...BACKUPS,
  ...EXPORTS,
} as const satisfies Record<string, Row>

export type FaultCode = keyof typeof FAULTS

/** A failure with a code from the table. `detail` names the field, the limit, the value's place; never a secret. */
export class Fault extends Error {
  readonly code: FaultCode
  readonly detail: string | undefined

  constructor(code: FaultCode, detail?: string, options?: ErrorOptions) {
    super(detail ? `${FAULTS[code].message}: ${detail}` : FAULTS[code].message, options)
    this.name = 'Fault'
    this.code = code
    this.detail = detail
  }

  get status(): number {
    return FAULTS[this.code].status
  }

  get remedy(): string {
    return FAULTS[this.code].remedy
  }
}

/** Any thrown value as a fault; what is not one becomes `gateway.internal`. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error
  return new Fault('gateway.internal', error instanceof Error ? error.message : String(error), { cause: error })
}

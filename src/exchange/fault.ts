/** The one table of faults: code, HTTP status, what is said, what to do. Codes are public API. */
import { BACKUPS } from './faults/backups.ts'
import { CALLERS } from './faults/callers.ts'
import { COMMANDS } from './faults/commands.ts'
import { DISKS, OF_ERRNO } from './faults/disks.ts'
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
  ...DISKS,
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

/**
 * What an error of the file system means: disk.full, disk.readonly, disk.failed, disk.path; undefined for any other. `place` names
 * the file where the error, which tells the path that it met, would name another one.
 */
export function faultOfDisk(error: unknown, place?: string): Fault | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined
  const code = /^(connect|bind|listen|spawn)/.test(String(error.syscall)) ? undefined : OF_ERRNO[String(error.code)]
  return code && new Fault(code, place === undefined ? error.message : `${place}: ${error.code}`, { cause: error })
}

/** Any thrown value as a fault; what is none, nor of the file system, becomes `gateway.internal`. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error
  const disk = faultOfDisk(error)
  if (disk) return disk
  return new Fault('gateway.internal', error instanceof Error ? error.message : String(error), { cause: error })
}

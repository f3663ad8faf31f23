/** What the checks of a shell are held against: its variables, and what is known of the gateway. Types, and how a row is made. */
import type { CheckRow } from '#console'
import type { Fault } from '#exchange'
import type { Given } from '../connect/trusted.ts'

export type Env = Readonly<Record<string, string | undefined>>

export interface Facts {
  readonly env: Env
  /** Host names of providers and of connections, in lower case; what is below one belongs to it. */
  readonly hosts: readonly string[]
  /** Certificates to trust, PEM, the one that signs first; undefined where nobody could be asked. */
  readonly pem: string | undefined
  /** Those of the gateway whose record is here; undefined where none is. */
  readonly own: string | undefined
  /** What answers at the address of the proxy variable, or why nothing does; undefined where it was not asked. */
  readonly answer: Given | Fault | undefined
  /** What answers at the place of an agent, where no proxy variable is set; undefined where it was not asked. */
  readonly agent: Given | Fault | undefined
  /** Whether the record is here: then clients need not be. */
  readonly here: boolean
  /** A file's text. @throws where it cannot be read */
  read(path: string): string
  /** Certificates of the system's store, PEM each. */
  system(): readonly string[]
}

export const row = (check: string, state: CheckRow['state'], told: string, remedy?: string): CheckRow => ({
  ...{ check, state, told },
  ...(remedy && { remedy }),
})

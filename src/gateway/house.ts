/** What `carry()` needs from the other rooms, as one value that a reload replaces whole. Types only. */
import type { Direction, Keyring, Recording } from '#exchange'
import type { Identity, Limits } from '#identity'
import type { Engine, SealOriginal } from '#masking'
import type { Rule } from '#policy'
import type { Trail } from '#trail'
import type { Actions } from './actions.ts'
import type { Connection } from './connection.ts'
import type { Accounts } from './copilot/accounts.ts'
import type { Outcomes } from './copilot/outcomes.ts'
import type { Endings } from './endings.ts'
import type { ForwardSettings } from './forward/settings.ts'
import type { GapLimits, Gaps } from './gaps.ts'
import type { Memory } from './memory.ts'
import type { Sightings } from './second/sightings.ts'
import type { Strangers } from './strangers.ts'

export interface House {
  readonly connections: ReadonlyMap<string, Connection>
  readonly identity: Identity
  readonly limits: Limits
  readonly engine: Engine
  /** What becomes of secrets; the record is masked whatever it is. */
  actions(connection: string, direction: Direction): Actions
  readonly rules: readonly Rule[]
  /** The version of the rules, of masking and of what is kept: what an entry bears that they judged. */
  readonly policy: string
  /** How much is kept and for how long: of all, and by group of the actor. */
  readonly recording: { readonly all: Recording; readonly groups: ReadonlyMap<string, Recording> }
  readonly trail: Trail
  /** Aborts, with the fault, once the trail has latched shut: what is open then ends. */
  readonly latched?: AbortSignal
  readonly keyring: Keyring
  readonly memory: Memory
  readonly accounts: Accounts
  readonly outcomes: Outcomes
  readonly endings: Endings
  readonly gaps: Gaps
  readonly strangers: Strangers
  readonly sightings: Sightings
  readonly settings: Settings
  /** The gateway's own credentials towards providers; absent where no connection is brokered. */
  readonly credentials?: OwnCredentials
  /** Seals what was received, before it was masked, to a key that is not here; absent where originals are not kept. */
  readonly originals?: SealOriginal
  /** Absent where the forward door is off. */
  readonly forward?: ForwardSettings
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Monotonic milliseconds. */
  clock(): number
  /** A fresh UUIDv7. */
  uuid(): string
}

/** Leased from whoever holds them; all of them are known values of the same house's engine. */
export interface OwnCredentials {
  /** @throws upstream.credential where there is none, or its lease is over */
  of(connection: string): string
  /** Another number where it is another one. */
  version(connection: string): number
}

export interface Settings {
  /** How much may pass while the trail cannot be written; undefined where nothing may. */
  readonly gap: GapLimits | undefined
  readonly pathKeys: boolean
  readonly eventBytes: number
  readonly replyBytes: number
}

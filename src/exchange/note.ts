/** The lines of the trail that belong to no exchange: what befell the record, or went on beside it. Types, and the list of kinds. */
import type { Fact } from './actor.ts'
import type { CustodyNote } from './custody.ts'
import type { Read, Searched } from './reads.ts'

/** A stretch in which traffic passed unrecorded, because the configuration allowed it. Signed with the install key. */
export interface Gap {
  readonly kind: 'gap'
  readonly exchange: string
  readonly at: number
  readonly from: number
  readonly to: number
  readonly count: number
  readonly reason: string
  /** HMAC-SHA-256, hex, over from, to, count and reason. */
  readonly signature: string
  /** For how long it is kept, where that is not for ever. */
  readonly retain?: string
}

/** A model was called and not through here, says somebody: the client's own telemetry, or GitHub. A lead, never proof. */
export interface Bypass {
  readonly kind: 'bypass'
  readonly exchange: string
  readonly at: number
  readonly source: 'declared'
  readonly via: 'otlp' | 'github-audit' | 'github-seats'
  /** When it was called, ms since the Unix epoch, by the clock of whoever says so. */
  readonly happened: number
  /** Whose: the actor that sent the telemetry, or a login at GitHub. */
  readonly actor?: string
  readonly github?: string
  readonly client?: string
  readonly model?: string
  readonly interaction?: string
  /** For how long it is kept, where that is not for ever. */
  readonly retain?: string
}

/** Another wrapping key took over: the keys of sessions lie under it from now on. */
export interface Rotated {
  readonly kind: 'rotated'
  readonly exchange: string
  readonly at: number
  readonly via: 'server' | 'local'
  readonly reader?: Fact
  /** Its name, and those of the keys before it; names tell nothing of the keys. */
  readonly key: string
  readonly former: readonly string[]
  /** How many keys of sessions were wrapped anew, and how many could not be, for want of the key before. */
  readonly rewrapped: number
  readonly lost: number
}

/** The record was put back from a backup. What was recorded since is not here. */
export interface Restored {
  readonly kind: 'restored'
  readonly exchange: string
  readonly at: number
  readonly reader: Fact
  /** The backup's name, and when it was taken, ms since the Unix epoch. */
  readonly from: string
  readonly taken: number
  /** The last seq that it holds, how many entries its log covers, and how many were once sealed, as far as is known outside. */
  readonly last: number
  readonly sealed: number
  readonly known: number
  /** What the journal told that was done since, and is done here too. */
  readonly erasures: number
  readonly holds: number
  /** Absent in entries of an earlier version, which did no purge again. */
  readonly purges?: number
  readonly revocations: number
  /** Keys that were revoked because nobody can say whether they had been. */
  readonly voided: number
  /** No keys of sessions were put back; absent where there were some. */
  readonly keys?: 'none'
  /**
   * Entries of which something is under a key that was not put back, and that nobody can read: in turn so many seqs that are left
   * out, from 1 on, and so many of these. Absent where there is none, and in entries of an earlier version.
   */
  readonly locked?: readonly number[]
}

/** Other rules are in force from now on: of prompts, of masking, and of what is kept. */
export interface Ruled {
  readonly kind: 'ruled'
  readonly exchange: string
  readonly at: number
  readonly via: 'start' | 'reload'
  /** SHA-256 of the text, hexadecimal: the version that entries bear. */
  readonly policy: string
  /** RFC 8785 JSON, as docs/policy.md says; absent where an earlier entry tells it. */
  readonly text?: string
}

/**
 * Entries were acknowledged, and were not there when the record was opened next: somebody cut them off, or the disk had lost
 * them. No entry is written in their places.
 */
export interface Vanished {
  readonly kind: 'vanished'
  readonly exchange: string
  readonly at: number
  /** The seqs of the first and the last of them. */
  readonly from: number
  readonly to: number
}

/** An entry that belongs to no exchange. */
export type Note = Gap | Searched | Read | Bypass | Rotated | Restored | Ruled | Vanished | CustodyNote

/** What was done to the record, or befell it. */
export const LOGGED = [
  ...(['hold', 'release', 'purge', 'erase', 'redact', 'begun'] as const),
  ...(['rotated', 'restored', 'ruled', 'gap', 'vanished'] as const),
] as const satisfies readonly Note['kind'][]

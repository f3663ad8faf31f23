/** What somebody does to the record itself: holds, releases, purges. Each is an entry of its own. Types only. */
import type { Fact } from './actor.ts'

/** Common to all of them. `exchange` is an id of the entry's own. */
interface Act {
  readonly exchange: string
  readonly at: number
  readonly who: Fact
  readonly why: string
}

/**
 * Which exchanges: all that is said must fit. On an entry, `user` and `query` are keyed digests (16 hexadecimal digits): the
 * entry outlives what it tells of.
 */
export interface Scope {
  readonly user?: string
  readonly session?: string
  readonly exchange?: string
  readonly connection?: string
  readonly query?: string
  /** Milliseconds since the Unix epoch: `since` is included, `until` is not. */
  readonly since?: number
  readonly until?: number
}

/** What fits may not be removed, whatever its retention, until it is released. */
export interface Hold extends Act {
  readonly kind: 'hold'
  readonly scope: Scope
}

/** The end of a hold. */
export interface Release extends Act {
  readonly kind: 'release'
  readonly hold: string
}

/** What was kept of one UTC day for the same time. */
export interface PurgedDay {
  readonly day: string
  readonly retain?: string
  readonly entries: number
  readonly exchanges: number
  /** Of the entries in it, as in `Erase`. */
  readonly took?: readonly number[]
}

/** Days whose time was over were removed. */
export interface Purge extends Act {
  readonly kind: 'purge'
  readonly days: readonly PurgedDay[]
}

/** Exchanges were erased. `later`: exchanges of the same sessions that stayed, and lost what they said again. */
export interface Erase extends Act {
  readonly kind: 'erase'
  /** The legal basis. */
  readonly basis: string
  readonly scope: Scope
  readonly exchanges: number
  readonly sessions: number
  readonly later: number
  /** Entries of no exchange that named the user, or said what is found nowhere else; they went too. */
  readonly notes: number
  /** The seqs of the entries that went: so many left out from 1 on, so many taken, and so on in turn. Absent where an earlier version wrote it. */
  readonly took?: readonly number[]
  /** Bodies that stayed and lost something; absent where an earlier version wrote it. */
  readonly cut?: readonly Cut[]
}

/** A body that was written anew. */
export interface Cut {
  readonly exchange: string
  readonly part: 'prompt' | 'reply'
  /** Of its new bytes: SHA-256("gl1:body" 0x00 salt SHA-256(bytes)), hexadecimal; the salt is kept with it. */
  readonly commitment: string
}

/** A body that was masked anew. */
export interface Redacted extends Cut {
  readonly rules: readonly string[]
}

/** Stored bodies were looked through again, and these held what was not known as a secret when they were recorded. */
export interface Redact extends Act {
  readonly kind: 'redact'
  /** The version of the rules that found it; absent where no server ran. */
  readonly policy?: string
  readonly bodies: readonly Redacted[]
}

/** A head of a log by what it covers: so many entries, and their root, hexadecimal. */
export interface SealedBy {
  readonly origin: string
  readonly size: number
  readonly root: string
}

/** The log goes on under another name, for the one before could not: `known` is the largest head of that one that was signed, where it covers more than is here. */
export interface Begun extends Act {
  readonly kind: 'begun'
  readonly origin: string
  readonly former: SealedBy
  readonly known?: SealedBy
  /** The largest heads that are known of further logs of this record, of which nothing else tells. */
  readonly beside?: readonly SealedBy[]
}

/** An entry that tells what was done to the record. */
export type CustodyNote = Hold | Release | Purge | Erase | Redact | Begun

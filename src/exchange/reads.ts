/** The lines of who read the record; never what was read, nor a secret that was sought. Types only. */
import type { Fact } from './actor.ts'

/**
 * A line of who read that waited, for the record’s key was not there: who has the key put it on the record later, and takes
 * nobody’s word for it. All that the line says is the word of whoever could write in the data folder.
 */
export interface Late {
  /** The id that it waited under. */
  readonly id: string
  /** When it was put down, by its own word; not later than the line on the record. */
  readonly at: number
  /** The user id of the process that put it down, where there was one. */
  readonly uid?: number
}

/** Somebody looked for a secret by its value, which is not kept: a keyed fingerprint of it is. */
export interface Searched {
  readonly kind: 'searched'
  readonly exchange: string
  readonly at: number
  /** Through what it was asked: the socket of a running server, or the record itself. */
  readonly via: 'server' | 'local'
  readonly fingerprint: string
  /** What else was asked for. */
  readonly query: string
  /** How many exchanges were shown. */
  readonly found: number
  /** It stands in the place of a line (its seq) that lost words by an erasure; `was`: when that one was written. */
  readonly insteadOf?: number
  readonly was?: number
  readonly late?: Late
  /** For how long it is kept, where that is not for ever. */
  readonly retain?: string
}

/**
 * What somebody did with the record. `listed`: saw who asked what, when and how it ended, and no content; `searched`: asked
 * for words of it; `followed`: saw entries as they became durable.
 */
export type ReadAct = 'viewed' | 'listed' | 'searched' | 'followed' | 'exported' | 'unmasked'

/** Somebody read the record. What the same reader reads again within a minute is one more line when the minute is over. */
export interface Read {
  readonly kind: 'read'
  readonly exchange: string
  readonly at: number
  readonly did: ReadAct
  /** Through what: the socket of a running server, the record itself, or the console. */
  readonly via: 'server' | 'local' | 'console'
  /** Who: a user of the machine, or an identity of the console. */
  readonly reader: Fact
  /** What was asked for: an exchange's id, a session's, a query; masked. Empty: everything. */
  readonly of: string
  /** Whether prompts and replies were in it, or words of them were sought. */
  readonly content: boolean
  /** Of an export; else what it was asked for: `erase`, `rescan`, `purge`, `holds`, `leads`, `log`, `reads`, `proof`, `backup`. */
  readonly format?: string
  /** How many exchanges or entries were shown. */
  readonly count: number
  /** How many reads the line stands for. */
  readonly times: number
  /** As of a search. */
  readonly insteadOf?: number
  readonly was?: number
  readonly late?: Late
  /** For how long it is kept, where that is not for ever. */
  readonly retain?: string
}

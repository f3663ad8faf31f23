/** What an erasure or a rescan takes out of the record or writes anew, as a store is told it. Types only. */
import type { Finding } from '#exchange'

/** What is taken out of the record, or written anew. */
export interface Revision {
  /** The id of the entry that says so. */
  readonly by: string
  /** Exchanges, none of them open, of which all goes: entries, bodies, words, all that they can be found by. */
  readonly erased: readonly string[]
  /** Bodies, with a new salt each, and what was found in them. Where nothing was, sealed originals go; the edits of a reply go in any case. */
  readonly bodies: readonly {
    readonly exchange: string
    readonly part: 'prompt' | 'reply'
    readonly bytes: Uint8Array
    readonly salt: Uint8Array
    readonly findings: readonly Finding[]
    /** SHA-256 of the body that it was made from: another one, written meanwhile, stays as it is. Absent where any is to go. */
    readonly from?: Uint8Array
    /** What was derived of the exchange’s reply goes too, though this is its prompt. */
    readonly withEdits?: true
    /** All that it says, as far as the index of words knows it: of its words those stay by which it is found. Absent: none does. */
    readonly says?: string
  }[]
  /** Bodies that stay as they are, and are found by no more words than this says. */
  readonly words?: readonly Pick<Revision['bodies'][number], 'exchange' | 'part' | 'says'>[]
  /** Entries that belong to no exchange, and go too: those with this id at this seq, of earlier versions by their seq alone. */
  readonly notes: readonly { readonly file: string; readonly seq: number; readonly exchange?: string }[]
  /** More goes soon: only once a revision without this, or `scrub`, is done is no byte of what went on disk. */
  readonly more?: true
}

/** From which day files more goes soon. */
export interface Soon {
  readonly day: string
  /** Where nothing of it was heard for so long, in milliseconds, they are written anew all the same. */
  readonly ms: number
}

/** How many of each. */
export interface Revised {
  readonly entries: number
  readonly bodies: number
}

/** A body that was written anew. */
export interface Redaction {
  readonly part: 'prompt' | 'reply'
  readonly by: string
  readonly findings: readonly Finding[]
}

/** The lines of the trail. Every exchange has exactly one opening and exactly one ending. Types only. */
import type { Actor, Fact, Facts } from './actor.ts'
import type { CustodyNote } from './custody.ts'
import type { FaultCode } from './fault.ts'
import type { Finding } from './finding.ts'
import type { ProtocolName, Usage } from './prompt.ts'
import type { Keep } from './retention.ts'
import type { Verdict } from './verdict.ts'

/** The closed list of entry kinds. A `refused` opening is its own ending. */
export type OpeningKind = 'asked' | 'refused'
export type EndingKind = 'replied' | 'denied' | 'aborted' | 'failed' | 'interrupted'
export type EntryKind = OpeningKind | EndingKind | 'outcome' | Note['kind']

/**
 * What sort of route a request took: read in full; known, and recorded as metadata or with its content; relayed unread, of
 * which host and method are all that is recorded; or none that is known.
 */
export type RouteKind = ProtocolName | 'metadata' | 'content' | 'unread' | 'unknown'

/** A body in the record: always the masked copy. */
export interface Body {
  /** Raw bytes as sent on (decoded from any content encoding), masked. */
  readonly bytes: Uint8Array
  readonly type: string
  /** Keyed digests (HMAC-SHA-256 over SHA-256, hex) of the bytes as received and as sent on. */
  readonly received: string
  readonly sent: string
  /** With `keep: redacted`: the bytes are JSON of what the body said (`Prompt`, `Reply`), put together, not its own. */
  readonly assembled?: true
  /** What was received, sealed to a key that is not here; kept beside the entry, and never part of it. */
  readonly original?: Uint8Array
  /** Whether there is one. */
  readonly unmaskable?: true
  /** Never stored: SHA-256 of `bytes`, hex, where it was taken already. */
  readonly sha256?: string
}

/** What is known of a body that is not kept as it was: its size in bytes as it would have been recorded, and its digests. */
export interface Measure extends Omit<Body, 'bytes' | 'assembled' | 'sha256' | 'original' | 'unmaskable'> {
  readonly size: number
}

/** The first entry of an exchange. */
export interface Opening {
  readonly kind: OpeningKind
  /** UUIDv7. */
  readonly exchange: string
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly session?: string
  readonly actor?: Actor
  /** Id of the key that identified the actor; never the key. */
  readonly key?: string
  /** Keyed fingerprint of the upstream credential; never the credential. */
  readonly credential?: string
  readonly door: 'reverse' | 'forward' | 'websocket'
  /** True where the listener was a plain one beyond loopback. */
  readonly insecure?: boolean
  readonly connection?: string
  readonly host?: string
  readonly method: string
  /** Without query values and without any key. */
  readonly path: string
  readonly route: RouteKind
  /** What its route is to the client: `ghost text`, `token`, `telemetry`, … as docs/copilot.md lists them. */
  readonly surface?: string
  readonly model?: string
  readonly stream?: boolean
  readonly facts: Facts
  /** The version of the rules that it was judged by: a `ruled` entry has their text. Absent where none was asked. */
  readonly policy?: string
  readonly verdict?: Verdict
  readonly findings: readonly Finding[]
  /** Files, tools, message count: enough for a list, the rest is read from the body. */
  readonly tools?: readonly string[]
  readonly messages?: number
  /** What somebody should look at. `credential.shared`: its credential was first seen with another actor. */
  readonly alerts?: readonly string[]
  /** The exchange that this one tries again. */
  readonly retryOf?: string
  /** The exchange whose reply this prompt names and goes on from: its body bears only what is new. */
  readonly follows?: string
  /** True where the prompt asked for nothing to be generated. */
  readonly warmUp?: boolean
  /** Set on `refused`. */
  readonly fault?: FaultCode
  readonly reason?: string
  /** For coalesced refusals of unknown callers: how many this line stands for. */
  readonly count?: number
  /** How much of the exchange is kept, where that is not all; and for how long, where that is not for ever. */
  readonly keep?: Exclude<Keep, 'full'>
  readonly retain?: string
  /** Of a body that is not kept as it was. */
  readonly measure?: Measure
  readonly body?: Body
  /** Words for full-text search, beside those of the body: the last user message first. */
  readonly text?: string
  /** Never stored: an earlier prompt of the same session, already on the record, that this one's body repeats. */
  readonly like?: Like
}

/** The first `prefix` and the last `suffix` bytes of a body are those of that exchange's opening body; they never overlap. */
export interface Like {
  readonly exchange: string
  readonly prefix: number
  readonly suffix: number
}

/** The last entry of an exchange that was `asked`. */
export interface Ending {
  readonly kind: EndingKind
  readonly exchange: string
  readonly at: number
  /** Upstream's HTTP status, 0 where there was none; `delivered` is what the client got. Absent where nobody knows. */
  readonly status?: number
  readonly delivered?: number
  readonly model?: string
  readonly finish?: string
  readonly usage?: Usage
  /** The version of the rules that its reply was masked by. */
  readonly policy?: string
  readonly findings: readonly Finding[]
  readonly fault?: FaultCode
  readonly reason?: string
  /** True where the gateway wrote the reply or its end (a refusal, a notice). */
  readonly authored?: boolean
  /** Monotonic milliseconds since the request's first byte. */
  readonly timings: Timings
  /** Counts of what was scanned as raw text because it did not parse, and of events. */
  readonly events?: number
  readonly unparsed?: number
  /** When each part of the reply left, for replay: pairs of [ms since the request, byte offset in the body]. */
  readonly pace?: readonly (readonly [number, number])[]
  readonly requestId?: string
  /** GitHub's own id of the request, which its audit log tells too. */
  readonly githubRequestId?: string
  /** Of a tunnel that was carried unread: bytes from the client and to it. */
  readonly tunnel?: { readonly sent: number; readonly received: number }
  /** What somebody should look at. `restore.refused`: a value was asked for where it may not come back. */
  readonly alerts?: readonly string[]
  /** Where the prompt was telemetry: what it told of other exchanges. */
  readonly outcomes?: OutcomeCounts
  /** Of a body that is not kept as it was. */
  readonly measure?: Measure
  readonly body?: Body
  readonly text?: string
  /** Never part of the entry's JSON: kept beside its body, and gone with it. */
  readonly edits?: Edits
  /** SHA-256 of the edits as they are kept, hexadecimal; the store says it. */
  readonly derived?: string
  /** SHA-256 of their fingerprints alone; absent on an ending of an earlier version. */
  readonly printed?: string
}

/** Where a stretch of code came from: a fenced block, a whole completion, or a tool's argument. */
export type EditOrigin = 'fence' | 'completion' | 'edit' | 'patch' | 'shell'

/** A stretch of code that a reply brought. What it is called is the model's word. */
export interface EditUnit {
  readonly from: EditOrigin
  readonly path?: string
  readonly language?: string
  /** Which of the reply's tool calls, from 0; absent where it stands in the reply's text. */
  readonly call?: number
  /** The argument that holds it, keys joined by dots; absent where the call's arguments are a text. */
  readonly field?: string
  /** Its first and last line in that text, from 1. */
  readonly lines: readonly [first: number, last: number]
  /** The numbers of those lines that are fingerprinted: weighty enough, and not in the prompt. */
  readonly fresh: readonly number[]
}

/** What a reply's code can be found by later, in every `keep` mode. */
export interface Edits {
  readonly units: readonly EditUnit[]
  /** The normal form of every fresh line, unit by unit. Never stored: a keyed fingerprint of each is. */
  readonly forms: readonly string[]
  /** True where the reply held more than is looked at. */
  readonly cut?: boolean
}

/** Edits as the record keeps them. */
export interface KeptEdits extends Pick<Edits, 'units' | 'cut'> {
  /** A fingerprint of each fresh line, unit by unit, 12 hexadecimal digits. */
  readonly prints: readonly string[]
}

/** Outcomes that one telemetry told: those that became entries, and those that did not. */
export interface OutcomeCounts {
  readonly taken: number
  /** Of an exchange that another actor asked. */
  readonly foreign: number
  /** Of no exchange of the last day. */
  readonly unknown: number
  /** Told before, or more than one exchange may have. */
  readonly repeated: number
}

export interface Timings {
  readonly identified?: number
  readonly read?: number
  readonly durable?: number
  readonly firstByte?: number
  /** Absent where nobody knows: the process had died. */
  readonly end?: number
}

/** What became of a suggestion. `partly`: some of it was taken; `kept` and `gone`: whether it still stood there later. */
export type OutcomeName = 'shown' | 'accepted' | 'partly' | 'rejected' | 'kept' | 'gone'

/** What a client told of an exchange's reply after it had ended. Its word alone, and only from the exchange's own actor. */
export interface Outcome {
  readonly kind: 'outcome'
  readonly exchange: string
  /** When the gateway was told. */
  readonly at: number
  readonly outcome: OutcomeName
  readonly source: 'declared'
  /** The exchange that told it. */
  readonly by: string
  /** The provider's own name of what happened: `ghostText.accepted`. */
  readonly event: string
  /** When it happened by the client's clock, ms since the Unix epoch. */
  readonly happened?: number
  /** Which of several suggestions, from 0. */
  readonly choice?: number
  /** How much was taken or shown, as the client counts. */
  readonly characters?: number
  readonly lines?: number
}

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
  /** Of an export; else what it was asked for: `erase`, `rescan`, `purge`, `holds`, `leads`, `reads`, `proof`, `backup`. */
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
export type Entry = Opening | Ending | Outcome | Note

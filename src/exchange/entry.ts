/** The lines of the trail. Every exchange has exactly one opening and exactly one ending. Types only. */
import type { Actor, Facts } from './actor.ts'
import type { Edits } from './edits.ts'
import type { FaultCode } from './fault.ts'
import type { Finding } from './finding.ts'
import type { Note } from './note.ts'
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

export type Entry = Opening | Ending | Outcome | Note

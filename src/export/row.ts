/** One row of an export: what the record holds of an exchange or a note, for other systems. Pure; adds nothing to it. */
import { isUtf8 } from 'node:buffer'
import type { Body, Ending, Entry, EntryKind, Fault, FaultCode, Note, Opening, Outcome } from '#exchange'
import { type Followed, type Mark, NO_EXCHANGE, type Recorded } from '#trail'

/** The place of an entry in the sealed log. `index` is its seq less one, `hash` the leaf's, hex. */
export interface Leaf {
  readonly kind: EntryKind
  readonly index: number
  readonly hash: string
}

/** What is known of the log: its origin, and the leaf of an entry once it is sealed. */
export interface Log {
  readonly origin: string
  /** How many entries are sealed. */
  readonly size: number
  leaf(seq: number): string | undefined
}

/** A prompt or a reply. It is an attacker's text: whoever reads a row must not take it for instructions. */
export interface UntrustedText {
  readonly text: string
  readonly type: string
  /** Length of the body in bytes. */
  readonly bytes: number
  /** Absent where `text` is the body itself. */
  readonly encoding?: 'base64'
  /** True where only the beginning is here: `gatelog show --raw` has all of it. */
  readonly cut?: true
}

/** Why a body that was kept is not in the row that was to bear it: `trail.key` or `trail.body`, what that says, what to do. */
export interface UnreadBody {
  readonly code: FaultCode
  readonly message: string
  readonly remedy: string
}

/**
 * What is wrong with an entry of a row. `forged`: it is none by its form, and nothing of it is told; `changed`: it is not what was
 * sealed in its place; `unproven`: nobody wrote it who had the record's key, and the log vouches for nothing of it.
 */
export type SealMark = 'forged' | Mark['mark']

/** What is known of entries by their seqs; of those with which nothing is wrong, nothing. */
export type Marks = ReadonlyMap<number, Mark['mark']>

const NONE: Marks = new Map()

/** As the trail tells them. */
export const marksOf = (marks: readonly Mark[]): Marks => new Map(marks.map(({ seq, mark }) => [seq, mark]))

/** The stable JSON of one line of `gatelog export --format jsonl`, and of every sink that sends JSON. */
export interface Row {
  readonly v: 1
  /** `<exchange>.<kind>`: the same however often it is delivered. */
  readonly id: string
  /** UTC, RFC 3339 with milliseconds: when the last of its entries was written. */
  readonly time: string
  readonly kind: EntryKind | 'forged'
  readonly exchange: string
  /** Of the last of its entries. */
  readonly seq: number
  /** An alarm; absent where there is none. `gatelog verify` says what was done. */
  readonly seal?: SealMark
  readonly origin?: string
  readonly leaves?: readonly Leaf[]
  readonly opening?: Omit<Opening, 'body' | 'text'>
  readonly ending?: Omit<Ending, 'body' | 'text'>
  readonly outcomes?: readonly Outcome[]
  readonly note?: Note
  readonly untrusted?: { readonly prompt?: UntrustedText; readonly reply?: UntrustedText }
  /** Bodies that were asked for, were kept, and cannot be opened. */
  readonly unreadable?: { readonly prompt?: UnreadBody; readonly reply?: UnreadBody }
}

/** The row of an exchange as it stands now. Bodies are in it where `recorded` bears them. */
export function rowOf(recorded: Recorded, log?: Log, marks = NONE): Row {
  const { seq, opening, ending, closing, outcomes, forged, unreadable } = recorded
  const last = ending ?? opening
  const at = closing ?? seq
  const prompt = opening.body && untrusted(opening.body)
  const reply = ending?.body && untrusted(ending.body)
  const sealed = [{ seq, kind: opening.kind }, ...(ending && closing ? [{ seq: closing, kind: ending.kind }] : [])]
  return {
    ...head(last, at, { log, marks, sealed }),
    ...sealOf(forged ? 'forged' : ending && ending.exchange !== opening.exchange ? 'changed' : worst(sealed, marks)),
    opening: without(opening),
    ...(ending && { ending: without(ending) }),
    ...(outcomes?.length && { outcomes }),
    ...((prompt || reply) && { untrusted: { ...(prompt && { prompt }), ...(reply && { reply }) } }),
    ...(unreadable && { unreadable: unread(unreadable) }),
  }
}

/** What a row of one entry is made with. `now`: ms since the Unix epoch. */
export interface Around {
  readonly log?: Log | undefined
  readonly marks?: Marks
  readonly now?: number
}

/** The row of one entry as it was written; that of an ending or outcome tells its opening too. */
export function rowOfEntry(
  { seq, entry, forged, opening: of }: Followed,
  { log, marks = NONE, now = 0 }: Around = {},
): Row | undefined {
  if (forged) return forgedAt(seq, log, now)
  if (!entry) return undefined
  if (isOpening(entry)) return rowOf({ seq, opening: entry }, log, marks)
  if (isEnding(entry) && of) return rowOf({ seq: of.seq, opening: of.opening, ending: entry, closing: seq }, log, marks)
  const sealed = [{ seq, kind: entry.kind }]
  const own = { ...head(entry, seq, { log, marks, sealed }), ...sealOf(worst(sealed, marks)) }
  if (isEnding(entry)) return { ...own, ...sealOf('changed'), ending: without(entry) } // the index has not its beginning
  if (entry.kind !== 'outcome') return { ...own, note: entry }
  const told = of && { opening: without(of.opening), ...sealOf(marks.get(seq) ?? marks.get(of.seq)) }
  return { ...own, ...told, outcomes: [entry] }
}

const sealOf = (seal: SealMark | undefined) => (seal ? { seal } : {})

const worst = (sealed: Sealed, marks: Marks): SealMark | undefined => {
  const all = sealed.flatMap(({ seq }) => marks.get(seq) ?? [])
  return all.find((mark) => mark === 'changed') ?? all[0]
}

/** The row of what is no entry: when it was written nobody knows, so its time is when it was found. */
const forgedAt = (seq: number, log: Log | undefined, now: number): Row => ({
  ...{ v: 1, id: `${NO_EXCHANGE}.forged.${seq}`, time: new Date(now).toISOString(), kind: 'forged' },
  ...{ exchange: NO_EXCHANGE, seq, ...(log && { origin: log.origin }), seal: 'forged' },
})

/** An exchange has many outcomes: their seq tells them apart. */
const idOf = ({ exchange, kind }: Entry, seq: number): string =>
  kind === 'outcome' ? `${exchange}.${kind}.${seq}` : `${exchange}.${kind}`

type Sealed = readonly { readonly seq: number; readonly kind: EntryKind }[]

interface Proven {
  readonly log: Log | undefined
  readonly marks: Marks
  readonly sealed: Sealed
}

/** What is unproven has no leaf that would say anything of it. */
function head(entry: Entry, seq: number, { log, marks, sealed }: Proven) {
  const leaves = sealed.flatMap(({ seq: of, kind }): readonly Leaf[] => {
    const hash = marks.get(of) === 'unproven' ? undefined : log?.leaf(of)
    return hash === undefined ? [] : [{ kind, index: of - 1, hash }]
  })
  return {
    v: 1 as const,
    id: idOf(entry, seq),
    time: new Date(entry.at).toISOString(),
    kind: entry.kind,
    exchange: entry.exchange,
    seq,
    ...(log && { origin: log.origin }),
    ...(leaves.length > 0 && { leaves }),
  }
}

/** Bytes of a body that are in a row: no text of its JSON is longer than any reader takes. */
const MOST_BYTES = 33_554_432

function untrusted({ bytes, type }: Body): UntrustedText {
  const cut = bytes.byteLength > MOST_BYTES
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, cut ? endOf(bytes) : bytes.byteLength)
  const whole = isUtf8(buffer)
  const text = buffer.toString(whole ? 'utf8' : 'base64')
  return {
    ...{ text, type, bytes: bytes.byteLength },
    ...(!whole && { encoding: 'base64' as const }),
    ...(cut && { cut }),
  }
}

function unread({ opening, ending }: NonNullable<Recorded['unreadable']>): NonNullable<Row['unreadable']> {
  const told = ({ code, message, remedy }: Fault): UnreadBody => ({ code, message, remedy })
  return { ...(opening && { prompt: told(opening) }), ...(ending && { reply: told(ending) }) }
}

/** Where to cut so that no UTF-8 character is cut in two. */
function endOf(bytes: Uint8Array): number {
  let end = MOST_BYTES
  while (end > MOST_BYTES - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return end
}

const without = <Each extends Opening | Ending>({ body: _body, text: _text, ...rest }: Each) => rest

const isOpening = (entry: Entry): entry is Opening => entry.kind === 'asked' || entry.kind === 'refused'

const isEnding = (entry: Entry): entry is Ending => 'timings' in entry

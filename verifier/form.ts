/** The form of an evidence bundle, as docs/trail.md tells it: names, lines, limits. Shared with the server, which writes it; checks nothing. */

export const FORMAT = 'gatelog-evidence/4'

/** Up to so many entries a bundle has a `.tlog-proof` of each beside `entries.jsonl`, which holds all proofs in any case. */
export const MOST_PROOFS = 20_000
/** More bodies are not written into one bundle: a zip holds 65,535 files. */
export const MOST_BODIES = 45_000

/** Kinds of entries that end an exchange. */
export const ENDINGS = ['replied', 'denied', 'aborted', 'failed', 'interrupted'] as const

export type Json = Readonly<Record<string, unknown>>

/** A whole subtree that stands for leaves that are not shown: its height, and its hash in base64. */
export type Subtree = readonly [height: number, hash: string]

/** The leaves of `leaves.jsonl`: indexes from `first` to before `end`, and what stands on either side of them. */
export interface Range {
  readonly first: number
  readonly end: number
  readonly before: readonly Subtree[]
  readonly after: readonly Subtree[]
}

/**
 * What the question came to. Times are ms since the Unix epoch: `after` is included, `before` is not; `now` is what `after:2h`
 * counts from. `between`: the places in the log from `from` to before `to`.
 */
export type Asked =
  | { readonly kind: 'exchange'; readonly exchange: string }
  | { readonly kind: 'query'; readonly now: number; readonly after?: number; readonly before?: number }
  | { readonly kind: 'period'; readonly now: number; readonly after?: number; readonly before?: number }
  | { readonly kind: 'between'; readonly from: number; readonly to: number }

/** That the tree of `size` leaves is the beginning of the one of the checkpoint. Hashes in base64. */
export interface Kept {
  readonly size: number
  readonly root: string
  readonly proof: readonly string[]
}

/** What an anchor can be, as docs/anchors.md tells it. */
export const ANCHORS = ['timestamp', 'witness', 'git'] as const

/** Proofs of anchors in a bundle, and bytes of each of their files, at most. */
export const MOST_ANCHORS = 32
export const MOST_PROOF = 65_536

/** That somebody outside saw a head of the log over `size` entries; `digest`: SHA-256 of the proof, hexadecimal. */
export interface Anchor {
  readonly name: string
  readonly kind: (typeof ANCHORS)[number]
  readonly size: number
  readonly digest: string
}

/** The files of an anchor: the head that was shown, as a signed note, and the proof. */
export const filesOf = ({
  name,
  size,
}: Pick<Anchor, 'name' | 'size'>): readonly [checkpoint: string, proof: string] => [
  `anchors/${name}/${size}.checkpoint`,
  `anchors/${name}/${size}.proof`,
]

/** `manifest.json`. `gaps`, `exceptions` and `rules` say again what the entries say: a verifier makes them anew. */
export interface Manifest {
  readonly format: string
  readonly question: string
  readonly asked: Asked
  /** When, ms since the Unix epoch by the clock of whoever made it, and with what version. */
  readonly made: number
  readonly version: string
  /** Whether bodies were asked for. */
  readonly bodies: boolean
  readonly entries: number
  /** How many entries of what was asked for were not sealed yet, and are not here. */
  readonly unsealed: number
  readonly range?: Range
  readonly kept?: readonly Kept[]
  /** In the order of their names, then sizes; `kept` has those sizes too. */
  readonly anchors?: readonly Anchor[]
  readonly gaps: readonly Row[]
  readonly exceptions: readonly Row[]
  readonly rules: readonly Row[]
}

/** Something that has to be known of some of the entries. */
export interface Row {
  readonly what: string
  /** Numbers of the entries that it befell: `12, 14–19`. */
  readonly entries: string
  /** The number of the entry that says so, where one does. */
  readonly by?: number
  readonly told: string
}

/** A line of `entries.jsonl` and `context.jsonl`. The entry’s number is `index` and 1. */
export interface Line {
  readonly index: number
  /** The leaf’s text. */
  readonly leaf: string
  /** From the leaf’s sibling upwards, base64. */
  readonly proof: readonly string[]
  /** As it is stored; absent where nothing is left of it. */
  readonly entry?: Json
  /** Salts of the parts that are shown, base64. */
  readonly salts?: Readonly<Record<string, string>>
  /** The exchange id of the entry that says why it is gone. */
  readonly gone?: string
  /** Entries that say that its body was written anew, the last one last; with a salt, base64, where that body is shown. */
  readonly anew?: readonly { readonly by: string; readonly salt?: string }[]
  /** Its body’s key is not there any more. */
  readonly locked?: true
}

/** What every leaf says, as far as it says it. */
export interface Leaf {
  readonly kind?: unknown
  readonly exchange?: unknown
  readonly at?: unknown
  readonly policy?: unknown
  readonly fields?: Readonly<Record<string, unknown>>
}

export const leafOf = (line: Pick<Line, 'leaf'>): Leaf => JSON.parse(line.leaf) as Leaf

/** A time as every surface of a bundle prints it; what is none is empty. */
export const timeOf = (at: unknown): string =>
  typeof at === 'number' && Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : ''

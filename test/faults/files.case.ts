/**
 * Every file of a record beside its day files, and what is expected of each fault that may befall it: on a disk that lies still
 * (`rest`), and under a server that runs (`live`). Shared by those who try it; touches nothing itself.
 */
import { globSync } from 'node:fs'
import { join } from 'node:path'

/** What a file may be found as at a start. `cut`: at any byte. `lent`: another process has it locked. */
export type Rest = 'missing' | 'empty' | 'garbage' | 'cut' | 'lent'

/**
 * What becomes of it: the record is not opened, with a fault that names the file; it is opened and recorded, and nothing is
 * sealed for a reason that is told; it is opened, and what was lost is made anew from the record, and told; it goes on, for all
 * that it said is known from elsewhere.
 */
export type Outcome =
  | { readonly kind: 'refused'; readonly code: string; readonly told: RegExp }
  | { readonly kind: 'unsealed'; readonly told: RegExp }
  | { readonly kind: 'begun anew' }
  | { readonly kind: 'goes on' }

/** What its writes meet under a server that runs. */
export const LIVE = {
  'a full disk': ['write,pwrite64', 'ENOSPC'],
  'a disk that is read-only by now': ['write,pwrite64', 'EROFS'],
  'EIO on write': ['write,pwrite64', 'EIO'],
  'a failed fsync': ['fsync,fdatasync', 'EIO'],
} as const
export type Live = keyof typeof LIVE

/** What a person or a client does that writes the file; what comes of it is told by `LiveCase`. */
export type Act = 'a key is made' | 'an exchange of a new session' | 'a hold is added'

/**
 * `refused`: who acted is told by this code, all else goes on, and the same works once it can. `waits`: nobody is told no, it is
 * done once it can; what waits is told on stderr where `told` says so. `ends`: the process ends at once, and a restart has everything.
 */
export type LiveOutcome =
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'waits'; readonly told?: RegExp }
  | { readonly kind: 'ends' }

export interface LiveCase {
  readonly name: string
  find(folder: string): string | undefined
  readonly act: Act
  readonly live: Record<Live, LiveOutcome>
}

export interface FileCase {
  readonly name: string
  /** Where it lies below the folder of `ground()`; undefined where it is not there. */
  find(folder: string): string | undefined
  readonly rest: Partial<Record<Rest, Outcome>>
}

const refused = (code: string, told: RegExp): Outcome => ({ kind: 'refused', code, told })
const unsealed = (told: RegExp): Outcome => ({ kind: 'unsealed', told })
const GOES_ON: Outcome = { kind: 'goes on' }
const BEGUN: Outcome = { kind: 'begun anew' }

const at = (path: string) => (folder: string) => join(folder, path)
/** The last one that a pattern finds. */
const last = (pattern: string) => (folder: string) => {
  const found = globSync(pattern, { cwd: folder }).sort().at(-1)
  return found === undefined ? undefined : join(folder, found)
}

const HEAD_GONE = refused('trail.broken', /head\.db is gone or empty, and the record has \d+ entries/)
const HEAD_HURT = refused('trail.broken', /head\.db: /)
const KEYS_GONE = refused(
  'trail.key',
  /keys\.db is gone or older than the record: key \d+ was given out, there is none/,
)
const KEYS_HURT = refused('trail.broken', /keys\.db: /)
const DAMAGED = unsealed(/log that seals the trail is damaged/)
const OTHERS = unsealed(/the first \d+ entries are not those that were sealed|is damaged/)
const FORGOT = refused('seal.key', /seal\.head, which tells what was signed last, is damaged/)

export const FILES: readonly FileCase[] = [
  {
    ...{ name: 'head.db', find: at('data/head.db') },
    rest: {
      ...{ missing: HEAD_GONE, empty: HEAD_GONE, garbage: HEAD_HURT, cut: HEAD_HURT },
      lent: refused('trail.locked', /head\.db/),
    },
  },
  {
    ...{ name: 'keys.db', find: at('data/keys.db') },
    rest: {
      ...{ missing: KEYS_GONE, empty: KEYS_GONE, garbage: KEYS_HURT, cut: KEYS_HURT },
      lent: refused('trail.locked', /keys\.db/),
    },
  },
  {
    ...{ name: 'the checkpoint', find: at('data/seal/checkpoint') },
    rest: {
      ...{
        missing: unsealed(/a log was begun, and its files are gone/),
        empty: DAMAGED,
        garbage: DAMAGED,
        cut: DAMAGED,
      },
    },
  },
  {
    ...{ name: 'the last leaves', find: last('data/seal/tile/entries/*.p/*') },
    rest: { missing: DAMAGED, empty: DAMAGED, garbage: DAMAGED, cut: DAMAGED },
  },
  {
    ...{ name: 'the last hashes', find: last('data/seal/tile/0/*.p/*') },
    rest: { missing: DAMAGED, empty: DAMAGED, garbage: OTHERS, cut: DAMAGED },
  },
  {
    // the signer has it
    ...{ name: 'the verifier key', find: at('data/seal/vkey') },
    rest: { missing: GOES_ON, empty: GOES_ON, garbage: GOES_ON, cut: GOES_ON },
  },
  {
    // without it, what is published counts
    ...{ name: 'what was signed last', find: last('keys/*/seal.head') },
    rest: { missing: GOES_ON, empty: FORGOT, garbage: FORGOT, cut: FORGOT },
  },
  {
    // a line that is cut is none: what it told of the record tells as well
    ...{ name: 'the journal', find: last('keys/*/journal.jsonl') },
    rest: { missing: BEGUN, empty: BEGUN, garbage: BEGUN, cut: GOES_ON },
  },
]

const ENDS: LiveOutcome = { kind: 'ends' }
const WAITS: LiveOutcome = { kind: 'waits' }
const UNSEALED: LiveOutcome = { kind: 'waits', told: /what is recorded is not sealed: / }
const NOT_NOTED: LiveOutcome = { kind: 'refused', code: 'trail.journal' }
const DATA = 'gatelog-data'
const KEYS = '.config/gatelog/keys/*'

/** Below the folder of a server that runs; a file that comes and goes is named beside one that is there. */
export const LIVE_FILES: readonly LiveCase[] = [
  {
    ...{ name: 'head.db', find: at(`${DATA}/head.db-wal`), act: 'a key is made' },
    live: {
      ...{ 'a full disk': { kind: 'refused', code: 'trail.unavailable' }, 'EIO on write': ENDS },
      ...{ 'a disk that is read-only by now': ENDS, 'a failed fsync': ENDS },
    },
  },
  {
    ...{ name: 'keys.db', find: at(`${DATA}/keys.db-wal`), act: 'an exchange of a new session' },
    live: {
      ...{ 'a full disk': WAITS, 'EIO on write': ENDS },
      ...{ 'a disk that is read-only by now': ENDS, 'a failed fsync': ENDS },
    },
  },
  {
    ...{ name: 'the checkpoint', find: at(`${DATA}/seal/checkpoint.new`), act: 'an exchange of a new session' },
    live: {
      ...{ 'a full disk': UNSEALED, 'EIO on write': ENDS },
      ...{ 'a disk that is read-only by now': UNSEALED, 'a failed fsync': ENDS },
    },
  },
  {
    name: 'what was signed last',
    find: (folder) => last(`${KEYS}/seal.head`)(folder)?.concat('.new'),
    act: 'an exchange of a new session',
    live: {
      ...{ 'a full disk': UNSEALED, 'EIO on write': UNSEALED },
      ...{ 'a disk that is read-only by now': UNSEALED, 'a failed fsync': UNSEALED },
    },
  },
  {
    ...{ name: 'the journal', find: last(`${KEYS}/journal.jsonl`), act: 'a hold is added' },
    live: {
      ...{ 'a full disk': NOT_NOTED, 'EIO on write': NOT_NOTED },
      ...{ 'a disk that is read-only by now': NOT_NOTED, 'a failed fsync': NOT_NOTED },
    },
  },
]

/** Holds each entry against its leaf, and says what became of it. Looks into the log for what is out of its place; writes nothing. */
import { blame, duplicates, gone } from './blame.ts'
import type { Fates } from './fates.ts'
import type { LogFiles } from './files.ts'
import type { Held } from './held.ts'
import { type Field, type Leaf, parseLeaf, sameButBody } from './leaf.ts'
import type { NotBack } from './not-back.ts'
import type { Alarm, Counts } from './report.ts'
import { destroyed, forged, misfiled, repeated, repeatedIn } from './said.ts'
import { isLocked, type Locked, Unread } from './unread.ts'

/** What an entry is judged by. */
export interface Judging {
  readonly fates: Fates
  /** The log. */
  readonly files: LogFiles
  /** As in `VerifyOptions`. */
  readonly missingKeys: boolean | undefined
  /** Told at once what is wrong with the log itself, and of entries once all are judged. */
  alarm(...alarms: readonly Alarm[]): void
}

export class Judge {
  readonly counts: Counts = { verified: 0, erased: 0, expired: 0, redacted: 0 }
  readonly #fates: Fates
  readonly #files: LogFiles
  readonly #missingKeys: boolean | undefined
  readonly #alarm: Judging['alarm']
  readonly #odd: Alarm[] = []
  /** Rows of an index that stand for no entry: told last, for that of the entry is told where it was taken out. */
  readonly #strange: Alarm[] = []
  /** Entries that are not as they were, and say that somebody was entitled to it. */
  readonly #claims: { readonly logged: Leaf; readonly held: Held }[] = []
  readonly #unread = new Unread()
  #places: Map<string, number> | undefined
  /** What the record was put back without. */
  notBack: NotBack | undefined

  constructor({ fates, files, missingKeys, alarm }: Judging) {
    this.#fates = fates
    this.#files = files
    this.#missingKeys = missingKeys
    this.#alarm = alarm
  }

  /** What could not be held against its leaf, for its key is not here. */
  get locked(): Locked | undefined {
    return this.#unread.locked
  }

  /** What the record holds in the places of these leaves, the first of which is that of entry `start` + 1. */
  compare(start: number, leaves: readonly Buffer[], held: readonly Held[]): void {
    const bySeq = new Map(held.map((one) => [one.seq, one]))
    const twice = repeatedIn(held)
    for (const { seq, strange } of held)
      if (strange !== undefined) this.#strange.push({ harm: seq < 1 ? 'added' : 'index changed', seq, told: strange })
    for (const [at, bytes] of leaves.entries()) {
      const seq = start + at + 1
      const text = bytes.toString()
      const one = bySeq.get(seq)
      if (twice.has(seq)) this.#odd.push(repeated(seq, text))
      else if (one?.leaf !== text) this.#differs(seq, text, one)
      else if (one.unproven) this.#odd.push(forged(seq, text))
      else {
        this.counts.verified += 1
        this.#fates.verified(seq)
        this.#indexed(one)
      }
    }
  }

  /** One that is not sealed yet says only whether it is of this record. */
  unsealed(held: Held): void {
    if (held.unproven) this.#odd.push(forged(held.seq, held.leaf))
    else this.#indexed(held)
  }

  /** Of an entry that is as it was: whether it is found by what it says. */
  #indexed(held: Held): void {
    if (held.misfiled !== undefined) this.#odd.push(misfiled(held.seq, held.misfiled, held.leaf))
    else if (held.lockedEdits !== undefined && held.locked === undefined) this.#unopened(held, held.lockedEdits)
  }

  /** What was derived of its reply, which has no body here or none that is locked too. */
  #unopened({ seq, leaf }: Held, key: string): void {
    if (this.#missingKeys) return
    const by = key || this.notBack?.by(seq)
    if (by === undefined) this.#odd.push(destroyed(seq, leaf))
    else this.#unread.lock('edits', by)
  }

  #differs(seq: number, text: string, held: Held | undefined): void {
    const logged = parseLeaf(text)
    if (!logged || logged.seq !== seq)
      this.#alarm({ harm: 'log changed', seq, told: 'its leaf is not that of this entry' })
    else if (!held || (held.lost !== undefined && !this.#unread.lost(logged, held))) this.#fates.missing(logged)
    else if (held.lost !== undefined) return
    else if (held.by ?? held.anew) this.#claims.push({ logged, held })
    else if (logged.kind === 'unproven' && (held.unproven || held.leaf !== undefined)) this.#unproven(held, logged)
    else this.#judge(logged, held)
  }

  /** When it was sealed it was none of this record's. A leaf with commitments is an earlier version's, for a line of who read. */
  #unproven({ seq, leaf }: Held, { fields: sealed }: Leaf): void {
    const { kind, fields = {} } = parseLeaf(leaf ?? '') ?? {}
    const made = Object.entries(sealed)
    if (made.some(([name, one]) => fields[name as Field] !== one))
      this.#odd.push({ harm: 'changed', seq, told: 'another line stands there than when it was sealed' })
    else if (made.length > 0 && (kind === 'read' || kind === 'searched'))
      this.counts.unproven = 1 + (this.counts.unproven ?? 0)
    else this.#odd.push(forged(seq, leaf))
  }

  /** What became of an entry that does not make its leaf; where it names one that says so, once all of them are known. */
  #judge(logged: Leaf, held: Held): void {
    const erased = held.fault === undefined && held.leaf === undefined && this.#fates.erased(logged, held.by ?? [])
    if (erased) {
      this.counts.erased += 1
      if (erased === 'by count') this.#countedAlone(1)
    } else if (this.#isRedacted(logged, held)) {
      if (held.unproven) this.#odd.push(forged(logged.seq, held.leaf))
      else this.#indexed(held)
    } else if (!this.#locked(logged, held)) this.#odd.push(this.#blame(logged, held))
  }

  /** Whether its body cannot be looked at, and that is no alarm. */
  #locked(logged: Leaf, held: Held): boolean {
    const by = held.locked || this.notBack?.by(held.seq)
    if (!isLocked(logged, held, this.#missingKeys === true || by !== undefined)) return false
    this.counts.locked = 1 + (this.counts.locked ?? 0)
    if (!this.#missingKeys && by !== undefined) this.#unread.lock('bodies', by)
    this.#indexed(held)
    return true
  }

  #countedAlone(entries: number): void {
    if (entries > 0) this.counts.counted = entries + (this.counts.counted ?? 0)
  }

  #blame(logged: Leaf, held: Held): Alarm {
    const alarm = blame(logged, held, (leaf) => this.#placeOf(leaf))
    const by = this.#fates.unsealed([...(held.by ?? []), ...(held.anew ?? []).map((one) => one.by)])
    return by === undefined ? alarm : { ...alarm, told: `${alarm.told}; it names entry ${by}, which is not sealed` }
  }

  /** Whether all but the body is as it was, and the body what the entries make it that say so; counts it, unless it is not proven. */
  #isRedacted(logged: Leaf, { leaf = '', unknown = [], anew = [], unproven }: Held): boolean {
    const now = unknown.join() === 'body' ? parseLeaf(leaf) : undefined
    if (!now || !sameButBody(logged, now)) return false
    const fate = this.#fates.redacted(logged, anew)
    if (fate !== false && !unproven) this.counts.redacted += 1
    if (fate === 'not provable' && !unproven) this.counts.unprovable = 1 + (this.counts.unprovable ?? 0)
    return fate !== false
  }

  #placeOf({ exchange, kind }: Leaf): number | undefined {
    this.#places ??= this.#index()
    return this.#places.get(`${kind} ${exchange}`)
  }

  /** Where each exchange's entries stand in the log; made only where something is wrong. */
  #index(): Map<string, number> {
    const places = new Map<string, number>()
    for (let at = 0; at < this.#files.size; at++) {
      const leaf = parseLeaf(this.#files.leaf(at).toString())
      if (leaf) places.set(`${leaf.kind} ${leaf.exchange}`, leaf.seq)
    }
    return places
  }

  /** Once all are held against their leaves, of which there are `size`. */
  settle(size: number): void {
    for (const { logged, held } of this.#claims) this.#judge(logged, held)
    const { expired, counted, vanished, missing } = this.#fates.settle()
    this.counts.expired += expired
    if (vanished > 0) this.counts.vanished = vanished
    this.#countedAlone(counted)
    const alarms = [
      ...duplicates(this.#odd),
      ...this.#unread.alarms(),
      ...gone(missing, size),
      ...this.#fates.excesses(),
    ]
    this.#alarm(...alarms.sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0)), ...this.#strange)
  }
}

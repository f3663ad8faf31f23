/** Holds a record against its log, leaf by leaf, and names what does not fit. Reads both through what it is given; writes nothing. */
import { Fault, faultOf } from '#exchange'
import type { ToldAnchor } from './anchored.ts'
import { beforesOf, furthestIn, missed } from './before.ts'
import { blame, duplicates, gone } from './blame.ts'
import type { Evidence, VerifyOptions } from './evidence.ts'
import { Fates } from './fates.ts'
import { type Head, headIn, LogFiles, parseHead, vkeyIn } from './files.ts'
import { Frontier, leafHash } from './hashes.ts'
import type { Held } from './held.ts'
import { type Field, isFirst, type Leaf, parseLeaf, sameLeaf } from './leaf.ts'
import { begunBy, lineage, type ToldFormer } from './lineage.ts'
import { isOfLost, lostBy } from './lost.ts'
import { isSignedBy, parseVerifier, printVerifier, type Verifier } from './note.ts'
import { type PutBack, putBackIn } from './put-back.ts'
import type { Alarm, Counts, Report } from './report.ts'
import { destroyed, forged, forgedDocument, heldWrong, misfiled, repeated, repeatedIn } from './said.ts'
import { TILE } from './tiles.ts'
import { Unread } from './unread.ts'

/** Alarms that are listed; all are counted. */
const MOST_TOLD = 100
/** So many entries are asked for ahead, that who reads the record and who hashes the log work at once. */
const AHEAD = 4

/** A bundle of leaves, or why it cannot be read, and what the record holds in their places. */
interface Asked {
  readonly leaves: readonly Buffer[] | Fault
  readonly held: Promise<readonly Held[]>
}

/** Never throws for what is wrong with the evidence: that is what it reports. */
export async function verify(evidence: Evidence, options: VerifyOptions = {}): Promise<Report> {
  return new Verification(evidence, options).run()
}

class Verification {
  readonly #evidence: Evidence
  readonly #o: VerifyOptions
  readonly #alarms: Alarm[] = []
  readonly #odd: Alarm[] = []
  /** Rows of an index that stand for no entry: told last, for that of the entry is told where it was taken out. */
  readonly #strange: Alarm[] = []
  /** Entries that are not as they were, and say that somebody was entitled to it. */
  readonly #claims: { readonly logged: Leaf; readonly held: Held }[] = []
  readonly #counts: Counts = { verified: 0, erased: 0, expired: 0, redacted: 0 }
  readonly #fates: Fates
  readonly #unread = new Unread()
  #files: LogFiles
  #found = 0
  #anchors: readonly ToldAnchor[] = []
  #formers: readonly ToldFormer[] = []
  #back: PutBack | undefined
  #places: Map<string, number> | undefined
  /** Entries that are not sealed yet and are of this record. */
  readonly #proven = new Set<number>()

  constructor(evidence: Evidence, options: VerifyOptions) {
    this.#evidence = evidence
    this.#o = options
    this.#fates = new Fates(evidence.notes)
    this.#files = new LogFiles(evidence.folder, 0)
  }

  #alarm(...alarms: readonly Alarm[]): void {
    this.#found += alarms.length
    this.#alarms.push(...alarms.slice(0, Math.max(0, MOST_TOLD - this.#alarms.length)))
  }

  async run(): Promise<Report> {
    const verifier = verifierOf(this.#o.vkey, this.#evidence.folder)
    const head = this.#head(verifier)
    if (head) {
      this.#files = new LogFiles(this.#evidence.folder, head.size)
      await this.#before(head, verifier)
      this.#provable(head)
      await this.#walk(head)
      await this.#tail(head.size + 1)
      this.#settle(head)
    }
    this.#acknowledged()
    this.#alarm(...this.#evidence.forgedDocuments.map(forgedDocument), ...heldWrong(this.#evidence.holds ?? []))
    return this.#report(head, verifier)
  }

  #head(verifier: Verifier | undefined): Head | undefined {
    try {
      const { folder, sealedOnce } = this.#evidence
      const { heads = [], known = [] } = this.#o
      const shown = this.#shown()
      if (shown === 'damaged') return furthestIn(folder, { shown: undefined, known, verifier })
      const head = !shown && sealedOnce > 0 ? undefined : furthestIn(folder, { shown, known, verifier })
      if (!head && sealedOnce > 0)
        this.#alarm({ harm: 'rolled back', told: 'the log is gone: entries were sealed before' })
      else if (!head) this.#alarm(...missed([...heads, ...known.filter((note) => !this.#isOfLost(note))]))
      else if (!verifier) this.#alarm({ harm: 'forged', told: 'there is no key to verify the checkpoint with' })
      else if (head.origin !== verifier.name || !isSignedBy(head.note, [verifier]))
        this.#alarm({ harm: 'forged', told: `the checkpoint is not signed by ${printVerifier(verifier)}` })
      return head
    } catch (error) {
      this.#alarm({ harm: 'log changed', told: faultOf(error).message })
      return undefined
    }
  }

  /** One that cannot be read is an alarm; what was signed last stands for it. */
  #shown(): Head | undefined | 'damaged' {
    try {
      return headIn(this.#evidence.folder)
    } catch (error) {
      this.#alarm({ harm: 'log changed', told: faultOf(error).message })
      return 'damaged'
    }
  }

  /** What entries tell of logs of which nothing is here. */
  get #lost() {
    return lostBy(begunBy(this.#evidence.notes).map(({ note }) => note))
  }

  #isOfLost(note: string): boolean {
    const head = parseHead(note)
    return head !== undefined && isOfLost(head, this.#lost)
  }

  /** Heads that others kept must be beginnings of this log. */
  async #before(head: Head, verifier: Verifier | undefined): Promise<void> {
    if (this.#evidence.sealedOnce > head.size)
      this.#alarm({
        harm: 'rolled back',
        told: `${this.#evidence.sealedOnce} entries were sealed, the log has ${head.size}`,
      })
    const { folder, anchors } = this.#evidence
    const { heads = [], known = [], outside = [], prove } = this.#o
    const { formers, told, alarms } = lineage(folder, head.size, begunBy(this.#evidence.notes))
    this.#alarm(...alarms)
    this.#formers = told
    const former = formers.map((one) => one.verifier)
    const shown = { folder, head, verifier, former, lost: this.#lost }
    const befores = await beforesOf(shown, { heads, known, anchors, outside, prove })
    this.#alarm(...befores.alarms)
    this.#anchors = befores.anchors
  }

  async #walk({ size, root }: Head): Promise<void> {
    const tree = new Frontier((height, hash) => this.#onWhole(tree.size, height, hash))
    const bundles = Math.ceil(size / TILE)
    const asked: Asked[] = []
    const ask = (index: number) => {
      if (index < bundles) asked[index] = this.#ask(index, size)
    }
    for (let index = 0; index < AHEAD; index++) ask(index)
    for (let index = 0; index < bundles; index++) {
      const { leaves, held } = asked[index]!
      if (leaves instanceof Fault)
        return this.#alarm({ harm: 'log changed', seq: index * TILE + 1, told: leaves.message })
      for (const leaf of leaves) tree.add(leafHash(leaf))
      this.#compare(index * TILE, leaves, await held)
      delete asked[index]
      ask(index + AHEAD)
      this.#o.progress?.(index * TILE + leaves.length, size)
    }
    if (!tree.root.equals(root) && !this.#alarms.some(({ harm }) => harm === 'log changed'))
      this.#alarm({ harm: 'forged', told: 'the checkpoint is not over the leaves that are here' })
  }

  /** The leaves say which version the record is to make of its entries. */
  #ask(index: number, size: number): Asked {
    const from = index * TILE + 1
    try {
      const leaves = this.#files.leaves(index)
      const first = leaves.flatMap((leaf, at) => (isFirst(leaf.subarray(-6).toString()) ? [from + at] : []))
      const held = this.#evidence.held(from, Math.min(TILE, size - index * TILE), first)
      held.catch(() => undefined)
      return { leaves, held }
    } catch (error) {
      return { leaves: faultOf(error), held: Promise.resolve([]) }
    }
  }

  /** Each hash of a tile must be what the leaves make it. */
  #onWhole(before: number, height: number, hash: Uint8Array): void {
    if (height % 8 !== 0) return
    const index = Math.floor(before / 2 ** height)
    try {
      if (Buffer.compare(this.#files.node(height, index), hash) === 0) return
      const seq = index * 2 ** height + 1
      const leaf = this.#leafAt(seq)
      const told =
        height === 0 ? 'its leaf is not the one that was sealed' : `the tile over ${2 ** height} leaves differs`
      this.#alarm({ harm: 'log changed', seq, ...(leaf?.exchange && { exchange: leaf.exchange }), told })
    } catch (error) {
      this.#alarm({ harm: 'log changed', seq: index * 2 ** height + 1, told: faultOf(error).message })
    }
  }

  #leafAt(seq: number): Leaf | undefined {
    return parseLeaf(this.#files.leaf(seq - 1).toString())
  }

  #compare(start: number, leaves: readonly Buffer[], held: readonly Held[]): void {
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
        this.#counts.verified += 1
        this.#fates.verified(seq)
        this.#indexed(one)
      }
    }
  }

  /** Of an entry that is as it was: whether it is found by what it says. */
  #indexed(held: Held): void {
    if (held.misfiled !== undefined) this.#odd.push(misfiled(held.seq, held.misfiled, held.leaf))
    else if (held.lockedEdits !== undefined && held.locked === undefined) this.#unopened(held, held.lockedEdits)
  }

  /** What was derived of its reply, which has no body here or none that is locked too. */
  #unopened({ seq, leaf }: Held, key: string): void {
    if (this.#o.missingKeys) return
    if (key === '') this.#odd.push(destroyed(seq, leaf))
    else this.#unread.lockEdits(key)
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
      this.#counts.unproven = 1 + (this.#counts.unproven ?? 0)
    else this.#odd.push(forged(seq, leaf))
  }

  /** Entries that are not sealed yet say only whether they are of this record. */
  async #tail(from: number): Promise<void> {
    const { last } = this.#evidence
    const proven: number[] = []
    for (let at = from; at <= last; at += TILE)
      for (const one of await this.#evidence.held(at, Math.min(TILE, last + 1 - at), [])) {
        if (one.unproven) this.#odd.push(forged(one.seq, one.leaf))
        else this.#indexed(one)
        if (!one.unproven && one.leaf !== undefined) proven.push(one.seq)
      }
    for (const seq of proven) this.#proven.add(seq)
    this.#back = putBackIn(this.#evidence, from - 1, proven)
    for (const seq of this.#back?.unsealed ?? []) this.#fates.verified(seq)
  }

  /** What became of an entry that does not make its leaf; where it names one that says so, once all of them are known. */
  #judge(logged: Leaf, held: Held): void {
    const erased = held.fault === undefined && held.leaf === undefined && this.#fates.erased(logged, held.by ?? [])
    if (erased) {
      this.#counts.erased += 1
      if (erased === 'by count') this.#countedAlone(1)
    } else if (this.#isRedacted(logged, held)) {
      if (held.unproven) this.#odd.push(forged(logged.seq, held.leaf))
      else this.#indexed(held)
    } else if (held.locked !== undefined && this.#isLocked(logged, held)) {
      this.#counts.locked = 1 + (this.#counts.locked ?? 0)
      if (!this.#o.missingKeys) this.#unread.lock(held.locked)
      this.#indexed(held)
    } else this.#odd.push(this.#blame(logged, held))
  }

  #countedAlone(entries: number): void {
    if (entries > 0) this.#counts.counted = entries + (this.#counts.counted ?? 0)
  }

  #blame(logged: Leaf, held: Held): Alarm {
    const alarm = blame(logged, held, (leaf) => this.#placeOf(leaf))
    const by = this.#fates.unsealed([...(held.by ?? []), ...(held.anew ?? []).map((one) => one.by)])
    return by === undefined ? alarm : { ...alarm, told: `${alarm.told}; it names entry ${by}, which is not sealed` }
  }

  /** Whether all but the body is as it was, and the body what the entries make it that say so; counts it, unless it is not proven. */
  #isRedacted(logged: Leaf, { leaf = '', unknown = [], anew = [], unproven }: Held): boolean {
    const now = unknown.join() === 'body' ? parseLeaf(leaf) : undefined
    const { body } = logged.fields
    if (!now || body === undefined || !sameLeaf(logged, { ...now, fields: { ...now.fields, body } })) return false
    const fate = this.#fates.redacted(logged, anew)
    if (fate !== false && !unproven) this.#counts.redacted += 1
    if (fate === 'not provable' && !unproven) this.#counts.unprovable = 1 + (this.#counts.unprovable ?? 0)
    return fate !== false
  }

  /** Whether all but its body is as it was, and for that a key is wanted that is not here; one that was destroyed only where that is passed over. */
  #isLocked(logged: Leaf, { leaf = '', locked }: Held): boolean {
    const now = this.#o.missingKeys || locked !== '' ? parseLeaf(leaf) : undefined
    const { body } = logged.fields
    return now !== undefined && body !== undefined && sameLeaf(logged, { ...now, fields: { ...now.fields, body } })
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

  #settle({ size }: Head): void {
    for (const { logged, held } of this.#claims) this.#judge(logged, held)
    const { expired, counted, vanished, missing } = this.#fates.settle()
    this.#counts.expired += expired
    if (vanished > 0) this.#counts.vanished = vanished
    this.#countedAlone(counted)
    const alarms = [
      ...duplicates(this.#odd),
      ...this.#unread.alarms(),
      ...gone(missing, size),
      ...this.#fates.excesses(),
    ]
    this.#alarm(...alarms.sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0)), ...this.#strange)
  }

  /** What was cut off before it was sealed is known outside alone. */
  #acknowledged(): void {
    for (const { from, to } of this.#evidence.gone ?? [])
      this.#alarm({
        harm: 'truncated',
        seq: from,
        told: `entries ${from} to ${to} were acknowledged, and are not in the record`,
      })
  }

  /** What entries of this record say of others that are gone. */
  get #vanished() {
    return this.#evidence.notes.flatMap(({ seq, note }) => {
      if (note.kind !== 'vanished' || !(this.#fates.counts(note.exchange) || this.#proven.has(seq))) return []
      return [{ from: note.from, to: note.to, by: seq }]
    })
  }

  /** Leaves of this version came with proofs: their key goes with the record’s other keys, and does not get lost alone. */
  #provable({ size }: Head): void {
    if (this.#evidence.proof !== 'none' || this.#o.missingKeys || size === 0) return
    try {
      if (isFirst(this.#files.leaf(size - 1).toString())) return
    } catch {
      return // what is wrong with the log is told when it is walked
    }
    this.#alarm({ harm: 'forged', told: 'the key that entries are proven with was taken out of keys.db' })
  }

  #report(head: Head | undefined, verifier: Verifier | undefined): Report {
    const sealed = head?.size ?? 0
    const { locked } = this.#unread
    const vanished = this.#vanished
    const { provenAfter = 0, last } = this.#evidence
    return {
      ok: this.#found === 0 && !locked,
      ...(locked && { locked }),
      ...(head && { origin: head.origin, root: head.root.toString('hex') }),
      ...(verifier && { vkey: printVerifier(verifier) }),
      ...(this.#formers.length > 0 && { former: this.#formers }),
      ...(this.#back && { putBack: this.#back }),
      ...(vanished.length > 0 && { vanished }),
      ownKey: this.#o.vkey === undefined,
      ...{ sealed, unsealed: Math.max(0, last - sealed) },
      ...(Number.isSafeInteger(provenAfter) && provenAfter > 0 && { unproven: provenAfter }),
      counts: this.#counts,
      ...{ alarms: this.#alarms, found: this.#found },
      anchors: this.#found === 0 ? this.#anchors : [],
    }
  }
}

function verifierOf(vkey: string | undefined, folder: string): Verifier | undefined {
  return parseVerifier(vkey ?? vkeyIn(folder) ?? '')
}

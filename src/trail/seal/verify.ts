/** Holds a record against its log, leaf by leaf, and names what does not fit. Reads both through what it is given; writes nothing. */
import { Fault, faultOf } from '#exchange'
import type { ToldAnchor } from './anchored.ts'
import { beforesOf } from './before.ts'
import { type Elsewhere, sealedElsewhere, sealedIn } from './elsewhere.ts'
import type { Evidence, VerifyOptions } from './evidence.ts'
import { Fates } from './fates.ts'
import { type Head, LogFiles, parseHead, vkeyIn } from './files.ts'
import type { Former } from './former.ts'
import { Frontier, leafHash } from './hashes.ts'
import type { Held } from './held.ts'
import { Judge } from './judge.ts'
import { isFirst, type Leaf, parseLeaf } from './leaf.ts'
import { begunBy, lineage, type ToldFormer } from './lineage.ts'
import { NotBack } from './not-back.ts'
import { parseVerifier, printVerifier, type Verifier } from './note.ts'
import { type PutBack, putBackIn } from './put-back.ts'
import type { Alarm, Report } from './report.ts'
import { forgedDocument, heldWrong } from './said.ts'
import { headShown, headsToldBy, lostToldBy } from './shown.ts'
import { TILE } from './tiles.ts'

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
  readonly #verifier: Verifier | undefined
  readonly #head: Head | undefined
  readonly #files: LogFiles
  readonly #fates: Fates
  readonly #judge: Judge
  #found = 0
  #anchors: readonly ToldAnchor[] = []
  #formers: readonly ToldFormer[] = []
  #elsewhere: readonly Elsewhere[] = []
  #back: PutBack | undefined
  /** Entries that are not sealed yet and are of this record. */
  readonly #proven = new Set<number>()

  constructor(evidence: Evidence, options: VerifyOptions) {
    const alarm = (...alarms: readonly Alarm[]) => this.#alarm(...alarms)
    const { folder, notes } = evidence
    this.#evidence = evidence
    this.#o = options
    this.#verifier = parseVerifier(options.vkey ?? vkeyIn(folder) ?? '')
    this.#head = headShown(evidence, options, this.#verifier, alarm)
    this.#files = new LogFiles(folder, this.#head?.size ?? 0)
    this.#fates = new Fates(notes)
    this.#judge = new Judge({ fates: this.#fates, files: this.#files, missingKeys: options.missingKeys, alarm })
  }

  #alarm(...alarms: readonly Alarm[]): void {
    this.#found += alarms.length
    this.#alarms.push(...alarms.slice(0, Math.max(0, MOST_TOLD - this.#alarms.length)))
  }

  async run(): Promise<Report> {
    const head = this.#head
    this.#lost([])
    if (head) {
      await this.#before(head)
      this.#provable(head)
      this.#judge.notBack = await NotBack.in(this.#evidence, this.#files)
      await this.#walk(head)
      await this.#tail(head.size + 1)
      this.#judge.settle(head.size)
    }
    this.#acknowledged()
    this.#alarm(...this.#evidence.forgedDocuments.map(forgedDocument), ...heldWrong(this.#evidence.holds ?? []))
    return this.#report()
  }

  /** What other heads sealed and is not here. */
  #lost(formers: readonly Former[]): void {
    const known = (this.#o.known ?? []).flatMap((note) => parseHead(note) ?? [])
    const begun = begunBy(this.#evidence.notes)
    this.#elsewhere = sealedElsewhere(known, formers, { head: this.#head, begun })
    this.#fates.elsewhere(this.#elsewhere)
  }

  /** Heads that others kept must be beginnings of this log. */
  async #before(head: Head): Promise<void> {
    if (this.#evidence.sealedOnce > head.size)
      this.#alarm({
        harm: 'rolled back',
        told: `${this.#evidence.sealedOnce} entries were sealed, the log has ${head.size}`,
      })
    const { folder, anchors, notes } = this.#evidence
    const { heads = [], known = [], outside = [], prove } = this.#o
    const { formers, told, alarms } = lineage(folder, head.size, begunBy(notes))
    this.#alarm(...alarms)
    this.#formers = told
    this.#lost(formers)
    const former = formers.map((one) => one.verifier)
    const entries = { lost: lostToldBy(notes), told: headsToldBy(notes) }
    const shown = { folder, head, verifier: this.#verifier, former, ended: formers, ...entries }
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
      this.#judge.compare(index * TILE, leaves, await held)
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

  /** Entries that are not sealed yet say only whether they are of this record. */
  async #tail(from: number): Promise<void> {
    const { last } = this.#evidence
    const proven: number[] = []
    for (let at = from; at <= last; at += TILE)
      for (const one of await this.#evidence.held(at, Math.min(TILE, last + 1 - at), [])) {
        this.#judge.unsealed(one)
        if (!one.unproven && one.leaf !== undefined) proven.push(one.seq)
      }
    for (const seq of proven) this.#proven.add(seq)
    this.#back = putBackIn(this.#evidence, from - 1, proven)
    for (const seq of this.#back?.unsealed ?? []) this.#fates.verified(seq)
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
      const sealed = sealedIn(this.#elsewhere, note)
      return [{ from: note.from, to: note.to, by: seq, ...(sealed !== undefined && { sealed }) }]
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

  #report(): Report {
    const [head, verifier] = [this.#head, this.#verifier]
    const sealed = head?.size ?? 0
    const { counts, locked } = this.#judge
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
      counts,
      ...{ alarms: this.#alarms, found: this.#found },
      anchors: this.#found === 0 ? this.#anchors : [],
    }
  }
}

/** Writes batches to day files and finds what to recover. Runs in the store's thread, one call at a time; no clock. */
import { Fault, faultOf } from '#exchange'
import { point } from '../../points.ts'
import { sha256 } from '../../seal/hashes.ts'
import type { Proofs } from '../../seal/proofs.ts'
import type { Begun } from '../../store.ts'
import type { Tokens } from '../../tokens.ts'
import type { Day } from './day.ts'
import { lineOfFault } from './faults.ts'
import { Flight } from './flight.ts'
import { Folder } from './folder.ts'
import { bury, shred } from './key-work.ts'
import type { Begin } from './keys.ts'
import { asked, hashOf, noPlace, pieceOf, sessionIn, storedOf, vanishedUpTo } from './lines.ts'
import { mayLook } from './missing.ts'
import { type Group, groupsOf } from './placing.ts'
import type { FaultLine, Line, LineOutcome, Outcome, Parcel, Sealing, UnfinishedRow } from './protocol.ts'
import { ProvenDocuments } from './proven-documents.ts'
import { Proving } from './proving.ts'
import { saidToBeSealed, sealedIn } from './sealing.ts'
import { openIn, unfinishedIn } from './unfinished.ts'
import { FolderUnsealed } from './unsealed.ts'
import { Upkeep } from './upkeep.ts'
import { Wanted } from './wanted.ts'

/** What an engine is opened with. */
export interface EngineOptions {
  readonly tokens: Tokens
  readonly wrapping: Begin
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** The record is only looked at: a day file that is damaged is passed over, and nothing is tidied. */
  readonly looking?: boolean
  readonly begun?: Begun | undefined
  readonly sealing?: Sealing | undefined
  /** It is of a version whose entries and documents proved nothing, as is known from elsewhere. */
  readonly ofBefore?: boolean | undefined
  /** So many entries were sealed at least, as is remembered outside. */
  readonly sealedOutside?: number | undefined
}

interface Halfway {
  readonly parcel: Parcel
  readonly groups: readonly Group[]
  readonly outcomes: LineOutcome[]
  /** How many groups. */
  readonly done: number
}

/** The open store. After a `trail.broken` it never writes again. */
export class Engine {
  readonly folder: Folder
  readonly unsealed: FolderUnsealed
  readonly proving: Proving
  readonly documents: ProvenDocuments
  readonly upkeep: Upkeep
  readonly flight = new Flight()
  /** By day file: the lowest and the highest seq of its entries. */
  readonly #ranges = new Map<string, { readonly first: number; last: number }>()
  #seq = 0
  #goesOn = false
  #flightId = 0
  #broken: Fault | undefined
  /** The record is only looked at. */
  readonly isLooking: boolean
  /** A commit that waits for keys: which groups of it are done. */
  #halfway: Halfway | undefined

  /** @throws trail.locked, trail.newer, trail.key, trail.unavailable, trail.broken */
  constructor(path: string, { tokens, wrapping, now, looking = false, ...known }: EngineOptions) {
    this.isLooking = looking
    if (looking) mayLook(path)
    this.folder = new Folder(path, tokens, now, looking)
    this.proving = new Proving(this.folder, { ...known, last: () => this.#seq, makes: !looking })
    this.documents = new ProvenDocuments(this.folder.head, this.proving)
    this.unsealed = new FolderUnsealed(this.folder, this, this.proving)
    this.upkeep = new Upkeep(this)
    try {
      this.folder.keys.begin(wrapping)
      if (!looking) this.folder.removeHalf()
      this.#recover(wrapping)
    } catch (error) {
      this.folder.close()
      throw error
    }
  }

  /** What broke the store, if so. */
  get broken(): Fault | undefined {
    return this.#broken
  }

  /** Remembers a fault that forbids every further write. */
  noticed(fault: Fault): void {
    if (fault.code === 'trail.broken') this.#broken ??= fault
  }

  /** @throws what broke the store */
  mayWrite(): void {
    if (this.#broken) throw this.#broken
  }

  #recover(wrapping: Begin): void {
    this.#seq = Math.max(this.folder.head.seq, sealedIn(this.folder))
    const rows: { id: number; name: string; exchanges: string[] }[] = []
    const free = this.folder.keys.lowestFree
    let given = 0
    for (const name of this.folder.names())
      this.passOver(() => {
        const day = this.folder.day(name)
        this.#seq = Math.max(this.#seq, day.seq)
        this.rangeOf(name)
        this.folder.keys.given(name, day.keys.givenFrom(free))
        given = Math.max(given, day.keys.highest)
        bury(this.folder, day)
        for (const { exchange, session } of openIn(day))
          this.flight.opened(exchange, { file: name, session: session ?? undefined })
        for (const { id, pieces } of day.flight.all())
          rows.push({ id, name, exchanges: pieces.map((one) => one.exchange) })
      })
    const entries = Math.max(this.#seq, saidToBeSealed(this.folder.path))
    if (entries > 0 && this.folder.head.isBare) throw headGone(entries)
    this.folder.keys.reached(given, wrapping)
    for (const { id, name, exchanges } of rows) {
      this.flight.placed(id, name, exchanges)
      this.#flightId = Math.max(this.#flightId, id)
    }
  }

  /** Reads a day file; of a record that is only looked at, one that is damaged is passed over. */
  passOver(read: () => void): void {
    try {
      read()
    } catch (error) {
      if (!this.isLooking || faultOf(error).code !== 'trail.broken') throw error
    }
  }

  /** The highest seq that was given out. */
  get seq(): number {
    return this.#seq
  }

  /** Numbers are given out behind this one from now on, and what has one may be sealed. */
  goOn(seq: number): void {
    this.#seq = seq
    this.#goesOn = true
  }

  /** The highest seq that may be sealed: 0 until it is known where the record ends. */
  get sealable(): number {
    return this.#goesOn ? this.#seq : 0
  }

  /** Every exchange that was asked and has no ending, with its bytes in flight in order. @throws Wanted, trail.key */
  unfinished(): UnfinishedRow[] {
    this.proving.proofs()
    return unfinishedIn(this.folder)
  }

  /**
   * One transaction for each day; all of a day's entries become durable or none.
   * @throws Wanted: the same parcel must then be given again, and goes on where it stopped
   */
  commit(parcel: Parcel): Outcome {
    const halfway = this.#halfway?.parcel === parcel ? this.#halfway : undefined
    const outcomes: LineOutcome[] = halfway?.outcomes ?? []
    const groups = halfway?.groups ?? groupsOf(this, parcel, outcomes)
    const done = halfway?.done ?? 0
    this.#halfway = undefined
    this.upkeep.wrote(parcel.bytes.byteLength)
    let piecesFault: FaultLine | undefined
    for (const [index, group] of groups.entries()) {
      if (index < done) continue
      const last = index === groups.length - 1
      try {
        this.#commitGroup(group, parcel, last, outcomes)
      } catch (error) {
        if (error instanceof Wanted) {
          this.#halfway = { parcel, groups, outcomes, done: index }
          throw error
        }
        const fault = faultOf(error)
        this.noticed(fault)
        for (const { at } of group.lines) outcomes[at] = lineOfFault(fault)
        if (last && parcel.pieces.length > 0) piecesFault = lineOfFault(fault)
      }
    }
    return { outcomes, ...(piecesFault && { piecesFault }) }
  }

  /** Takes bytes in flight that nobody needs any more out of a day file. @throws gateway.internal where one of these is open */
  settle(day: Day, exchanges: readonly string[]): void {
    if (exchanges.some((exchange) => this.flight.isOpen(exchange)))
      throw new Fault('gateway.internal', 'an open exchange is not erased')
    this.removeDead(day)
  }

  /** Removes day files for good, and first the keys of all that is in them; those that are not there count nothing. Bytes given back. */
  remove(names: readonly string[]): number {
    const there = this.folder.names().filter((name) => names.includes(name))
    if (there.some((name) => this.#isOpen(name)))
      throw new Fault('gateway.internal', 'a day with an open exchange is not removed')
    this.folder.head.seq = this.#seq
    return there.reduce((sum, name) => {
      shred(this.folder, name)
      point('purge.shredded')
      this.#ranges.delete(name)
      this.flight.removed(name)
      const bytes = this.folder.remove(name)
      point('purge.removed')
      return sum + bytes
    }, 0)
  }

  /** Whether an exchange of a file is open, or its file holds bytes in flight of one that is. */
  #isOpen(name: string): boolean {
    const day = this.folder.day(name)
    const rows = day.file.get<{ count: number }>('SELECT count(*) AS count FROM flight')?.count ?? 0
    return openIn(day).length > 0 || rows > this.flight.dead(name).length
  }

  #commitGroup({ name, lines }: Group, parcel: Parcel, withPieces: boolean, outcomes: LineOutcome[]): void {
    this.mayWrite()
    const proofs = this.proving.proofs()
    const day = this.folder.day(name)
    const written: { line: Line; at: number; seq: number; salt: Uint8Array; hash: string | undefined }[] = []
    const ended = new Set(lines.flatMap(({ line }) => (line.part === 'ending' ? line.exchange : [])))
    const begun = new Set(lines.flatMap(({ line }) => (asked(line) ? line.exchange : [])))
    const flying = ({ exchange }: { exchange: string }) =>
      (begun.has(exchange) || this.flight.isOpen(exchange)) && !ended.has(exchange)
    const pieces = withPieces ? parcel.pieces.filter(flying).map(pieceOf(parcel)) : []
    const id = this.#flightId + 1
    const sessions = new Map(lines.flatMap(({ line }) => (asked(line) ? [[line.exchange, sessionIn(line)]] : [])))
    const sessionOf = (exchange: string) =>
      sessions.has(exchange) ? sessions.get(exchange) : this.flight.homeOf(exchange)?.session
    point('commit.begun')
    day.transaction(() => {
      for (const { line: given, at } of lines) {
        const line = day.derive(given)
        const seq = Math.max(written.at(-1)?.seq ?? this.#seq, vanishedUpTo(line)) + 1
        const { wrote, salt, hash } = writeLine(day, parcel, line, seq, proofs)
        if (wrote === 'written') written.push({ line, at, seq, salt, hash })
        else if (wrote === 'whole') outcomes[at] = 'whole'
        else outcomes[at] = noPlace(line)
      }
      if (pieces.length > 0)
        day.flight.keep(
          id,
          pieces.map((piece) => ({ ...piece, session: sessionOf(piece.exchange) })),
        )
      this.#removeDead(day, name)
      point('commit.written')
    })
    point('commit.durable')
    this.flight.removed(name)
    for (const { line, at, seq, salt, hash } of written) {
      outcomes[at] = seq
      this.#settled(line, seq, name)
      const range = this.rangeOf(name)
      range.last = Math.max(range.last, seq)
      this.unsealed.wrote(name, line, { seq, salt, hash })
    }
    if (pieces.length === 0) return
    this.#flightId = id
    const exchanges = pieces.map(({ exchange }) => exchange)
    this.flight.placed(id, name, exchanges)
  }

  /** The seqs of a day file's entries, both 0 where it has none. */
  rangeOf(name: string): { readonly first: number; last: number } {
    const known = this.#ranges.get(name)
    if (known && known.first > 0) return known
    const day = this.folder.day(name)
    const range = { first: day.firstAbove(0), last: day.seq }
    this.#ranges.set(name, range)
    return range
  }

  #settled(line: Line, seq: number, name: string): void {
    this.goOn(Math.max(this.#seq, seq))
    if (asked(line)) this.flight.opened(line.exchange, { file: name, session: sessionIn(line) })
    if (line.part === 'ending') this.flight.ended(line.exchange)
  }

  /** The day files that hold bytes in flight which nobody needs any more. */
  get dead(): Iterable<string> {
    return this.flight.files
  }

  /** Takes them out of a day file. */
  removeDead(day: Day): void {
    const { name } = day.file
    day.transaction(() => this.#removeDead(day, name))
    this.flight.removed(name)
  }

  #removeDead(day: Day, name: string): void {
    for (const id of this.flight.dead(name)) day.file.run('DELETE FROM flight WHERE id = ?', id)
  }

  /** A store that broke is left as it is: closing it would write. */
  close(): void {
    this.upkeep.indexAll()
    if (this.#broken) return
    if (!this.isLooking) this.folder.head.seq = this.#seq
    this.folder.close()
  }
}

/** Writes a line, and its salt, which wants the hash of its body. */
function writeLine(day: Day, parcel: Parcel, line: Line, seq: number, proofs: Proofs) {
  const rooted = (hash: string | undefined) => proofs.root({ seq, json: line.json, body: bytesOf(hash) })
  const hash = hashOf(parcel, line)
  const unsure = line.body !== undefined && hash === undefined // it is put together first
  const salt = rooted(hash)
  const wrote = day.write(line, seq, storedOf(parcel, line), unsure ? null : salt)
  if (wrote !== 'written' || !unsure) return { wrote, salt, hash }
  const own = sha256(day.body(seq) ?? EMPTY).toString('hex')
  const ownSalt = rooted(own)
  day.salt(seq, ownSalt)
  return { wrote, salt: ownSalt, hash: own }
}

/** Nothing is written beside entries whose holds, keys and marks are not known any more. */
const headGone = (entries: number): Fault =>
  new Fault('trail.broken', `head.db is gone or empty, and the record has ${entries} entries`)

const EMPTY = new Uint8Array()
const bytesOf = (hash: string | undefined) => (hash === undefined ? undefined : Buffer.from(hash, 'hex'))

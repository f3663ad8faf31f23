/** Makes a log in its folder grow: tiles are durable before the head that covers them is shown. Never shrinks, never two heads. */
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault, faultOf } from '#exchange'
import { syncNames, type Written, writeDurably } from './durable.ts'
import { type Head, headIn, LogFiles, parseHead, vkeyIn } from './files.ts'
import { Frontier, leafHash, rangeHash } from './hashes.ts'
import { isSignedBy, parseVerifier, printCheckpoint, printNote, type Verifier } from './note.ts'
import type { Signer } from './signer.ts'
import { levelsOf, printBundle, TILE, type Tile, tilePath, widthOf } from './tiles.ts'

/** Where a process may die; tests make it die there. */
export type Point = 'added' | 'tiles' | 'signed' | 'written' | 'published' | 'tidied'

export interface LogOptions {
  readonly folder: string
  readonly origin: string
  readonly signer: Signer
  /** For tests: told when a point is reached. */
  readonly reached?: (point: Point) => void
}

/** The tile at the right end of one level. */
interface Growing {
  index: number
  hashes: Uint8Array[]
  dirty: boolean
}

/** A log that leaves are added to. `add` only remembers; `publish` makes durable and signs. */
export class LogWriter {
  readonly verifier: Verifier
  readonly #o: LogOptions
  readonly #tree: Frontier
  readonly #levels: Growing[] = []
  #bundle = { index: 0, leaves: [] as Uint8Array[] }
  #full: Written[] = []
  /** Partial tiles of the head before the one that is shown. */
  #partials: string[] = []
  #stale: string[] = []
  #head: Head | undefined

  private constructor(options: LogOptions, head: Head | undefined) {
    this.#o = options
    this.#head = head
    this.verifier = verifierFor(options)
    this.#tree = new Frontier((height, hash) => {
      if (height % 8 === 0) this.#grow(height / 8, hash)
    })
  }

  /** Opens the log that lies there, or begins one. @throws seal.key, seal.damaged, seal.behind */
  static async open(options: LogOptions): Promise<LogWriter> {
    const shown = headIn(options.folder)
    const printed = await options.signer.last?.()
    const last = printed === undefined ? undefined : parseHead(printed)
    const known = last?.origin === options.origin ? last : undefined
    const head = known && isAheadOf(known, shown) && isHere(options, known) ? known : shown
    if (known && head && head.origin !== known.origin) throw new Fault('seal.behind', elsewhere(known, head))
    const log = new LogWriter(options, head)
    if (head) log.#resume(head)
    if (head && head !== shown) await log.#show(head)
    if (known) log.#isBehind(known)
    if (vkeyIn(options.folder) !== options.signer.vkey) {
      const bytes = Buffer.from(`${options.signer.vkey}\n`)
      await writeDurably([{ path: join(options.folder, 'vkey'), bytes }])
    }
    return log
  }

  /** How many leaves there are, those that no head covers yet among them. */
  get size(): number {
    return this.#tree.size
  }

  /** The head that is shown. */
  get head(): Head | undefined {
    return this.#head
  }

  #resume(head: Head): void {
    if (head.origin !== this.#o.origin) throw new Fault('seal.key', `the log in the folder is ${head.origin}`)
    if (!isSignedBy(head.note, [this.verifier]))
      throw new Fault('seal.key', `${head.origin} was signed with another key`)
    const files = new LogFiles(this.#o.folder, head.size)
    for (const level of levelsOf(head.size).reverse()) this.#take(files, level, head.size)
    if (!this.#tree.root.equals(head.root)) throw new Fault('seal.damaged', 'the tiles are not those of the checkpoint')
  }

  /** Takes over the right end of one level; hashes of the lowest are made anew from the leaves. */
  #take(files: LogFiles, level: number, size: number): void {
    const count = Math.floor(size / TILE ** level)
    const index = Math.floor(count / TILE)
    const width = widthOf(level, index, size)
    this.#levels[level] = { index, hashes: [], dirty: false }
    if (level === 0) this.#bundle = { index, leaves: width ? [...files.leaves(index)] : [] }
    const hashes = level === 0 ? this.#bundle.leaves.map(leafHash) : width ? files.tile(level, index) : []
    for (const hash of hashes) this.#tree.add(hash, 8 * level)
    const growing = this.#levels[level]
    growing.dirty = false
    if (width)
      this.#partials.push(...(level === 0 ? [pathOf('entries', index, width)] : []), pathOf(level, index, width))
  }

  /** What was signed before, as far as is known outside, must be the beginning of what is here. */
  #isBehind(last: Head): void {
    const size = this.#head?.size ?? 0
    if (last.size > size) throw new Fault('seal.behind', `${last.size} entries were sealed, ${size} are here`)
    const root = rangeHash(new LogFiles(this.#o.folder, size).node, 0, last.size)
    if (!last.root.equals(root))
      throw new Fault('seal.behind', `the first ${last.size} entries are not those that were sealed`)
  }

  #grow(level: number, hash: Uint8Array): void {
    const growing = this.#levels[level] ?? { index: 0, hashes: [], dirty: false }
    this.#levels[level] = growing
    growing.hashes.push(hash)
    growing.dirty = true
    if (growing.hashes.length < TILE) return
    this.#full.push(this.#file(level, growing.index, growing.hashes))
    this.#levels[level] = { index: growing.index + 1, hashes: [], dirty: false }
  }

  #file(level: Tile['level'], index: number, items: readonly Uint8Array[]): Written {
    const bytes = level === 'entries' ? printBundle(items) : Buffer.concat(items)
    return { path: join(this.#o.folder, pathOf(level, index, items.length)), bytes }
  }

  /** Adds a leaf of at most 65,535 bytes. */
  add(leaf: Uint8Array): void {
    this.#bundle.leaves.push(leaf)
    if (this.#bundle.leaves.length === TILE) {
      this.#full.push(this.#file('entries', this.#bundle.index, this.#bundle.leaves))
      this.#bundle = { index: this.#bundle.index + 1, leaves: [] }
    }
    this.#tree.add(leafHash(leaf))
    this.#o.reached?.('added')
  }

  /**
   * Makes all leaves durable and shows a signed head over them; nothing where no leaf came. After a failure the log is not
   * to be used again: open it anew. @throws seal.key, seal.damaged, and what the file system says
   */
  async publish(): Promise<void> {
    const { size, root } = this.#tree
    if (size === (this.#head?.size ?? 0)) return
    this.#stillThere()
    const partials = this.#partialFiles()
    const filled = this.#full.map(({ path }) => path)
    await writeDurably([...this.#full, ...partials])
    this.#full = []
    this.#o.reached?.('tiles')
    const head = await this.#signed(printCheckpoint({ origin: this.#o.origin, size, root }))
    this.#o.reached?.('signed')
    await this.#show(head)
    this.#head = head
    await this.#tidy(filled)
    this.#o.reached?.('tidied')
  }

  /** Nobody else writes here: what was shown last is what lies there. */
  #stillThere(): void {
    if (this.#head && headIn(this.#o.folder)?.printed !== this.#head.printed)
      throw new Fault('seal.damaged', 'the checkpoint that was written last is gone, or another one')
  }

  #partialFiles(): Written[] {
    const files: Written[] = []
    for (const [level, growing] of this.#levels.entries()) {
      if (!growing.dirty) continue
      growing.dirty = false
      files.push(this.#file(level, growing.index, growing.hashes))
    }
    const { index, leaves } = this.#bundle
    if (leaves.length > 0) files.push(this.#file('entries', index, leaves))
    return files
  }

  async #signed(text: string): Promise<Head> {
    const { name, id } = this.verifier
    const bytes = await this.#o.signer.sign(Buffer.from(text))
    const head = parseHead(printNote({ text, signatures: [{ name, id, bytes }] }))
    if (!head || !isSignedBy(head.note, [this.verifier]))
      throw new Fault('seal.key', 'a signature does not fit the key')
    return head
  }

  async #show({ printed }: Head): Promise<void> {
    const { folder } = this.#o
    const waiting = join(folder, 'checkpoint.new')
    await writeDurably([{ path: waiting, bytes: Buffer.from(printed) }])
    this.#o.reached?.('written')
    await rename(waiting, join(folder, 'checkpoint'))
    await syncNames(folder)
    this.#o.reached?.('published')
  }

  /** Removes the partial tiles of the head before the one that is shown: who reads now finds a newer one. Not to be used after. */
  async close(): Promise<void> {
    const stale = this.#stale.filter((path) => !this.#partials.includes(path))
    await Promise.all(stale.map((path) => rm(join(this.#o.folder, path), { force: true })))
  }

  /** Partial tiles that this head does not need are removed, those of the head before it left for whoever reads just now. */
  async #tidy(filled: readonly string[]): Promise<void> {
    const now = [...this.#levels.entries()].flatMap(([level, { index, hashes }]) =>
      hashes.length ? [pathOf(level, index, hashes.length)] : [],
    )
    const { index, leaves } = this.#bundle
    if (leaves.length) now.push(pathOf('entries', index, leaves.length))
    const stale = this.#stale.filter((path) => !now.includes(path))
    this.#stale = this.#partials
    this.#partials = now
    await Promise.all([
      ...stale.map((path) => rm(join(this.#o.folder, path), { force: true })),
      ...filled.map((path) => rm(`${path}.p`, { recursive: true, force: true })),
    ])
  }
}

const pathOf = (level: Tile['level'], index: number, width: number): string => tilePath({ level, index, width })

/** The log that goes on is another one: the folder is of before that. */
const elsewhere = (known: Head, head: Head): string =>
  `${known.size} entries were sealed in ${known.origin}, the log in the folder is ${head.origin} over ${head.size}`

const isAheadOf = (last: Head, shown: Head | undefined): boolean => last.size > (shown?.size ?? 0)

/** Whether a head that was signed and never shown, since the process died, is over tiles that are all here. */
function isHere({ folder, signer }: LogOptions, { note, size, root }: Head): boolean {
  const verifier = parseVerifier(signer.vkey)
  if (!verifier || !isSignedBy(note, [verifier])) return false
  try {
    return root.equals(rangeHash(new LogFiles(folder, size).node, 0, size))
  } catch (error) {
    if (faultOf(error).code === 'seal.damaged') return false
    throw error
  }
}

function verifierFor({ origin, signer }: LogOptions): Verifier {
  const verifier = parseVerifier(signer.vkey)
  if (!verifier) throw new Fault('seal.key', 'the verifier key cannot be read')
  if (verifier.name !== origin) throw new Fault('seal.key', `the key is that of ${verifier.name}, the origin ${origin}`)
  return verifier
}

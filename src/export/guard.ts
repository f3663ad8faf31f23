/**
 * Keeps the log from being signed behind or beside what the outside has already seen: a record that was put back from an old
 * copy. Asks the anchors at a start and from time to time, off the path of every request; signs nothing itself.
 */
import { Fault, faultOf } from '#exchange'
import { headIn, isSignedBy, LogFiles, parseCheckpoint, parseNote, parseVerifier, rangeHash, type Signer } from '#trail'

/** What anchors told of the log. */
export interface Known {
  /** The newest heads that they have, by anchor. */
  readonly heads: readonly { readonly name: string; readonly note: string }[]
  /** Who answered, with a head or with none. */
  readonly told: readonly string[]
  /** Who could tell and did not. */
  readonly silent: readonly string[]
}

export interface GuardOptions {
  /** The log's folder. */
  readonly folder: string
  /** Asks all anchors; resolves in bounded time. */
  known(): Promise<Known>
  /** So long nothing is signed while anchors can tell and none does, ms. */
  readonly graceMs: number
  /** ms, never set back. */
  clock(): number
  tell(line: string): void
  /** So long one signature waits for an answer, ms, before the sealer is told to try again. */
  readonly waitMs?: number
  /** Told once, where a signature is wanted and no anchor has answered. */
  waits?(): void
}

interface Head {
  readonly name: string
  readonly size: number
  readonly root: Uint8Array
}

export const WAIT_MS = 5000
/** After this, ms, they are asked again: where some did not answer, and where all did. */
const SILENT_MS = 10_000
const AGAIN_MS = 600_000

export interface Guarded extends Signer {
  /** Asks the anchors where it is time to, and compares what is here. Never rejects. */
  look(): Promise<void>
}

/** The same signer, which refuses once an anchor shows a head of this very log that the record does not go on from. */
export function guarded(signer: Signer, options: GuardOptions): Guarded {
  const guard = new Guard(signer.vkey, options)
  return {
    ...signer,
    look: () => guard.look(),
    async sign(text, told) {
      await guard.allow(parseCheckpoint(Buffer.from(text).toString())?.size ?? 0)
      return signer.sign(text, told)
    },
  }
}

class Guard {
  readonly #o: GuardOptions
  readonly #verifier: ReturnType<typeof parseVerifier>
  readonly #since: number
  #behind: Fault | undefined
  #asking: Promise<void> | undefined
  #due = 0
  /** Heads that nothing was held against yet. */
  #heads: readonly Head[] = []
  /** Whether one anchor answered, or there is none that could; and who is silent. */
  #answered = false
  #silent: readonly string[] = []
  #late = false
  #waits = false

  constructor(vkey: string, options: GuardOptions) {
    this.#o = options
    this.#verifier = parseVerifier(vkey)
    this.#since = options.clock()
  }

  async look(): Promise<void> {
    const asked = this.#ask()
    const size = await asked.then(() => headIn(this.#o.folder)?.size).catch(faultOf)
    if (typeof size !== 'number' || this.#behind) return
    try {
      this.#check(size)
    } catch (error) {
      if (faultOf(error) !== this.#behind) this.#due = 0
    }
  }

  /** Whether a head of so many entries may be signed. @throws seal.behind, seal.waiting, seal.damaged */
  async allow(size: number): Promise<void> {
    if (this.#behind) throw this.#behind
    const asked = this.#ask()
    if (!this.#answered && !this.#late) {
      if (!this.#waits) this.#o.waits?.()
      this.#waits = true
      await within(asked, this.#o.waitMs ?? WAIT_MS)
    }
    this.#check(size)
    if (this.#answered || this.#late) return
    const { clock, graceMs, tell } = this.#o
    if (clock() - this.#since < graceMs) throw new Fault('seal.waiting', this.#silent.join(', ') || undefined)
    this.#late = true
    tell(
      `no anchor told what it has seen of the log (${this.#silent.join(', ')}): it is sealed without that from now on`,
    )
  }

  /** What is asked already is waited for; never rejects. */
  #ask(): Promise<void> {
    if (this.#asking) return this.#asking
    if (this.#o.clock() < this.#due) return Promise.resolve()
    this.#asking = this.#o.known().then((known) => this.#take(known))
    return this.#asking.finally(() => {
      this.#asking = undefined
    })
  }

  #take({ heads, told, silent }: Known): void {
    this.#heads = heads.flatMap(({ name, note }) => this.#ownHead(name, note))
    this.#silent = silent
    this.#answered ||= told.length > 0 || silent.length === 0
    this.#due = this.#o.clock() + (silent.length > 0 ? SILENT_MS : AGAIN_MS)
  }

  /** What somebody else signed, or is of another log, counts for nothing. */
  #ownHead(name: string, note: string): Head[] {
    const parsed = parseNote(note)
    const head = parsed && parseCheckpoint(parsed.text)
    const verifier = this.#verifier
    const isOwn = parsed && verifier && isSignedBy(parsed, [verifier]) && head?.origin === verifier.name
    return isOwn && head ? [{ name, size: head.size, root: head.root }] : []
  }

  /** @throws seal.behind, seal.damaged */
  #check(size: number): void {
    const { folder, tell } = this.#o
    for (const head of this.#heads) {
      const why =
        head.size > size
          ? `${head.name} has seen ${head.size} entries, here are ${size}`
          : Buffer.compare(rangeHash(new LogFiles(folder, size).node, 0, head.size), head.root) !== 0
            ? `the first ${head.size} entries are not those that ${head.name} has seen`
            : undefined
      if (why === undefined) continue
      this.#behind = new Fault('seal.behind', why)
      tell(`nothing is sealed: ${this.#behind.message}. ${this.#behind.remedy}`)
      throw this.#behind
    }
    this.#heads = []
  }
}

/** Waits for it, but not longer. */
async function within(work: Promise<void>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([work, promise])
  clearTimeout(timer)
}

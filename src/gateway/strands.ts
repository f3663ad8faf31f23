/** The bodies that each caller sent of late, so that what the next one repeats need not be read again. In memory, bounded. */
import type { Like, ProtocolName } from '#exchange'
import type { Engine } from '#masking'
import { type Likeness, likeness } from '#trail'
import { arraysOf } from '#wire'
import { Recent } from './recent.ts'

/** An array at the top of a body: where its elements stand, in bytes, and what they are. */
interface KnownArray {
  readonly key: string
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  readonly values: readonly unknown[]
}

/** One body that is on the record. `arrays` are of a body in which no rule found anything: else it is told no more of. */
export interface Strand {
  readonly exchange: string
  readonly session: string | undefined
  /** Whether the record holds other bytes than these of it, or none, so that no later body is like it. */
  readonly unrecorded?: boolean
  readonly engine: Engine
  readonly protocol: ProtocolName
  /** Decoded, as it is recorded: as it came where it is clean. */
  readonly bytes: Buffer
  readonly arrays: readonly KnownArray[]
  /** Where `bytes` begin, with room for more. */
  readonly memory?: Buffer
}

/** A stretch of a body that stands for elements known from a strand, from byte to byte, end exclusive. */
export interface Cut {
  readonly from: number
  readonly to: number
  readonly key: string
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  readonly values: readonly unknown[]
}

/** A shorter body is read as fast as it is compared, a longer one is not kept. */
const SHORTEST = 4096
const LONGEST = 8 * 2 ** 20
/** How many lines of prompts one caller may grow at a time: sub-agents share a session. */
const MOST_STRANDS = 8
const MOST_BYTES = 64 * 2 ** 20
const KEPT_MS = 60 * 60_000
/** Memory of a strand for each byte of it, so that it can grow. */
const ROOM = 1.25
/** Fewer bytes in common are not worth a word. */
const WORTH = 1024

/** A strand with what a body shares with it. */
export interface Shared extends Likeness {
  readonly strand: Strand
}

/** Whether a body is worth remembering. */
export const isKept = ({ length }: Buffer): boolean => length >= SHORTEST && length <= LONGEST

/** The strand that shares most with a body, and how much. */
function closest(strands: readonly Strand[], body: Buffer): Shared | undefined {
  let best: Shared | undefined
  for (const strand of strands) {
    const shared = likeness(strand.bytes, body)
    const sum = shared.prefix + shared.suffix
    if (sum >= WORTH && sum > (best ? best.prefix + best.suffix : 0)) best = { strand, ...shared }
  }
  return best
}

/** The strands of all callers. A caller is named by actor, connection, protocol and what its client calls its session. */
export class Strands {
  readonly #callers = new Recent<readonly Strand[]>(MOST_BYTES, KEPT_MS)

  clear(): void {
    this.#callers.clear()
  }

  /** What a body shares with one that was read under the same rules; undefined where that is little. */
  read(caller: string, bytes: Buffer, engine: Engine, now: number): Shared | undefined {
    if (bytes.length < SHORTEST) return undefined
    const known = (this.#callers.get(caller, now) ?? []).filter((strand) => strand.engine === engine)
    return closest(known, bytes)
  }

  /** Which body of the same session a masked one is like. */
  like(caller: string, session: string | undefined, record: Buffer, now: number): Like | undefined {
    if (session === undefined || record.length < SHORTEST) return undefined
    const known = (this.#callers.get(caller, now) ?? []).filter(
      (strand) => !strand.unrecorded && strand.session === session,
    )
    const best = closest(known, record)
    return best && { exchange: best.strand.exchange, prefix: best.prefix, suffix: best.suffix }
  }

  /** Remembers a body that is on the record; it takes the place of the one that it grew from, and its memory. */
  learn(caller: string, strand: Strand, from: Shared | undefined, now: number): void {
    if (!isKept(strand.bytes)) return
    const known = this.#callers.get(caller, now) ?? []
    const kept = copied(strand, from && known.includes(from.strand) ? from : undefined)
    const strands = [kept, ...known.filter((other) => other !== from?.strand)].slice(0, MOST_STRANDS)
    const weight = strands.reduce((sum, { bytes }) => sum + 4 * bytes.length, 0)
    this.#callers.set(caller, strands, now, weight)
  }
}

/**
 * A strand in memory of its own, which it takes over from the one that it grew from: a body that stayed until the next
 * one comes would outlive the young generation, and the collector would have to look for it each time.
 */
function copied(strand: Strand, from: Shared | undefined): Strand {
  const { bytes } = strand
  const there = from?.strand.memory
  const memory = there && there.length >= bytes.length ? there : Buffer.allocUnsafeSlow(Math.ceil(bytes.length * ROOM))
  const same = memory === there ? (from?.prefix ?? 0) : 0
  bytes.copy(memory, same, same)
  return { ...strand, memory, bytes: memory.subarray(0, bytes.length) }
}

/** The arrays of a body that was parsed as `document`. */
export function knownArrays(bytes: Buffer, document: unknown): KnownArray[] {
  return arraysOf(bytes.toString('latin1')).flatMap(({ key, starts, ends }) => {
    const values = elementsOf(document, key)
    return values && values.length === starts.length ? [{ key, starts, ends, values }] : []
  })
}

/** The array under one key of a parsed document. */
export function elementsOf(document: unknown, key: string): readonly unknown[] | undefined {
  if (typeof document !== 'object' || document === null || !Object.hasOwn(document, key)) return undefined
  const value: unknown = (document as Readonly<Record<string, unknown>>)[key]
  return Array.isArray(value) ? value : undefined
}

/** The stretches of a body whose elements are those of the strand, in order, each worth its cut. */
export function cutsIn(bytes: Buffer, { strand, prefix, suffix }: Shared): Cut[] {
  const cuts: Cut[] = []
  const moved = bytes.length - strand.bytes.length
  for (const { key, starts, ends, values } of strand.arrays) {
    const [first = 0, count] = [starts[0], ends.findLastIndex((end) => end <= prefix) + 1]
    const late = first >= strand.bytes.length - suffix
    const [by, taken] = late ? [moved, ends.length] : [0, count]
    const end = (ends[taken - 1] ?? 0) + by
    if (end - first - by < WORTH || !SELF_DELIMITED.has(bytes[end - 1] ?? 0)) continue
    const move = (at: number) => at + by
    const known = { starts: starts.slice(0, taken).map(move), ends: ends.slice(0, taken).map(move) }
    cuts.push({ from: first + by, to: end, key, ...known, values: values.slice(0, taken) })
  }
  return cuts.sort((a, b) => a.from - b.from)
}

/** A value that ends with one of these cannot go on: `}`, `]`, `"`. A number could. */
const SELF_DELIMITED = new Set([0x7d, 0x5d, 0x22])

/**
 * Where it is remembered which heads were signed for a record: one of each log. What lies in the data folder, where others may write,
 * counts for no more than that nothing is signed. Signs nothing.
 */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault } from '#exchange'
import {
  canRemember,
  type Head,
  keyOf,
  MOST_REMEMBERED,
  parseRemembered,
  printRemembered,
  type Remembered,
  syncNames,
  writeDurably,
} from '#trail'
import { headBeside, isOutside, othersBeside, sharedHead } from '../seal-key.ts'

/** Where a notary finds what was signed before. */
export interface Memories {
  readonly data: string
  /** Files in which it may keep what it signed last, the best one first; none of them need be there. */
  readonly kept: readonly string[]
  /** The seal key's file, where it lies outside: other records may have it too. */
  readonly key?: string | undefined
  /** The record's own id. */
  readonly record: string
}

/** What is remembered of a record's logs, beside the one `own` (name and id of the key). */
export interface Known {
  /** Of `own`, from wherever. */
  readonly own: readonly Head[]
  readonly others: readonly Head[]
  /** All of them, that which goes on first. */
  readonly notes: readonly string[]
  /** Another log went on from it. */
  readonly isEnded: boolean
  /** It is what goes on, or nothing is remembered at all. */
  readonly goesOn: boolean
}

interface Kept extends Remembered {
  readonly path: string
  /** Of its record it is the one that goes on. */
  readonly isFirst: boolean
}

export class Memory {
  readonly #o: Memories
  readonly #own: string
  readonly #path: string | undefined

  constructor(memories: Memories, own: string) {
    this.#o = memories
    this.#own = own
    this.#path = memories.kept.find(canKeep)
  }

  /** @throws seal.key where a memory is there and cannot be read, or is damaged */
  known(): Known {
    const { data, record } = this.#o
    const isOwn = ({ head }: Kept) => keyOf(head) === this.#own
    const all = [...this.#o.kept.flatMap((path) => this.#in(path)), ...this.#besideKey().filter(isOwn)]
    const ours = all.filter((kept) => isOwn(kept) || kept.record === record)
    const outside = ours.filter(({ path }) => isOutside(path, data))
    const counting = outside.length > 0 ? outside : ours
    const told = counting.filter((kept) => kept.record === record)
    const own = told.length > 0 ? told : counting // an earlier version did not say of which record it is
    return {
      own: ours.filter(isOwn).map(({ head }) => head),
      others: ours.filter((kept) => !isOwn(kept)).map(({ head }) => head),
      notes: [
        ...new Set([...ours].sort((a, b) => Number(b.isFirst) - Number(a.isFirst)).map(({ head }) => head.printed)),
      ],
      isEnded: ours.some((kept) => isOwn(kept) && !kept.isFirst),
      goesOn: ours.length === 0 || own.some((kept) => isOwn(kept) && kept.isFirst),
    }
  }

  /** These files are of this record alone, so a head that bears no id is of it too. */
  #in(path: string): Kept[] {
    return keptIn(path, remembered(path), this.#o.record)
  }

  /**
   * What else lies beside the key: what an earlier version left there, where this record has no file yet, and what other records
   * signed. Of theirs one that is damaged is theirs to tell, and does not stop this one.
   */
  #besideKey(): Kept[] {
    const { key, record } = this.#o
    if (key === undefined) return []
    const shared = sharedHead(key)
    const left = existsSync(headBeside(key, record)) ? [] : keptIn(shared, remembered(shared))
    const others = othersBeside(key, record).flatMap((other) => keptIn(other.path, ofOther(other.path), other.record))
    return [...left.filter((each) => each.record === undefined || each.record === record), ...others]
  }

  /**
   * Keeps a head of `own` as the one that goes on, and with it the others of this record; `ends`: logs that end now. The file before
   * or this one is there, whenever the process dies; none where there is no place. @throws seal.key
   */
  async keep(head: Head, ends: readonly Head[]): Promise<void> {
    const path = this.#path
    if (path === undefined) return
    const { record, kept, data } = this.#o
    const trusted = isOutside(path, data) ? kept.filter((each) => isOutside(each, data)) : kept
    const there = trusted.flatMap((each) => this.#in(each))
    const others = furthestOf([
      ...there.flatMap((each) => (each.record === record ? each.head : [])),
      ...ends.filter(canRemember),
    ]).filter((each) => keyOf(each) !== this.#own)
    const strangers = there.filter(
      (each) => each.path === path && each.record !== record && keyOf(each.head) !== this.#own,
    )
    const all = [...[head, ...others].map((each) => ({ record, head: each })), ...strangers]
    if (all.length > MOST_REMEMBERED) throw new Fault('seal.key', `${path} tells of ${MOST_REMEMBERED} logs already`)
    await write(path, printRemembered(all))
  }
}

/** `owner`: the record that those are of which say none. */
function keptIn(path: string, all: readonly Remembered[], owner?: string): Kept[] {
  const first = new Set<string>()
  return all.map(({ record = owner, head }) => {
    const isFirst = !first.has(`${record}`)
    first.add(`${record}`)
    return { path, head, isFirst, ...(record !== undefined && { record }) }
  })
}

/** Of each log the largest. */
function furthestOf(heads: readonly Head[]): Head[] {
  const all = new Map<string | undefined, Head>()
  for (const head of heads) if (head.size >= (all.get(keyOf(head))?.size ?? 0)) all.set(keyOf(head), head)
  return [...all.values()]
}

/** A memory that is there and cannot be read, or is damaged, is none to go on without. */
function remembered(path: string): Remembered[] {
  const text = read(path)
  const all = text === undefined ? [] : parseRemembered(text)
  if (all) return all
  const told = `${path}, which tells what was signed last, is damaged: hold the record against a checkpoint that was kept, then move it away`
  throw new Fault('seal.key', told)
}

function ofOther(path: string): Remembered[] {
  try {
    return parseRemembered(readFileSync(path, 'utf8')) ?? []
  } catch {
    return [] // whoever runs the other record may be another user
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new Fault('seal.key', `${path}, which tells what was signed last, cannot be read (${code})`, { cause })
  }
}

function canKeep(path: string): boolean {
  try {
    accessSync(dirname(path), constants.W_OK)
    return true
  } catch {
    return false // a key folder that may only be read: the next place is taken
  }
}

async function write(path: string, text: string): Promise<void> {
  const half = `${path}.new`
  try {
    await writeDurably([{ path: half, bytes: Buffer.from(text) }])
    await rename(half, path)
    await syncNames(dirname(path))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new Fault('seal.key', `${path}, which is to tell what was signed last, cannot be written (${code})`, {
      cause,
    })
  }
}

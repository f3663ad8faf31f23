/**
 * What a disk may hold when the power fails, from what strace saw a process do: all that was synced, and of the rest any
 * part. Names are durable once their folder is synced, and change in order; writes that were not synced may be lost, torn at
 * 512 bytes, or there, each by itself. Stricter than any file system in use.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** One call that strace saw, its strings resolved. */
interface Call {
  readonly name: string
  readonly args: string
  readonly result: number
}

/** What strace is to be told to trace, with `-f -y -xx -s 4194304`. */
export const TRACED =
  'openat,pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,rmdir'

const SECTOR = 512
const HEX = /\\x([0-9a-f]{2})/g

/** The calls of a trace in the order in which they returned. */
export function* callsIn(trace: string): Generator<Call> {
  const begun = new Map<string, string>()
  for (const line of trace.split('\n')) {
    const [, pid = '', said = ''] = /^(\d+)\s+(.*)$/s.exec(line) ?? []
    if (said.endsWith('<unfinished ...>')) begun.set(pid, said.slice(0, -'<unfinished ...>'.length))
    else {
      const [, rest] = /^<\.\.\. \w+ resumed>(.*)$/s.exec(said) ?? []
      const whole = rest === undefined ? said : `${(begun.get(pid) ?? '').trimEnd()}${rest}`
      const open = whole.indexOf('(')
      const close = whole.lastIndexOf(') ')
      const result = /= (-?\d+)/.exec(whole.slice(close))?.[1]
      if (open > 0 && close > open && result !== undefined)
        yield { name: whole.slice(0, open), args: whole.slice(open + 1, close), result: Number(result) }
    }
  }
}

const bytesOf = (quoted: string): Buffer =>
  Buffer.from(quoted.replace(HEX, '$1').replace(/^"|"(?:\.\.\.)?$/g, ''), 'hex')
const textOf = (escaped: string): string =>
  escaped.replace(HEX, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
/** The path that `-y` gives of a descriptor: `5</a/b>`. */
const pathOf = (descriptor: string): string => textOf(/<(.*)>/s.exec(descriptor)?.[1] ?? '')
const quoted = (args: string): string[] =>
  [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, text = '']) => textOf(text))

type Change = { readonly at: number; readonly bytes: Buffer } | { readonly size: number }

/** A file's content: what is durable, and what was done to it since. */
class Content {
  durable: Buffer = Buffer.alloc(0)
  pending: Change[] = []

  with(changes: readonly Change[]): Buffer {
    let bytes = this.durable
    for (const change of changes) bytes = changed(bytes, change)
    return bytes
  }

  sync(): void {
    this.durable = this.with(this.pending)
    this.pending = []
  }
}

function changed(bytes: Buffer, change: Change): Buffer {
  if ('size' in change) return Buffer.concat([bytes.subarray(0, change.size)], change.size)
  const out = Buffer.alloc(Math.max(bytes.length, change.at + change.bytes.length))
  bytes.copy(out)
  change.bytes.copy(out, change.at)
  return out
}

/** A name that appears, or goes (`undefined`), in its folder. */
type Naming = readonly [path: string, to: Content | 'folder' | undefined]

/** How much of what was not synced is there: none, all, or some by a random choice from 0 to 1. */
export type Rest = 'none' | 'all' | (() => number)

/** A disk as a process sees it, and as it may be found after the power failed. Only what lies below `root` counts. */
export class Disk {
  readonly #root: string
  readonly #names = new Map<string, Content | 'folder'>()
  readonly #durable = new Map<string, Content | 'folder'>()
  readonly #namings = new Map<string, Naming[]>()

  constructor(root: string) {
    this.#root = root
    this.#names.set(root, 'folder')
    this.#durable.set(root, 'folder')
  }

  #name(path: string, to: Content | 'folder' | undefined): void {
    if (to) this.#names.set(path, to)
    else this.#names.delete(path)
    const folder = dirname(path)
    this.#namings.set(folder, [...(this.#namings.get(folder) ?? []), [path, to]])
  }

  /** Does what a call did. Returns what was written to standard output, and whether something was synced. */
  take({ name, args, result }: Call): { readonly out?: string; readonly synced?: true } {
    if (result < 0) return {}
    if (name === 'write' && args.startsWith('1<'))
      return { out: bytesOf(args.slice(args.indexOf('"'), args.lastIndexOf('"') + 1)).toString() }
    if (name === 'openat') this.#opened(args)
    else if (/^(?:pwrite64|write)$/.test(name)) this.#wrote(name, args, result)
    else if (name === 'ftruncate') this.#at(args)?.pending.push({ size: Number(args.slice(args.lastIndexOf(',') + 1)) })
    else if (/sync$/.test(name)) return this.#synced(pathOf(args))
    else if (/^mkdir/.test(name)) this.#inside(quoted(args)[0], (path) => this.#name(path, 'folder'))
    else if (/^unlink|^rmdir/.test(name)) this.#inside(quoted(args)[0], (path) => this.#name(path, undefined))
    else if (/^rename/.test(name)) this.#renamed(quoted(args))
    return {}
  }

  #inside(path: string | undefined, act: (path: string) => void): void {
    if (path?.startsWith(`${this.#root}/`)) act(path)
  }

  #opened(args: string): void {
    this.#inside(quoted(args)[0], (path) => {
      const known = this.#names.get(path)
      if (!known && args.includes('O_CREAT')) this.#name(path, new Content())
      const content = this.#names.get(path)
      if (content instanceof Content && args.includes('O_TRUNC') && known) content.pending.push({ size: 0 })
    })
  }

  /** Where a file that is only appended to ends, by its path. */
  readonly #ends = new Map<Content, number>()

  #wrote(name: string, args: string, result: number): void {
    const content = this.#at(args)
    if (!content) return
    const bytes = bytesOf(args.slice(args.indexOf('"'), args.lastIndexOf('"') + 1)).subarray(0, result)
    const at = name === 'pwrite64' ? Number(args.slice(args.lastIndexOf(',') + 1)) : (this.#ends.get(content) ?? 0)
    if (name === 'write') this.#ends.set(content, at + bytes.length)
    content.pending.push({ at, bytes })
  }

  #at(args: string): Content | undefined {
    const found = this.#names.get(pathOf(args.slice(0, args.indexOf(',') < 0 ? undefined : args.indexOf(','))))
    return found instanceof Content ? found : undefined
  }

  #renamed([from = '', to = '']: readonly string[]): void {
    const content = this.#names.get(from)
    if (!content) return
    this.#name(to, content)
    this.#name(from, undefined)
  }

  #synced(path: string): { synced?: true } {
    const found = this.#names.get(path)
    if (found instanceof Content) found.sync()
    if (found === 'folder') {
      for (const [name, to] of this.#namings.get(path) ?? [])
        if (to) this.#durable.set(name, to)
        else this.#durable.delete(name)
      this.#namings.delete(path)
    }
    return found ? { synced: true } : {}
  }

  /** Writes what may be found below `root` to a folder. */
  image(folder: string, rest: Rest): void {
    const names = new Map(this.#durable)
    for (const namings of this.#namings.values())
      for (const [name, to] of namings.slice(0, taken(namings.length, rest)))
        if (to) names.set(name, to)
        else names.delete(name)
    const there = [...names].filter(([path]) => this.#isReached(path, names)).sort(([a], [b]) => a.length - b.length)
    for (const [path, content] of there) {
      const at = join(folder, path.slice(this.#root.length))
      if (content === 'folder') mkdirSync(at, { recursive: true, mode: 0o700 })
      else writeFileSync(at, content.with(surviving(content.pending, rest)), { mode: 0o600 })
    }
  }

  #isReached(path: string, names: ReadonlyMap<string, unknown>): boolean {
    for (let at = path; at !== this.#root; at = dirname(at)) if (!names.has(at)) return false
    return true
  }
}

const taken = (count: number, rest: Rest): number =>
  rest === 'none' ? 0 : rest === 'all' ? count : Math.floor(rest() * (count + 1))

/** Of changes that were not synced those that reached the disk, the last of them perhaps in part. */
function surviving(changes: readonly Change[], rest: Rest): readonly Change[] {
  if (rest === 'none') return []
  if (rest === 'all') return changes
  return changes.flatMap((change) => {
    if (rest() < 0.5) return []
    if ('size' in change || rest() < 0.7) return [change]
    const sectors = Math.ceil(change.bytes.length / SECTOR)
    return [{ at: change.at, bytes: change.bytes.subarray(0, SECTOR * Math.floor(rest() * sectors)) }]
  })
}

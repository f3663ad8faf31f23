/** The CA's files in the data folder: certificates, keys (mode 600) and which of them signs. Knows no TLS. */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from '#exchange'
import type { AuthorityFiles } from '#relay'

const name = z.string().regex(/^[0-9a-f]{16}$/)
const State = z.strictObject({
  signing: name,
  /** Signs from this moment on, in ms since the Unix epoch. */
  next: z.strictObject({ id: name, from: z.number() }).optional(),
  former: z.array(name),
})
export type State = z.infer<typeof State>

/** Files of one folder. Every write is whole or not there, and on the disk. @throws ca.unreadable from every reader */
export class CaFolder {
  readonly path: string

  constructor(data: string) {
    this.path = join(data, 'ca')
  }

  state(): State | undefined {
    const path = this.#at('state.json')
    if (!existsSync(path)) return undefined
    try {
      return State.parse(JSON.parse(this.#read(path)))
    } catch (cause) {
      throw cause instanceof Fault ? cause : new Fault('ca.unreadable', `${path} is damaged`, { cause })
    }
  }

  put(state: State): void {
    this.#write('state.json', JSON.stringify(state), 0o600)
  }

  /** The certificates of one, without its key. */
  chain(id: string): string {
    return this.#read(this.#at(`${id}.crt`))
  }

  files(id: string): AuthorityFiles {
    return { chain: this.chain(id), key: this.#read(this.keyPath(id)) }
  }

  save(id: string, { chain, key }: AuthorityFiles): void {
    this.#write(`${id}.key`, key, 0o600)
    this.#write(`${id}.crt`, chain, 0o644)
  }

  /** Forgets the key of one that signs no more. */
  dropKey(id: string): void {
    rmSync(this.keyPath(id), { force: true })
  }

  /** The key that waits for its certificate. */
  requested(): string | undefined {
    const path = this.#at('request.key')
    return existsSync(path) ? this.#read(path) : undefined
  }

  request(key: string | undefined): void {
    if (key === undefined) rmSync(this.#at('request.key'), { force: true })
    else this.#write('request.key', key, 0o600)
  }

  keyPath(id: string): string {
    return this.#at(`${id}.key`)
  }

  #at(file: string): string {
    return join(this.path, file)
  }

  #read(path: string): string {
    try {
      return readFileSync(path, 'utf8')
    } catch (cause) {
      throw new Fault('ca.unreadable', `${path} ${(cause as NodeJS.ErrnoException).code}`, { cause })
    }
  }

  #write(file: string, text: string, mode: number): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 })
    const [path, half] = [this.#at(file), this.#at(`${file}.new`)]
    rmSync(half, { force: true })
    const open = openSync(half, 'wx', mode)
    writeSync(open, text)
    fsyncSync(open)
    closeSync(open)
    chmodSync(half, mode)
    renameSync(half, path)
  }
}

/** The permission bits of a file that others than its owner have; 0 where it is not there. */
export const othersMay = (path: string): number => (existsSync(path) ? statSync(path).mode & 0o077 : 0)

/** The gateway's end of the line to the process that holds the keys: asks, and starts it again when it ends, within bounds. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Fault } from '#exchange'
import type { Calls, HolderOptions } from './holder.ts'
import type { Answer, Asked } from './protocol.ts'

/** So often in so many milliseconds it may end and be started again. */
const RESTARTS = { most: 5, within: 60_000 } as const
/** How long it may take to start, and to answer, in ms: a command that it runs may take 30 s. */
const ANSWER_MS = 60_000

const PROGRAM = fileURLToPath(new URL('./process.ts', import.meta.url))
/** A small heap; no inspector that a signal could open. */
const FLAGS = ['--disable-sigusr1', '--max-old-space-size=64', '--no-warnings']

/** Calls that open a key for others. */
const OPENS: ReadonlySet<keyof Calls> = new Set<keyof Calls>(['ca', 'signer'])

type Waiting = PromiseWithResolvers<unknown>

export type Ask = <Name extends keyof Calls>(
  name: Name,
  ...args: Parameters<Calls[Name]>
) => Promise<Awaited<ReturnType<Calls[Name]>>>

/** A running process with its line. */
export class Link {
  readonly #options: HolderOptions
  readonly #tell: (line: string) => void
  readonly #waiting = new Map<number, Waiting>()
  #child: ChildProcess | undefined
  #ready: Promise<void>
  #ends: number[] = []
  #count = 0
  /** How each key was opened last: a process that is started again opens it so. */
  readonly #opened = new Map<keyof Calls, readonly unknown[]>()
  #closed = false

  constructor(options: HolderOptions, tell: (line: string) => void) {
    this.#options = options
    this.#tell = tell
    this.#ready = this.#start()
  }

  /** Resolves once it has opened its keys. @throws trail.key, trail.keyholder */
  opened(): Promise<void> {
    return this.#ready
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  readonly ask: Ask = async (name, ...args) => {
    await this.#ready
    const value = await this.#asked(name, args)
    if (OPENS.has(name)) this.#opened.set(name, args)
    return value as never
  }

  #asked(name: keyof Calls, args: readonly unknown[]): Promise<unknown> {
    return this.#sent({ number: ++this.#count, name, args })
  }

  async #start(): Promise<void> {
    const child = spawn(process.execPath, [...FLAGS, PROGRAM], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
      env: environment(this.#options.variables),
    })
    this.#child = child
    child.on('message', (answer: Answer) => this.#answered(answer))
    child.once('exit', (code, signal) => this.#ended(child, signal ?? `${code}`))
    child.once('error', (error) => this.#ended(child, error.message))
    await this.#sent({ begin: this.#options })
    for (const [name, args] of this.#opened) await this.#asked(name, args)
  }

  #sent(message: Asked | { readonly begin: HolderOptions }): Promise<unknown> {
    const child = this.#child
    if (!child?.connected) return Promise.reject(new Fault('trail.keyholder', 'it has ended'))
    const number = 'begin' in message ? 0 : message.number
    const waiting: Waiting = Promise.withResolvers()
    this.#waiting.set(number, waiting)
    const timer = setTimeout(() => this.#reject(number, new Fault('trail.keyholder', 'no answer in time')), ANSWER_MS)
    timer.unref()
    child.send(message, (error) => error && this.#reject(number, new Fault('trail.keyholder', error.message)))
    return waiting.promise.finally(() => clearTimeout(timer))
  }

  #reject(number: number, fault: Fault): void {
    const waiting = this.#waiting.get(number)
    this.#waiting.delete(number)
    waiting?.reject(fault)
  }

  #answered(answer: Answer): void {
    if ('fault' in answer) {
      this.#reject(answer.number, new Fault(answer.fault.code, answer.fault.detail))
      return
    }
    const waiting = this.#waiting.get(answer.number)
    this.#waiting.delete(answer.number)
    waiting?.resolve(answer.value)
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return
    this.#child = undefined
    for (const number of [...this.#waiting.keys()])
      this.#reject(number, new Fault('trail.keyholder', `it ended with ${how}`))
    if (this.#closed) return
    const now = Date.now()
    this.#ends = [...this.#ends.filter((at) => at > now - RESTARTS.within), now]
    if (this.#ends.length > RESTARTS.most) {
      this.#tell(
        `the process that holds the keys ended ${RESTARTS.most + 1} times in a minute (${how}); it is not started again`,
      )
      return
    }
    this.#tell(`the process that holds the keys ended (${how}); it is started again`)
    this.#ready = this.#start()
    this.#ready.catch((error: unknown) =>
      this.#tell(`the process that holds the keys does not start: ${String(error)}`),
    )
  }

  /** Ends it. */
  async close(): Promise<void> {
    this.#closed = true
    const child = this.#child
    if (!child || child.exitCode !== null) return
    const gone = once(child, 'exit')
    child.disconnect()
    await gone
  }
}

/** Nothing of the gateway's environment but what it takes to find files and programs. */
const PASSED = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'GATELOG_KEYS', 'LANG', 'TZ', 'TMPDIR', 'NODE_COMPILE_CACHE']

function environment(variables: readonly string[]): NodeJS.ProcessEnv {
  const names = [...PASSED, ...variables]
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}

/** The gateway's end of the line to the process that holds the keys: asks, and starts it again when it ends, within bounds. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { Fault } from '#exchange'
import { variablesOfCa } from '../ca/configured.ts'
import { variablesIn } from './credentials.ts'
import type { Calls, HolderOptions } from './holder.ts'
import type { Answer, Asked } from './protocol.ts'
import { variable } from './variables.ts'

/** So often in so many milliseconds it may end and be started again. */
const RESTARTS = { most: 5, within: 60_000 } as const
/** How long it may take to answer, in ms; then it hangs, and is ended. */
const ANSWER_MS = 15_000
/** The same where it starts, or runs a command for a key, which may take 30 s. */
const OPENING_MS = 60_000
/** How long it may take to end by itself, in ms. */
const END_MS = 2000

const PROGRAM = fileURLToPath(new URL('./process.ts', import.meta.url))
/** A small heap; no inspector that a signal could open. */
const FLAGS = ['--disable-sigusr1', '--max-old-space-size=64', '--no-warnings']

/** Calls that open what others use; each process takes each of them once. */
const OPENS: ReadonlySet<keyof Calls> = new Set<keyof Calls>(['ca', 'signer', 'credentials', 'settled'])
const SLOW: ReadonlySet<keyof Calls> = new Set<keyof Calls>([...OPENS, 'renew'])

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
  #opening: Promise<unknown> = Promise.resolve()
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
    if (OPENS.has(name)) return (await this.#inTurn(() => this.#open(name, args))) as never
    await this.#ready
    return (await this.#asked(name, args)) as never
  }

  #inTurn(act: () => Promise<unknown>): Promise<unknown> {
    const done = this.#opening.then(act)
    this.#opening = done.catch(() => undefined)
    return done
  }

  /** What is opened otherwise than before wants a process of its own: the one that runs would refuse. */
  async #open(name: keyof Calls, args: readonly unknown[]): Promise<unknown> {
    await this.#ready
    const before = this.#opened.get(name)
    const settled = this.#opened.has('settled')
    if (before ? isDeepStrictEqual(before, args) : !settled) {
      const value = await this.#asked(name, args)
      this.#opened.set(name, args)
      return value
    }
    this.#set(name, args)
    try {
      await this.#replace()
      return await this.#asked(name, args)
    } catch (error) {
      if (before) this.#set(name, before)
      else this.#opened.delete(name)
      await this.#replace()
      throw error
    }
  }

  /** `settled` stays the last one: after it nothing is opened. */
  #set(name: keyof Calls, args: readonly unknown[]): void {
    const settled = this.#opened.get('settled')
    this.#opened.delete('settled')
    this.#opened.set(name, args)
    if (settled) this.#opened.set('settled', settled)
  }

  /** Lets it answer what it was asked, ends it, and starts another. */
  #replace(): Promise<void> {
    const answered = Promise.allSettled([...this.#waiting.values()].map(({ promise }) => promise))
    this.#ready = answered.then(() => {
      const child = this.#child
      this.#child = undefined
      child?.kill('SIGKILL')
      return this.#start()
    })
    return this.#ready
  }

  #asked(name: keyof Calls, args: readonly unknown[]): Promise<unknown> {
    return this.#sent({ number: ++this.#count, name, args })
  }

  async #start(): Promise<void> {
    const [sources = {}] = (this.#opened.get('credentials') ?? []) as Parameters<Calls['credentials']>
    const [ca] = (this.#opened.get('ca') ?? []) as Partial<Parameters<Calls['ca']>>
    const own = [...variablesIn(sources), ...variablesOfCa(ca?.configured)]
    const variables = [...new Set([...this.#options.variables, ...own])]
    const child = spawn(process.execPath, [...FLAGS, PROGRAM], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
      env: environment(variables),
    })
    this.#child = child
    child.on('message', (answer: Answer) => this.#answered(answer))
    child.once('exit', (code, signal) => this.#ended(child, signal ?? `${code}`))
    child.once('error', (error) => this.#ended(child, error.message))
    await this.#sent({ begin: { ...this.#options, variables } })
    for (const [name, args] of this.#opened) await this.#asked(name, args)
  }

  #sent(message: Asked | { readonly begin: HolderOptions }): Promise<unknown> {
    const child = this.#child
    if (!child?.connected) return Promise.reject(new Fault('trail.keyholder', 'it has ended'))
    const number = 'begin' in message ? 0 : message.number
    const waiting: Waiting = Promise.withResolvers()
    this.#waiting.set(number, waiting)
    const slow = 'begin' in message || SLOW.has(message.name)
    const timer = setTimeout(() => this.#hangs(child, number), slow ? OPENING_MS : ANSWER_MS)
    timer.unref()
    child.send(message, (error) => error && this.#reject(number, new Fault('trail.keyholder', error.message)))
    return waiting.promise.finally(() => clearTimeout(timer))
  }

  /** One that does not answer is ended, and started again: what it held up is refused. */
  #hangs(child: ChildProcess, number: number): void {
    this.#reject(number, new Fault('trail.keyholder', 'no answer in time'))
    if (this.#child !== child) return
    this.#tell('the process that holds the keys does not answer; it is ended')
    child.kill('SIGKILL')
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
    if (child.connected) child.disconnect()
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS)
    await gone
    clearTimeout(timer)
  }
}

/** Nothing of the gateway's environment but what it takes to find files and programs. */
const PASSED = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'GATELOG_KEYS', 'LANG', 'TZ', 'TMPDIR', 'NODE_COMPILE_CACHE']

function environment(variables: readonly string[]): NodeJS.ProcessEnv {
  const names = [...PASSED, ...variables]
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = variable(name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** All anchors of a running house: each shows the newest head to the outside from time to time. Never touches traffic. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault, faultOf } from '#exchange'
import { keepAnchored, parseCheckpoint, parseNote, readAnchors } from '#trail'
import type { Log, OpenAnchor } from './anchors/anchor.ts'
import { type AnchorSettings, openAnchor } from './anchors/index.ts'
import type { Known } from './guard.ts'

export interface AnchorsOptions {
  readonly log: Log
  now(): number
  /** A line for whoever runs the gateway. */
  tell(line: string): void
  /** Of the first retry after a failure, ms. */
  readonly retryMs?: number
}

export type AnchorsSettings = Readonly<Record<string, AnchorSettings>>

/** How one anchor stands. */
export interface AnchorStanding {
  readonly name: string
  readonly kind: AnchorSettings['kind']
  /** Entries of the last head whose proof is kept. */
  readonly size: number | undefined
  readonly fault: string | undefined
}

interface Open {
  readonly settings: AnchorSettings
  readonly same: string
  readonly anchor: OpenAnchor
  readonly stopped: AbortController
  readonly done: Promise<void>
  /** Ends with what it was last asked: one thing at a time. */
  turn: Promise<unknown>
  fault: Fault | undefined
}

const RETRY_MS = 1000
const MOST_RETRY_MS = 60_000

export class Anchors {
  readonly #o: AnchorsOptions
  readonly #open = new Map<string, Open>()
  #changing: Promise<void> = Promise.resolve()

  constructor(options: AnchorsOptions) {
    this.#o = options
  }

  /** Puts these anchors in force; one that is as it was goes on undisturbed. */
  set(anchors: AnchorsSettings): Promise<void> {
    this.#changing = this.#changing.then(() => this.#change(anchors))
    return this.#changing
  }

  async #change(anchors: AnchorsSettings): Promise<void> {
    for (const [name, open] of this.#open) {
      if (anchors[name] && JSON.stringify(anchors[name]) === open.same) continue
      this.#open.delete(name)
      open.stopped.abort()
      await open.done
      await open.anchor.close()
    }
    for (const [name, settings] of Object.entries(anchors)) if (!this.#open.has(name)) this.#begin(name, settings)
  }

  #begin(name: string, settings: AnchorSettings): void {
    const [stopped, { promise, resolve }] = [new AbortController(), Promise.withResolvers<void>()]
    const anchor = openAnchor(settings, this.#o.log)
    const same = JSON.stringify(settings)
    const open: Open = { settings, same, anchor, stopped, done: promise, turn: Promise.resolve(), fault: undefined }
    this.#open.set(name, open)
    this.#run(name, open).then(resolve)
  }

  /** Never rejects. */
  async #run(name: string, open: Open): Promise<void> {
    const { signal } = open.stopped
    let retry = this.#o.retryMs ?? RETRY_MS
    while (!signal.aborted) {
      try {
        await this.#once(name, open)
        if (open.fault) this.#o.tell(`anchor ${name}: anchors again`)
        open.fault = undefined
        retry = this.#o.retryMs ?? RETRY_MS
        await rest(open.settings.every_ms, signal)
      } catch (error) {
        if (signal.aborted) return
        const fault = faultOf(error)
        if (!open.fault) this.#o.tell(`anchor ${name}: ${fault.message}. ${fault.remedy}`)
        open.fault = fault
        await rest(retry, signal)
        retry = Math.min(MOST_RETRY_MS, retry * 2)
      }
    }
  }

  async #once(name: string, open: Open): Promise<void> {
    const { log } = this.#o
    const { anchor, settings, stopped } = open
    const note = await readFile(join(log.folder, 'checkpoint'), 'utf8').catch(absent)
    const size = sizeOf(note)
    if (note === undefined || size === undefined || size <= ((await this.#kept(name))?.checkpoint.size ?? 0)) return
    const anchored = await inTurn(open, () => {
      const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(settings.timeout_ms)])
      return within(anchor.anchor(note, signal), signal)
    })
    await keepAnchored(log.folder, { name, kind: settings.kind }, note, anchored)
  }

  async #kept(name: string) {
    return (await readAnchors(this.#o.log.folder)).find((kept) => kept.name === name)
  }

  /** Those that can tell what they have seen of the log. */
  get knowing(): readonly string[] {
    return [...this.#open].flatMap(([name, { anchor }]) => (anchor.known ? [name] : []))
  }

  /** What the outside has of the log, and who did not say so in time. Never rejects. */
  async known(): Promise<Known> {
    await this.#changing
    const [told, silent]: [string[], string[]] = [[], []]
    const all = [...this.#open].map(async ([name, open]) => {
      const { anchor, settings } = open
      if (!anchor.known) return []
      const ask = (signal: AbortSignal) => within(anchor.known?.(signal) ?? Promise.resolve(undefined), signal)
      try {
        const note = await inTurn(open, () => ask(AbortSignal.timeout(settings.timeout_ms)))
        told.push(name)
        return note === undefined ? [] : [{ name, note }]
      } catch {
        silent.push(name)
        return []
      }
    })
    return { heads: (await Promise.all(all)).flat(), told, silent }
  }

  /** How each anchor stands, by name. */
  async standings(): Promise<readonly AnchorStanding[]> {
    const kept = await readAnchors(this.#o.log.folder)
    const all = [...this.#open].sort(([a], [b]) => (a < b ? -1 : 1))
    return all.map(([name, { settings, fault }]) => {
      const last = kept.find((each) => each.name === name)
      return { name, kind: settings.kind, size: last?.checkpoint.size, fault: fault?.message }
    })
  }

  close(): Promise<void> {
    return this.set({})
  }
}

/** One thing after the other: what an anchor keeps beside the log is for one at a time. */
function inTurn<Value>(open: Pick<Open, 'turn'>, work: () => Promise<Value>): Promise<Value> {
  const next = open.turn.then(work)
  open.turn = next.catch(() => undefined)
  return next
}

const absent = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error
}

const sizeOf = (note: string | undefined): number | undefined =>
  note === undefined ? undefined : parseCheckpoint(parseNote(note)?.text ?? '')?.size

/** What the outside promises, for as long as it has. */
async function within<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () => reject(new Fault('export.unreachable', 'no answer in time'))
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', stop))
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const wake = () => resolve()
  const timer = setTimeout(wake, ms)
  signal.addEventListener('abort', wake, { once: true })
  await promise
  signal.removeEventListener('abort', wake)
  clearTimeout(timer)
}

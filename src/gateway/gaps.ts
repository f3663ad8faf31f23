/** Traffic that passes unrecorded while the trail cannot be written, where the configuration allows it. Never unbounded. */
import { type Fault, faultOf, type Gap, type Keyring } from '#exchange'
import type { Trail } from '#trail'

/** How much may pass before the traffic is refused after all. */
export interface GapLimits {
  readonly exchanges: number
  /** Milliseconds since the first of them. */
  readonly ms: number
}

export interface GapsOptions {
  readonly trail: Trail
  readonly keyring: Keyring
  /** Milliseconds since the Unix epoch. */
  now(): number
  uuid(): string
  /** Where an open gap is marked, so that a process that is killed leaves word of it. */
  readonly mark: GapMark
  /** Says a line to whoever runs the gateway. */
  tell(line: string): void
}

/** What passed unrecorded: times in ms since the Unix epoch, both included. */
export interface Stretch {
  readonly from: number
  readonly to: number
  readonly count: number
  readonly reason: string
}

/** Word of an open gap that outlives the process. */
export interface GapMark {
  /** What a process before this one left. */
  readonly left: Stretch | undefined
  /** @throws trail.unavailable: what cannot be marked must not pass */
  set(stretch: Stretch): void
  /** @throws trail.unavailable */
  clear(): void
}

const EVERY_MS = 1000

/**
 * At most one gap is open. It is marked before anything passes, and ends with a signed `gap` entry as soon as the trail
 * takes one, or in the next process.
 */
export class Gaps {
  readonly #options: GapsOptions
  #stretch: Stretch | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: GapsOptions) {
    this.#options = options
    const { left } = options.mark
    if (left) this.#stretch = { ...left, reason: `${left.reason}; the process ended within it` }
  }

  /** How many exchanges have passed that the trail does not tell of yet. */
  get open(): number {
    return this.#stretch?.count ?? 0
  }

  /** Lets one exchange pass although the trail has failed. @throws the fault where no gap is allowed, or it is full */
  pass(fault: Fault, limits: GapLimits | undefined): void {
    const { trail, now, tell, mark } = this.#options
    const at = now()
    if (!limits || !fault.code.startsWith('trail.') || trail.state.kind === 'latched') throw fault
    const stretch = this.#stretch ?? { from: at, to: at, count: 0, reason: fault.code }
    if (stretch.count >= limits.exchanges || at - stretch.from > limits.ms) throw fault
    if (stretch.count === 0) tell(`the trail cannot be written (${fault.code}): traffic passes unrecorded`)
    const longer = { ...stretch, count: stretch.count + 1, to: at }
    mark.set(longer)
    this.#stretch = longer
    this.#again()
  }

  #again(): void {
    this.#timer ??= setTimeout(() => void this.close(), EVERY_MS).unref()
  }

  /** Tries to end the open gap with its entry; says so where that fails, and tries again. Never rejects. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { trail, tell } = this.#options
    const told = this.#stretch
    if (!told) return
    try {
      await trail.append(this.#entry(told))
    } catch (error) {
      tell(`${told.count} exchanges have passed unrecorded; their gap is not on the trail yet (${faultOf(error).code})`)
      return this.#again()
    }
    tell(`${told.count} exchanges passed unrecorded; the gap is on the trail`)
    this.#rest(told)
  }

  /** What has passed while a gap's entry was written is the next one. */
  #rest(told: Stretch): void {
    const { mark, tell } = this.#options
    const { to, count } = this.#stretch ?? told
    const more = count - told.count
    this.#stretch = more > 0 ? { from: told.to, to, count: more, reason: told.reason } : undefined
    try {
      if (this.#stretch) mark.set(this.#stretch)
      else mark.clear()
    } catch (error) {
      tell(`the mark of a gap that is on the trail stays: it may be told twice (${faultOf(error).code})`)
    }
    if (this.#stretch) this.#again()
  }

  #entry(stretch: Stretch): Gap {
    const { keyring, now, uuid } = this.#options
    return { kind: 'gap', exchange: uuid(), at: now(), ...stretch, signature: gapSignature(keyring, stretch) }
  }
}

/** HMAC-SHA-256, hex, over what a gap says, with the key of this installation. */
export function gapSignature(keyring: Keyring, { from, to, count, reason }: Stretch): string {
  return keyring.digest('gap', JSON.stringify([from, to, count, reason])).toString('hex')
}

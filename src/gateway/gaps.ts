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
  /** Says a line to whoever runs the gateway. */
  tell(line: string): void
}

interface Stretch {
  readonly from: number
  to: number
  count: number
  readonly reason: string
}

const EVERY_MS = 1000

/** At most one gap is open. It ends with a signed `gap` entry as soon as the trail takes one. */
export class Gaps {
  readonly #options: GapsOptions
  #stretch: Stretch | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: GapsOptions) {
    this.#options = options
  }

  /** Lets one exchange pass although the trail has failed. @throws the fault where no gap is allowed, or it is full */
  pass(fault: Fault, limits: GapLimits | undefined): void {
    const { trail, now, tell } = this.#options
    const at = now()
    if (!limits || !fault.code.startsWith('trail.') || trail.state.kind === 'latched') throw fault
    const stretch = this.#stretch ?? { from: at, to: at, count: 0, reason: fault.code }
    if (stretch.count >= limits.exchanges || at - stretch.from > limits.ms) throw fault
    if (stretch.count === 0) tell(`the trail cannot be written (${fault.code}): traffic passes unrecorded`)
    stretch.count++
    stretch.to = at
    this.#stretch = stretch
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
    const stretch = this.#stretch
    if (!stretch) return
    const told = { ...stretch }
    try {
      await trail.append(this.#entry(told))
    } catch (error) {
      tell(`${told.count} exchanges have passed unrecorded; their gap is not on the trail yet (${faultOf(error).code})`)
      return this.#again()
    }
    tell(`${told.count} exchanges passed unrecorded; the gap is on the trail`)
    const more = stretch.count - told.count
    this.#stretch = more > 0 ? { from: told.to, to: stretch.to, count: more, reason: told.reason } : undefined
    if (more > 0) this.#again()
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

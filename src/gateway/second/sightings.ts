/** Calls of a model that were seen elsewhere, held against the record. What is not on it becomes a `bypass`: a lead, never proof. */
import type { Bypass } from '#exchange'
import type { Engine } from '#masking'
import type { Query, Trail } from '#trail'
import type { Sighting } from '#wire'
import { maskFact } from '../fact.ts'
import { Recent } from '../recent.ts'

/** Who was seen: an actor that sent its own telemetry, or a login at GitHub. */
export type Who = { readonly actor: string } | { readonly github: string }

export interface Seen extends Sighting {
  readonly who: Who
  /** The provider's id of the request. */
  readonly request?: string
  readonly via: Bypass['via']
}

/** What was held against the record since the process began. */
export interface Tally {
  readonly since: number
  seen: number
  onRecord: number
  bypasses: number
  /** Not looked at: too many at once, or told before. */
  dropped: number
}

export interface SightingsOptions {
  readonly trail: Trail
  engine(): Engine
  now(): number
  uuid(): string
  tell(line: string): void
}

/** An exchange may end on the record after its client has reported it, and clocks differ. */
const GRACE_MS = 60_000
const SLACK_MS = 120_000
const TURN_MS = 5_000
const MOST_WAITING = 10_000
const MOST_OF_ONE = 1_000

export class Sightings {
  readonly #options: SightingsOptions
  readonly #waiting = new Map<string, { readonly seen: Seen; readonly due: number }>()
  /** How many wait of each. */
  readonly #ofOne = new Map<string, number>()
  /** What was decided of late, so that a report that comes twice is counted once. */
  readonly #known: Recent<true>
  #timer: NodeJS.Timeout | undefined
  readonly tally: Tally

  constructor(options: SightingsOptions) {
    this.#options = options
    this.#known = new Recent(50_000, 24 * 3_600_000)
    this.tally = { since: options.now(), seen: 0, onRecord: 0, bypasses: 0, dropped: 0 }
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Takes what was seen; it is decided a minute later. */
  see(seen: readonly Seen[]): void {
    const now = this.#options.now()
    for (const one of seen) {
      const key = keyOf(one)
      if (this.#waiting.has(key) || this.#known.get(key, now)) continue
      this.tally.seen++
      if (this.#full(one.who)) this.tally.dropped++
      else {
        this.#waiting.set(key, { seen: one, due: now + GRACE_MS })
        this.#count(one.who, 1)
      }
    }
    if (this.#waiting.size > 0) this.#later()
  }

  /** Decides at once what was reported of the past. */
  async review(seen: readonly Seen[]): Promise<Tally> {
    const tally = { ...this.tally, seen: 0, onRecord: 0, bypasses: 0, dropped: 0 }
    const told = new Set((await this.#options.trail.bypasses()).map(({ bypass }) => toldOf(bypass)))
    for (const one of seen) {
      tally.seen++
      if (await this.#isOnRecord(one)) tally.onRecord++
      else if (told.has(toldOf({ ...one.who, via: one.via, happened: one.from }))) tally.dropped++
      else {
        await this.#bypassed(one)
        tally.bypasses++
      }
    }
    return tally
  }

  /** Decides what is due. */
  async settle(now: number): Promise<void> {
    for (const [key, { seen, due }] of this.#waiting) {
      if (due > now) continue
      this.#waiting.delete(key)
      this.#count(seen.who, -1)
      this.#known.set(key, true, now)
      if (await this.#isOnRecord(seen)) this.tally.onRecord++
      else await this.#bypassed(seen)
    }
  }

  #later(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.settle(this.#options.now())
        .catch((error) => this.#options.tell(`what was seen elsewhere could not be held against the record: ${error}`))
        .finally(() => this.#waiting.size > 0 && this.#later())
    }, TURN_MS).unref()
  }

  #full(who: Who): boolean {
    return this.#waiting.size >= MOST_WAITING || (this.#ofOne.get(JSON.stringify(who)) ?? 0) >= MOST_OF_ONE
  }

  #count(who: Who, more: number): void {
    const own = JSON.stringify(who)
    const sum = (this.#ofOne.get(own) ?? 0) + more
    if (sum > 0) this.#ofOne.set(own, sum)
    else this.#ofOne.delete(own)
  }

  /** By the id of the request or of the interaction where there is one, else any exchange of the same one at that time. */
  async #isOnRecord({ who, interaction, request, from, to }: Seen): Promise<boolean> {
    const whose = 'actor' in who ? { user: [exactly(who.actor)] } : { github: [exactly(who.github)] }
    const nothing = { except: {}, text: [], without: [] }
    const named = request
      ? { request: [exactly(request)] }
      : interaction && { ...whose, interaction: [exactly(interaction)] }
    const query: Query = named
      ? { ...nothing, where: named }
      : { ...nothing, where: whose, after: from - SLACK_MS, before: to + SLACK_MS }
    return (await this.#options.trail.find(query, { limit: 1 })).exchanges.length > 0
  }

  async #bypassed(seen: Seen): Promise<void> {
    const { trail, engine, now, uuid, tell } = this.#options
    const masked = (text: string | undefined) => text && maskFact(engine(), text)
    const { who, via, from } = seen
    const told = { client: masked(seen.client), model: masked(seen.model), interaction: masked(seen.interaction) }
    const known = Object.fromEntries(Object.entries(told).filter(([, value]) => value))
    const whose = 'actor' in who ? { actor: who.actor } : { github: masked(who.github) ?? '' }
    await trail.append({
      kind: 'bypass',
      exchange: uuid(),
      at: now(),
      source: 'declared',
      via,
      happened: from,
      ...whose,
      ...known,
    })
    this.tally.bypasses++
    tell(
      `bypass: ${Object.values(whose)[0]} used ${told.model ?? 'a model'} at ${new Date(from).toISOString()}, not through here`,
    )
  }
}

const keyOf = ({ who, request, interaction, from, model }: Seen): string =>
  JSON.stringify([who, request ?? interaction ?? [from, model]])

/** A report that was made into an entry before is none again. */
const toldOf = ({ via, happened, actor, github }: Pick<Bypass, 'via' | 'happened' | 'actor' | 'github'>): string =>
  JSON.stringify([via, happened, actor ?? github])

/** A value as a query compares it; its asterisks stand for any character there, so they match too much, never too little. */
const exactly = (value: string): string => value.normalize('NFC').toLowerCase()

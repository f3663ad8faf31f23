/** Calls of a model that were seen elsewhere, held against the record. What is not on it becomes a `bypass`: a lead, never proof. */
import type { Bypass } from '#exchange'
import type { Engine } from '#masking'
import { folded, type Query, type Trail } from '#trail'
import type { Sighting } from '#wire'
import { maskFact } from '../fact.ts'
import { Recent } from '../recent.ts'
import { Undecided } from './undecided.ts'

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
  /** Not looked at: too many at once, told before, or of a time that cannot be. */
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
/** GitHub reports a request when it comes; its id is on the record once the exchange has ended, an hour later at most. */
const LONGEST_MS = 3_600_000
const SLACK_MS = 120_000
const DAY_MS = 86_400_000
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
  readonly #undecided: Undecided
  #timer: NodeJS.Timeout | undefined
  /** What GitHub reported and is on the trail as a bypass; read once, when it is first asked for. */
  #told: Set<string> | undefined
  readonly tally: Tally

  constructor(options: SightingsOptions) {
    this.#options = options
    this.#known = new Recent(50_000, DAY_MS)
    this.#undecided = new Undecided(options.trail.documents, options.uuid)
    this.tally = { since: options.now(), seen: 0, onRecord: 0, bypasses: 0, dropped: 0 }
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Takes up what GitHub reported to an earlier process, and that it did not decide. @throws trail.* */
  async start(): Promise<void> {
    for (const { seen, due } of await this.#undecided.left()) for (const one of seen) this.#await(one, due)
  }

  /** Takes what was seen; it is decided a minute later. `odd`: how many more told a time that cannot be. */
  see(seen: readonly Seen[], odd = 0): void {
    const now = this.#options.now()
    this.#letGo(odd)
    for (const one of seen) {
      if (!this.#isNew(one, now)) continue
      this.tally.seen++
      this.#wait(one, now + GRACE_MS)
    }
  }

  /**
   * Takes what is reported as it happens: what is on the record is done with, the rest is kept and decided an hour later.
   * `odd`: how many more could not be read.
   * @throws trail.*
   */
  async report(seen: readonly Seen[], odd = 0): Promise<void> {
    const left: Seen[] = []
    let over = 0
    for (const one of seen) {
      if (!this.#isNew(one, this.#options.now())) continue
      if (await this.#isOnRecord(one)) this.#settled(one)
      else if (left.length < MOST_WAITING) left.push(this.#masked(one))
      else over++
    }
    const due = this.#options.now() + LONGEST_MS
    if (left.length > 0) await this.#undecided.keep(left, due)
    this.#letGo(odd + over) // once it is sure that the batch does not come again
    for (const one of left) this.#await(one, due)
  }

  #letGo(count: number): void {
    this.tally.seen += count
    this.tally.dropped += count
  }

  #settled(one: Seen): void {
    const now = this.#options.now()
    if (!this.#isNew(one, now)) return // the same batch came twice at a time
    this.tally.seen++
    this.tally.onRecord++
    this.#known.set(keyOf(one), true, now)
  }

  #await(one: Seen, due: number): void {
    if (!this.#isNew(one, this.#options.now())) return
    this.tally.seen++
    this.#wait(one, due)
  }

  /** What of it is kept: no more than the entry would tell. */
  #masked({ client, ...rest }: Seen): Seen {
    return client === undefined ? rest : { ...rest, client: maskFact(this.#options.engine(), client) }
  }

  #isNew(one: Seen, now: number): boolean {
    const key = keyOf(one)
    return !this.#waiting.has(key) && !this.#known.get(key, now)
  }

  #wait(one: Seen, due: number): void {
    if (this.#full(one.who)) {
      this.tally.dropped++
      return
    }
    this.#waiting.set(keyOf(one), { seen: one, due })
    this.#count(one.who, 1)
    this.#later()
  }

  /** Decides at once what was reported of the past. */
  async review(seen: readonly Seen[]): Promise<Tally> {
    const tally = { ...this.tally, seen: 0, onRecord: 0, bypasses: 0, dropped: 0 }
    for (const one of seen) {
      tally.seen++
      if (await this.#isOnRecord(one)) tally.onRecord++
      else if (await this.#bypassed(one)) tally.bypasses++
      else tally.dropped++
    }
    return tally
  }

  /** Decides what is due. What the trail does not take goes on waiting. @throws trail.* */
  async settle(now: number): Promise<void> {
    for (const [key, { seen, due }] of this.#waiting) {
      if (due > now) continue
      if (await this.#isOnRecord(seen)) this.tally.onRecord++
      else if (!(await this.#bypassed(seen))) this.tally.dropped++
      this.#waiting.delete(key)
      this.#count(seen.who, -1)
      this.#known.set(key, true, now)
    }
    await this.#undecided.decided(now)
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

  /**
   * By the id of the request or of the interaction where there is one, else any exchange of the same one at that time. An
   * asterisk in a value stands for any character, so that it matches too much, never too little.
   */
  async #isOnRecord({ who, interaction, request, from, to }: Seen): Promise<boolean> {
    const whose = 'actor' in who ? { user: [folded('user', who.actor)] } : { github: [folded('github', who.github)] }
    const nothing = { except: {}, text: [], without: [] }
    const named = request
      ? { request: [folded('request', request)] }
      : interaction?.includes('*') === false && { ...whose, interaction: [folded('interaction', interaction)] }
    const query: Query = named
      ? { ...nothing, where: named, after: from - DAY_MS, before: to + DAY_MS }
      : { ...nothing, where: whose, after: from - SLACK_MS, before: to + SLACK_MS }
    return (await this.#options.trail.find(query, { limit: 1 })).exchanges.length > 0
  }

  /** Makes it an entry, unless there is one of it already: GitHub's reports come more than once. Whether it did. */
  async #bypassed(seen: Seen): Promise<boolean> {
    const { trail, engine, now, uuid, tell } = this.#options
    const { who, via, from } = seen
    const own = toldOf({ ...who, via, happened: from })
    const before = via === 'otlp' ? undefined : await this.#before()
    if (before?.has(own)) return false
    const masked = (text: string | undefined) => text && maskFact(engine(), text)
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
    before?.add(own)
    this.tally.bypasses++
    tell(
      `bypass: ${Object.values(whose)[0]} used ${told.model ?? 'a model'} at ${new Date(from).toISOString()}, not through here`,
    )
    return true
  }

  async #before(): Promise<Set<string>> {
    this.#told ??= new Set((await this.#options.trail.bypasses()).map(({ bypass }) => toldOf(bypass)))
    return this.#told
  }
}

const keyOf = ({ who, request, interaction, from, model }: Seen): string =>
  JSON.stringify([who, request ?? interaction ?? [from, model]])

/** A report that was made into an entry before is none again. */
const toldOf = ({ via, happened, actor, github }: Pick<Bypass, 'via' | 'happened' | 'actor' | 'github'>): string =>
  JSON.stringify([via, happened, actor ?? github])

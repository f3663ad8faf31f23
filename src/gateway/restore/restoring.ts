/** One reply in which values of its own chain may come back: a passage for each lane, and whole strings. Sends nothing. */
import type { Finding } from '#exchange'
import type { Lane } from '#masking'
import { Back } from './back.ts'
import { FileEdit, type Ground, NOWHERE, Shown } from './ground.ts'
import { Passage, type Tally } from './passage.ts'
import type { Taken } from './placeholders.ts'
import type { Json, Place, Places } from './places.ts'
import { fieldsOf, isFreeform } from './tools.ts'

/** A stretch of a lane that an event bears, with its way back. */
interface Stretch {
  readonly lane: Lane
  readonly from: number
  readonly to: number
  readonly value: string
  readonly back?: Back
}

export class Restoring {
  readonly tally: Tally = { restored: new Map(), refused: new Set() }
  /** What the provider calls this reply, where a later prompt may name it instead of repeating it. */
  responseId: string | undefined
  readonly #taken: Taken
  readonly #places: Places | undefined
  readonly #tools = new Map<string, string>()
  readonly #passages = new Map<Lane, Passage>()

  constructor(taken: Taken, places: Places | undefined) {
    this.#taken = taken
    this.#places = places
  }

  /** Hears of an event or a document before its strings: which tools are called. What it is, where it is JSON. */
  hear(data: string): Json | undefined {
    const event = parsed(data)
    if (!event) return undefined
    for (const [key, tool] of this.#places?.tools(event) ?? []) this.#tools.set(key, tool)
    const { response } = event as { response?: { id?: unknown } }
    const id = response?.id ?? (event['object'] === 'response' ? event['id'] : undefined)
    if (typeof id === 'string') this.responseId = id
    return event
  }

  /** The way back of a stretch of a lane of deltas. */
  back(lane: Lane, name: string): Back {
    const known = this.#passages.get(lane) ?? this.#passage(name, this.#places?.lane(name))
    this.#passages.set(lane, known)
    return new Back(known)
  }

  /** Whether it is decided what leaves of the first event of those that wait, now that their lanes are masked so far. */
  ready(first: readonly Stretch[], waiting: Iterable<{ readonly segments: readonly Stretch[] }>): boolean {
    for (const { segments } of waiting)
      for (const { lane, from, to, value, back } of segments)
        if (back && !back.entered && to <= lane.settled) back.enter(lane.render(from, value) ?? value)
    for (const [lane, passage] of this.#passages)
      if (lane.ended) {
        passage.end()
        this.#passages.delete(lane)
      }
    return first.every(({ back }) => back?.settled !== false)
  }

  /** A complete string with its values. */
  whole(document: Json, path: string, text: string): string {
    const passage = this.#passage(path, this.#places?.whole(document, path))
    passage.push(text)
    passage.end()
    return passage.render(0, text)
  }

  /** What came back, as findings of the reply: in the recorded text the placeholders stand. */
  get findings(): Finding[] {
    return [...this.tally.restored.values()].map(({ lane, placeholder, start }) => ({
      rule: ruleOf(placeholder),
      direction: 'reply',
      lane,
      start,
      end: start + placeholder.length,
      length: this.#taken.get(placeholder)?.length ?? 0,
      action: 'mask',
      masked: false,
      restored: true,
    }))
  }

  #passage(lane: string, place: Place | undefined): Passage {
    return new Passage({ taken: this.#taken, ground: this.#groundOf(place), tally: this.tally, lane })
  }

  #groundOf(place: Place | undefined): Ground {
    if (!place) return NOWHERE
    if (place.kind === 'text') return new Shown()
    if (place.kind === 'field') return fieldsOf(place.tool)?.has(place.field) ? new Shown() : NOWHERE
    const tool = place.tool ?? this.#tools.get(place.key)
    if (place.kind === 'freeform') return isFreeform(tool) ? new Shown() : NOWHERE
    const fields = fieldsOf(tool)
    return fields ? new FileEdit(fields) : NOWHERE
  }
}

const ruleOf = (placeholder: string): string => placeholder.slice('[masked:'.length, placeholder.indexOf('#'))

function parsed(data: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null ? (value as Json) : undefined
  } catch {
    return undefined
  }
}

/** One reply in which values of its own chain may come back: a passage for each lane, and whole strings. Sends nothing. */
import type { Finding } from '#exchange'
import type { Lane } from '#masking'
import { Back } from './back.ts'
import { FileEdit } from './file-edit.ts'
import { isPlain } from './files.ts'
import { Code, type Ground, NOWHERE } from './ground.ts'
import { Markdown } from './markdown.ts'
import { Passage, type PassageOptions, type Tally } from './passage.ts'
import { Patch } from './patch.ts'
import { ruleOf } from './placeholders.ts'
import type { Json, Place, Places } from './places.ts'
import { fileTool, isFreeform } from './tools.ts'

/** A stretch of a lane that an event bears, with its way back. */
interface Stretch {
  readonly lane: Lane
  readonly from: number
  readonly to: number
  readonly value: string
  readonly back?: Back
}

/** Behind so many texts of a group nothing comes back: each asks all before it. */
const MOST_TEXTS = 64

/** A text of a reply. */
interface Shown {
  readonly ground: Markdown
  ended(): boolean
}

export interface RestoringOptions extends Pick<PassageOptions, 'taken' | 'covers' | 'gives'> {
  readonly places: Places | undefined
}

export class Restoring {
  readonly tally: Tally = { restored: new Map(), refused: new Set(), looks: 0 }
  /** What the provider calls this reply, where a later prompt may name it instead of repeating it. */
  responseId: string | undefined
  /** Whether a value left that, as is now known, should not have: nothing more of this reply may. */
  broken = false
  readonly #options: RestoringOptions
  readonly #tools = new Map<string, string>()
  /** Texts by what they are shown in: a document, or this reply as it streams; and by group. */
  readonly #texts = new WeakMap<object, Map<string, Shown[]>>()
  readonly #passages = new Map<Lane, Passage>()

  constructor(options: RestoringOptions) {
    this.#options = options
  }

  /** Hears of an event or a document before its strings: which tools are called. What it is, where it is JSON. */
  hear(data: string): Json | undefined {
    const event = parsed(data)
    if (!event) return undefined
    for (const [key, tool] of this.#options.places?.tools(event) ?? []) this.#tools.set(key, tool)
    const { response } = event as { response?: { id?: unknown } }
    const id = response?.id ?? (event['object'] === 'response' ? event['id'] : undefined)
    if (typeof id === 'string') this.responseId = id
    return event
  }

  /** The way back of a stretch of a lane of deltas. */
  back(lane: Lane, name: string): Back {
    const known =
      this.#passages.get(lane) ?? this.#passage(name, this.#options.places?.lane(name), this, () => lane.ended)
    this.#passages.set(lane, known)
    return new Back(known)
  }

  /** Whether it is decided what leaves of the first event of those that wait, now that their lanes are masked so far. */
  ready(first: readonly Stretch[], waiting: Iterable<{ readonly segments: readonly Stretch[] }>): boolean {
    for (const { segments } of waiting)
      for (const { lane, from, to, value, back } of segments)
        if (back && !back.entered && to <= lane.settled) back.enter(lane.render(from, value) ?? value)
    for (const [lane, passage] of this.#passages) {
      this.broken ||= passage.broken
      if (lane.ended) {
        passage.end()
        this.#passages.delete(lane)
      }
    }
    return first.every(({ back }) => back?.settled !== false)
  }

  /** A complete string with its values. */
  whole(document: Json, path: string, text: string): string {
    const passage = this.#passage(path, this.#options.places?.whole(document, path), document, () => true)
    passage.push(text)
    passage.end()
    return passage.broken ? text : passage.render(0, text)
  }

  /** What came back, as findings of the reply: in the recorded text the placeholders stand. */
  get findings(): Finding[] {
    return [...this.tally.restored.values()].map(({ lane, placeholder, start }) => ({
      rule: ruleOf(placeholder),
      direction: 'reply',
      lane,
      start,
      end: start + placeholder.length,
      length: this.#options.taken.get(placeholder)?.length ?? 0,
      action: 'mask',
      masked: false,
      restored: true,
    }))
  }

  #passage(lane: string, place: Place | undefined, within: object, ended: () => boolean): Passage {
    const ground = place?.kind === 'text' ? this.#textIn(within, place.group, ended) : this.#groundOf(place)
    return new Passage({ ...this.#options, ground, tally: this.tally, lane })
  }

  /** A text behind others of its group is read as if it went on from them: what they left open holds here too. */
  #textIn(within: object, group: string, ended: () => boolean): Ground {
    const groups = this.#texts.get(within) ?? new Map<string, Shown[]>()
    this.#texts.set(within, groups)
    const before = groups.get(group) ?? []
    const calm = () => before.every((each) => each.ended() && each.ground.rests)
    if (before.length >= MOST_TEXTS) return NOWHERE
    const ground = new Markdown(before.length > 0 ? calm : undefined)
    groups.set(group, [...before, { ground, ended }])
    return ground
  }

  #groundOf(place: Exclude<Place, { kind: 'text' }> | undefined): Ground {
    if (!place) return NOWHERE
    if (place.kind === 'field') return fieldGround(place)
    const tool = place.tool ?? this.#tools.get(place.key)
    if (place.kind === 'freeform') return isFreeform(tool) ? new Patch() : NOWHERE
    const known = fileTool(tool)
    return known ? new FileEdit(known) : NOWHERE
  }
}

/** A field of a tool's arguments that came as a document. */
function fieldGround({ tool, field, input }: Extract<Place, { kind: 'field' }>): Ground {
  const known = fileTool(tool)
  if (!known?.fields.has(field)) return NOWHERE
  if (known.path === undefined) return new Patch()
  return isPlain(String(input[known.path] ?? '')) ? new Code() : NOWHERE
}

function parsed(data: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null ? (value as Json) : undefined
  } catch {
    return undefined
  }
}

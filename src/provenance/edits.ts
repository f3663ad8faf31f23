/** What a reply brought: its stretches of code, and which of their lines its prompt did not hold. Pure; stores nothing. */
import type { Edits, EditUnit, Message, Reply } from '#exchange'
import { editsOf } from './calls.ts'
import { fencesIn } from './fences.ts'
import { type Found, MOST, numbered } from './found.ts'
import { Held } from './held.ts'
import { formOf } from './line.ts'

/** What is known of the prompt. */
export interface AskedFor {
  /** All messages that the model had before it, earlier ones included. */
  readonly messages: readonly Message[]
  /** Where the reply stands in a file as it is: ghost text, a next edit. */
  readonly inline?: Inline
}

export interface Inline {
  readonly path?: string
  readonly language?: string
  /** What stands on the cursor's own line before and behind it: with it the first and the last line are whole. */
  readonly before?: string
  readonly after?: string
}

const LONGEST_FIELD = 128
const LONGEST_LANGUAGE = 32
/** So much of a prompt is looked at between two pauses, in UTF-16 units. */
const STEP = 1 << 16
/** Arguments of earlier calls are looked into so deep. */
const DEEPEST = 8

/** A line that may be new: of which unit, where, and its form. */
interface Candidate {
  readonly unit: number
  readonly line: number
  readonly form: string
}

/**
 * Derives the edits of a reply, undefined where there are none. Yields between steps of a few hundred microseconds, so
 * that whoever drives it can let others go on. Linear in what it looks at, which `MOST` bounds; the prompt is looked at
 * once, and only where a line may be new.
 */
export function* deriving(reply: Reply, asked: AskedFor): Generator<void, Edits | undefined> {
  const { found, cut: short } = yield* unitsIn(reply, asked.inline)
  const units = found.slice(0, MOST.units)
  if (units.length === 0) return undefined
  const all = candidatesIn(units, asked.inline)
  const candidates = all.slice(0, MOST.prints)
  yield
  const held = new Held(candidates.map(({ form }) => form))
  for (const { old } of units) if (old !== undefined) held.take(old)
  for (const text of textsOf(asked.messages)) {
    for (const part of partsOf(text)) {
      if (held.all) break
      held.take(part)
      if (part.length >= STEP) yield
    }
  }
  const fresh = candidates.filter(({ form }) => !held.has(form))
  const cut = short || found.length > MOST.units || all.length > MOST.prints
  return {
    units: units.map((unit, at) =>
      unitOf(
        unit,
        fresh.filter((each) => each.unit === at),
      ),
    ),
    forms: fresh.map(({ form }) => form),
    ...(cut && { cut }),
  }
}

function* unitsIn(
  { text, toolCalls }: Reply,
  inline: Inline | undefined,
): Generator<void, { found: Found[]; cut: boolean }> {
  let left = MOST.text
  const fenced = fencesIn(text.slice(0, left))
  const found = inline && fenced.length === 0 ? completionOf(text.slice(0, left), inline) : fenced
  left -= text.length
  for (const [call, made] of toolCalls.entries()) {
    if (left <= 0 || found.length > MOST.units) break
    yield
    left -= weightOf(made.arguments)
    if (left > 0) for (const one of editsOf(made)) found.push({ ...one, call })
  }
  return { found: found.filter(({ lines }) => lines.length > 0), cut: left < 0 }
}

function completionOf(text: string, { path, language }: Inline): Found[] {
  if (text.trim() === '') return []
  return [{ from: 'completion', ...(path && { path }), ...(language && { language }), lines: numbered(text) }]
}

/** UTF-16 units of all texts of a call's arguments, roughly. */
function weightOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, each) => sum + weightOf(each), 1)
}

/** The lines with a form, each form once a unit. */
function candidatesIn(units: readonly Found[], inline: Inline | undefined): Candidate[] {
  const candidates: Candidate[] = []
  for (const [unit, { from, lines }] of units.entries()) {
    const seen = new Set<string>()
    const last = lines.length - 1
    for (const [at, [line, text]] of lines.entries()) {
      const whole = from !== 'completion' ? text : joined(text, inline, at === 0, at === last)
      const form = formOf(whole)
      if (form === undefined || seen.has(form)) continue
      seen.add(form)
      candidates.push({ unit, line, form })
    }
  }
  return candidates
}

const joined = (text: string, inline: Inline | undefined, first: boolean, last: boolean): string =>
  (first ? (inline?.before ?? '') : '') + text + (last ? (inline?.after ?? '') : '')

function unitOf({ from, path, language, call, field, lines }: Found, fresh: readonly Candidate[]): EditUnit {
  const [first, last] = [lines[0]?.[0] ?? 1, lines.at(-1)?.[0] ?? 1]
  return {
    from,
    ...(path && { path }),
    ...(language && { language: language.slice(0, LONGEST_LANGUAGE) }),
    ...(call !== undefined && { call }),
    ...(field && { field: field.slice(0, LONGEST_FIELD) }),
    lines: [first, last],
    fresh: fresh.map(({ line }) => line),
  }
}

/** Every text that the model had before it, the newest first: what a reply repeats, it mostly repeats from there. */
function* textsOf(messages: readonly Message[]): Generator<string> {
  for (const { text, toolCalls = [] } of messages.toReversed()) {
    yield text
    for (const call of toolCalls) yield* stringsIn(call.arguments, 0)
  }
}

function* stringsIn(value: unknown, deep: number): Generator<string> {
  if (typeof value === 'string') yield value
  else if (typeof value === 'object' && value !== null && deep < DEEPEST)
    for (const each of Object.values(value)) yield* stringsIn(each, deep + 1)
}

/** A text in parts that end where a line ends, as far as lines allow. */
function* partsOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const near = at + STEP < text.length ? text.indexOf('\n', at + STEP) : -1
    const end = near < 0 ? text.length : near
    yield at === 0 && end === text.length ? text : text.slice(at, end)
    at = end + 1
  }
}

/** Takes traces out of a recorded body, in whatever spelling and however a stream cuts them. Writes nothing. */
import type { Body } from '#exchange'
import type { Value } from '#wire'
import { Breath } from '../breath.ts'
import { freshKeys, inLines, nestedIn } from './nested.ts'
import { DEEPEST } from './saying.ts'
import type { Replaced, Text } from './spots.ts'
import { textsOf, type Whose } from './texts.ts'
import type { Traces } from './traces.ts'
import { MARK, type Stretch, type Work } from './words.ts'

/** Once is enough, but where what is left of two lines makes a third one, or JSON has lines of JSON: the innermost go first. */
const MOST_PASSES = 4 + DEEPEST

/** Stretches between two steps. */
const STEP = 2048

/** What is to be written in the place of a part of a text. */
interface Edit extends Stretch {
  readonly value: string
}

/** Does work in slices: others go on in between. */
export async function inSlices<Result>(work: Work<Result>, breath: Breath): Promise<Result> {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
    const pause = breath.pause()
    if (pause) await pause
  }
}

/** The bytes of a body that says less than it did; undefined where it says none of them. */
export function without(traces: Traces, clock: () => number) {
  return async (body: Body, whose: Whose): Promise<Buffer | undefined> => {
    const breath = new Breath(clock)
    let bytes: Buffer | undefined
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      const less = await inSlices(lessOf(traces, { ...body, bytes: bytes ?? body.bytes }, whose), breath)
      if (!less) return bytes
      bytes = less
      await breath.rest()
    }
    return inSlices(blank({ ...body, bytes: bytes ?? body.bytes }, whose), breath)
  }
}

function* lessOf(traces: Traces, body: Body, whose: Whose): Work<Buffer | undefined> {
  const { texts, written } = yield* textsOf(body, whose)
  const changes: Replaced[] = []
  for (const text of texts) {
    yield
    if (text.spots.length === 0) continue
    const edits = yield* editsIn(traces, text, 0)
    if (edits.length > 0) for (const change of yield* spread(text, edits)) changes.push(change)
  }
  return changes.length > 0 ? written(changes) : undefined
}

/** All that somebody wrote in it goes: nothing is left of a trace then, whatever became of its surroundings. */
function* blank(body: Body, whose: Whose): Work<Buffer> {
  const { texts, written } = yield* textsOf(body, whose)
  return written(texts.flatMap(({ spots, kind }) => spots.map((spot) => ({ spot, kind, value: MARK }))))
}

function* editsIn(traces: Traces, { value, kind }: Pick<Text, 'value' | 'kind'>, depth: number): Work<Edit[]> {
  if (kind === 'number' || kind === 'key') {
    const [found] = yield* traces.findIn(value)
    return found ? [{ start: 0, end: value.length, value: MARK }] : []
  }
  const whole = depth < DEEPEST ? nestedIn(value, kind !== 'text') : undefined
  const inner = whole ?? (depth < DEEPEST ? yield* inLines(value) : [])
  if (inner.length > 0 || whole) {
    const edits: Edit[] = []
    const keys = freshKeys(value)
    for (const one of inner) {
      const edit = yield* innerEdit(traces, one, depth)
      if (edit) edits.push(one.kind === 'key' ? { ...edit, value: keys(edit.value) } : edit)
    }
    if (edits.length > 0 || (whole && kind === 'arguments')) return edits
  }
  const found = yield* traces.findIn(value)
  return found.map(({ start, end }) => ({ start, end, value: MARK }))
}

/** In JSON that is a string of another document. */
function* innerEdit(traces: Traces, one: Value, depth: number): Work<Edit | undefined> {
  const { start, end, kind, value } = one
  const edits = yield* editsIn(traces, { value, kind }, depth + 1)
  if (edits.length === 0) return undefined
  const json = JSON.stringify(applied(value, edits))
  return { start, end, value: kind === 'number' ? json : json.slice(1, -1) }
}

function applied(text: string, edits: readonly Edit[]): string {
  let [out, from] = ['', 0]
  for (const { start, end, value } of edits) {
    out += text.slice(from, start) + value
    from = end
  }
  return out + text.slice(from)
}

/** Edits of a text at its places: what is written anew stands where it begins. */
function* spread({ value, kind, spots }: Text, edits: readonly Edit[]): Work<Replaced[]> {
  const changed: Replaced[] = []
  let [at, next] = [0, 0]
  for (const spot of spots) {
    const end = at + spot.length
    let [out, from] = ['', at]
    while (from < end || (next < edits.length && (edits[next] as Edit).start < end)) {
      const edit = edits[next]
      if (!edit || edit.start >= end) {
        out += value.slice(from, end)
        break
      }
      if (edit.start >= at) out += value.slice(from, edit.start) + edit.value
      from = Math.min(edit.end, end)
      if (edit.end > end) break
      next++
      if (next % STEP === 0) yield
    }
    if (out !== value.slice(at, end)) changed.push({ spot, kind, value: out })
    at = end
  }
  return changed
}

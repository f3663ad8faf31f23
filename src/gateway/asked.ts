/** A prompt's body on its way through the steps: parsed once, and what its sender sent before not even that. Opens no socket. */
import { randomBytes } from 'node:crypto'
import { Fault, type ProtocolName } from '#exchange'
import type { Engine } from '#masking'
import type { Piece } from '#wire'
import type { Judge } from './document.ts'
import { type Cut, cutsIn, elementsOf, isKept, knownArrays, type Shared, type Strand } from './strands.ts'
import type { Received } from './turn.ts'

/** Stands for the elements that are cut out. Known to nobody, so that no body can hold it. */
const MARK = randomBytes(16).toString('hex')
const QUOTED = `"${MARK}"`

/** An array of more elements is not worth their offsets. */
const MOST_ELEMENTS = 10_000

/** The body without the elements that are known. */
interface Rest {
  readonly cuts: readonly Cut[]
  readonly bytes: Buffer
  readonly text: string
}

/** A request body with what it repeats. What it says is the same as if it had been read whole. */
export class Asked implements Received {
  readonly bytes: Buffer
  readonly raw: Buffer
  readonly encoding: string
  readonly shared: Shared | undefined
  #text: string | undefined
  #rest: Rest | undefined
  #document: unknown

  constructor({ bytes, raw, encoding }: Received, shared?: Shared) {
    this.bytes = bytes
    this.raw = raw
    this.encoding = encoding
    this.shared = shared
    const cuts = shared ? cutsIn(bytes, shared) : []
    if (cuts.length > 0) this.#rest = restOf(bytes, cuts)
  }

  /** The whole body; decoded at its first use. */
  get text(): string {
    this.#text ??= this.bytes.toString()
    return this.#text
  }

  /** The text of what is new; the whole body where nothing of it is known. Only after `parse`. */
  get fresh(): string {
    return this.#rest?.text ?? this.text
  }

  /** The body as JSON. @throws request.json */
  parse(): unknown {
    const known = this.#rest && withKnown(this.#rest)
    if (known === undefined) this.#rest = undefined
    this.#document = known ?? parsed(this.text)
    return this.#document
  }

  /**
   * Whether no rule finds anything in what is new; what is known was found clean under the same rules. False too where
   * nothing is known, so that all must be looked at. Only after `parse`.
   */
  cleanBesidesKnown(judge: Judge, read: (text: string) => readonly Piece[]): boolean {
    if (!this.#rest) return false
    try {
      return read(this.#rest.text).every((piece) => piece.value === MARK || judge(piece) === false)
    } catch (error) {
      if (error instanceof Fault) return false
      throw error
    }
  }

  /** The body as later ones may grow from it: as it is recorded, so that no secret stays. `clean` where none was found. */
  strand(
    { record, ...of }: Pick<Strand, 'exchange' | 'session' | 'unrecorded'> & { readonly record: Buffer },
    engine: Engine,
    protocol: ProtocolName,
    clean: boolean,
  ): Strand {
    const arrays = clean && isKept(record) ? this.#arrays() : []
    return { ...of, engine, protocol, bytes: record, arrays }
  }

  #arrays(): Strand['arrays'] {
    const arrays = this.#rest
      ? withCut(knownArrays(this.#rest.bytes, bare(this.#document, this.#rest.cuts)), this.#rest.cuts)
      : knownArrays(this.bytes, this.#document)
    return arrays.filter(({ starts }) => starts.length <= MOST_ELEMENTS)
  }
}

function restOf(bytes: Buffer, cuts: readonly Cut[]): Rest {
  const parts: Buffer[] = []
  let at = 0
  for (const { from, to } of cuts) {
    parts.push(bytes.subarray(at, from), Buffer.from(QUOTED))
    at = to
  }
  parts.push(bytes.subarray(at))
  const rest = Buffer.concat(parts)
  return { cuts, bytes: rest, text: rest.toString() }
}

/**
 * The whole document, from its rest. Undefined where a mark is not the first element of the array that it stands in:
 * then the bytes around it mean something else here than they did there.
 */
function withKnown({ text, cuts }: Rest): object | undefined {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof document !== 'object' || document === null) return undefined
  const whole = document as Record<string, unknown>
  for (const { key, values } of cuts) {
    const elements = elementsOf(whole, key)
    if (elements?.[0] !== MARK) return undefined
    whole[key] = [...values, ...elements.slice(1)]
  }
  return whole
}

/** The document with one element in the place of those that were cut out. */
function bare(document: unknown, cuts: readonly Cut[]): unknown {
  const less = Object.fromEntries(
    cuts.map(({ key, values }) => [key, [MARK, ...(elementsOf(document, key) ?? []).slice(values.length)]]),
  )
  return { ...(document as object), ...less }
}

/** Arrays of the rest as those of the whole: moved to where they stand in it, the elements that were cut out put back. */
function withCut(arrays: Strand['arrays'], cuts: readonly Cut[]): Strand['arrays'] {
  const moved = (at: number) => {
    let to = at
    for (const { from, to: end } of cuts) if (to > from) to += end - from - QUOTED.length
    return to
  }
  return arrays.map((array) => {
    const cut = cuts.find(({ key }) => key === array.key)
    const [starts, ends] = [array.starts.map(moved), array.ends.map(moved)]
    if (!cut) return { ...array, starts, ends }
    return {
      key: array.key,
      starts: [...cut.starts, ...starts.slice(1)],
      ends: [...cut.ends, ...ends.slice(1)],
      values: [...cut.values, ...array.values.slice(1)],
    }
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Fault('request.json', error instanceof SyntaxError ? positionOf(error) : undefined, { cause: error })
  }
}

/** Where JSON broke, without the text around it: that text may be a secret. */
const positionOf = (error: SyntaxError): string => /position \d+/.exec(error.message)?.[0] ?? 'it ends too early'

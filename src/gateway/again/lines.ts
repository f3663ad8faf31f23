/** Lines of the record that belong to no exchange (reads, searches, leads), and what of them goes with erased exchanges. */
import type { Bypass, Read, Scope, Searched } from '#exchange'
import {
  ERASED,
  isKey,
  namesUser,
  noteFile,
  parseQuery,
  type Query,
  readTerms,
  soughtOf,
  type Term,
  type Trail,
  wordsOf,
} from '#trail'
import { Breath } from '../breath.ts'
import { saidIn } from './saying.ts'
import { inSlices } from './without.ts'

/** A line that goes, and what it says from then on. */
export interface GoingLine {
  readonly seq: number
  /** Its own id, since a record that was put back gives seqs anew; earlier versions noted none. */
  readonly exchange?: string
  readonly file: string
  /** Which terms of what was asked for go, from 0: another line in its place tells the rest. Absent where nothing does. */
  readonly lost?: readonly number[]
  /** Whether the fingerprint of the secret that was sought goes. */
  readonly secret?: true
}

/** The same with the line. */
export interface FoundLine extends GoingLine {
  readonly note: Read | Searched | Bypass
}

interface Of {
  readonly trail: Trail
  readonly scope: Scope
  /** What is erased. */
  readonly ids: ReadonlySet<string>
  /** Whose later turns lose what they say again. */
  readonly sessions: ReadonlySet<string>
  /** Monotonic milliseconds. */
  clock(): number
}

const PAGE = 500
/** An id alone: it stays in the log, and finds nothing any more. */
const ID = /^[0-9a-f-]{36}$/
/** Terms that say nothing of what somebody wrote. */
const PLAIN: readonly string[] = ['after', 'before', 'has', 'verdict', 'accepted', 'rule', 'language', 'client']
const WORD = /[\p{L}\p{N}\p{M}_]+/gu

/**
 * The lines that go: those with words, names or values that are in nothing but what is erased, and where all that a user
 * has is erased, those that name the user, and leads of this very user. Where none is erased, and only plans of erasures
 * name him, it is none: whoever misspells a name leaves such lines himself, and they would be all that was found of it.
 */
export async function goingLines(of: Of): Promise<FoundLine[]> {
  const { trail, scope } = of
  const user = Object.keys(scope).length === 1 ? scope.user : undefined
  const lost = new Lost(of, user)
  const found: FoundLine[] = []
  for (const { seq, read } of await trail.reads(Number.MAX_SAFE_INTEGER)) {
    const terms = await lost.termsOf(read.of)
    if (terms.length > 0) found.push({ ...placeOf(seq, read), note: read, lost: terms })
  }
  for (const { seq, searched } of await trail.searches()) {
    const terms = await lost.termsOf(searched.query)
    const secret = await lost.isOnlyHere('secret', searched.fingerprint)
    if (terms.length > 0 || secret)
      found.push({ ...placeOf(seq, searched), note: searched, lost: terms, ...(secret && { secret }) })
  }
  if (user !== undefined)
    for (const { seq, bypass } of await trail.bypasses())
      if (bypass.actor === user) found.push({ ...placeOf(seq, bypass), note: bypass })
  return of.ids.size === 0 && found.every(isPlan) ? [] : found
}

const isPlan = ({ note }: FoundLine): boolean => note.kind === 'read' && note.format === 'erase'

const placeOf = (seq: number, note: FoundLine['note']) => ({ seq, file: noteFile(note), exchange: note.exchange })

/** Those of them that are still there. */
export async function linesAt(
  trail: Pick<Trail, 'reads' | 'searches' | 'bypasses'>,
  going: readonly GoingLine[],
): Promise<FoundLine[]> {
  if (going.length === 0) return []
  const notes = new Map<number, FoundLine['note']>([
    ...(await trail.reads(Number.MAX_SAFE_INTEGER)).map(({ seq, read }) => [seq, read] as const),
    ...(await trail.searches()).map(({ seq, searched }) => [seq, searched] as const),
    ...(await trail.bypasses()).map(({ seq, bypass }) => [seq, bypass] as const),
  ])
  return going.flatMap((line) => {
    const note = notes.get(line.seq)
    return note && isOf(line, note) ? [{ ...line, note }] : []
  })
}

const isOf = ({ exchange }: GoingLine, note: FoundLine['note']) => (exchange ?? note.exchange) === note.exchange

class Lost {
  readonly #of: Of
  readonly #user: string | undefined
  readonly #known = new Map<string, Promise<boolean>>()
  #said: Promise<ReadonlySet<string>> | undefined

  constructor(of: Of, user: string | undefined) {
    this.#of = of
    this.#user = user
  }

  /** Which terms of what somebody asked for go. */
  async termsOf(text: string): Promise<number[]> {
    if (ID.test(text)) return []
    const gone: number[] = []
    for (const [at, term] of termsIn(text).entries()) if (await this.#goes(term)) gone.push(at)
    return gone
  }

  async #goes({ raw, key, value }: Term): Promise<boolean> {
    if (raw === ERASED || (key !== undefined && PLAIN.includes(key))) return false
    if (this.#user !== undefined && namesUser(raw, this.#user)) return true
    if (key !== undefined && isKey(key)) return this.isOnlyHere(key, value)
    for (const [word] of value.normalize('NFC').matchAll(WORD)) if (await this.isOnlyHere(undefined, word)) return true
    return false
  }

  /** Whether what is erased says this word, or has this value of a key, and nothing that stays is found by it. */
  isOnlyHere(key: string | undefined, value: string): Promise<boolean> {
    const term = `${key === undefined ? '' : `${key}:`}"${value.replace(/["\\]/g, '\\$&')}"`
    const known = this.#known.get(term) ?? this.#isOnlyHere(parseQuery(term, 0), key === undefined ? value : undefined)
    this.#known.set(term, known)
    return known
  }

  async #isOnlyHere(query: Query, word: string | undefined): Promise<boolean> {
    const { trail, ids, sessions } = this.#of
    let isHere = false
    let before: string | undefined
    do {
      const { rows, next } = await trail.recorded(query, { limit: PAGE, ...(before !== undefined && { before }) })
      for (const { opening } of rows)
        if (ids.has(opening.exchange)) isHere = true
        else if (opening.session === undefined || !sessions.has(opening.session)) return false
      before = next
    } while (before !== undefined)
    return isHere || (word !== undefined && this.#isSaid(word))
  }

  /** Not all of a body is in the index: names of tools, arguments, what a protocol does not know. */
  async #isSaid(word: string): Promise<boolean> {
    this.#said ??= this.#wordsSaid()
    const said = await this.#said
    const { flow, run } = soughtOf(word)
    return (run !== undefined && said.has(run)) || (flow.length > 0 && flow.every((part) => said.has(part)))
  }

  async #wordsSaid(): Promise<ReadonlySet<string>> {
    const words = new Set<string>()
    const breath = new Breath(this.#of.clock)
    for (const id of this.#of.ids) {
      const found = await this.#of.trail.exchange(id)
      for (const text of found ? await inSlices(saidIn(found), breath) : []) {
        const { flow, runs } = wordsOf(text)
        for (const word of [...flow, ...runs]) words.add(word)
      }
    }
    return words
  }
}

/** The terms of a query; of what is none, its words. */
const termsIn = (text: string): readonly Term[] =>
  readTerms(text) ?? text.split(/\s+/).map((word) => ({ raw: word, key: undefined, value: word }))

/** What a line says without the terms that go. */
function without(text: string, lost: readonly number[]): string {
  const left = termsIn(text).map(({ raw }, at) => (lost.includes(at) ? ERASED : raw))
  return left.filter((raw, at) => raw !== ERASED || left.indexOf(ERASED) === at).join(' ')
}

/** Puts what is left of each line in its place, once, however often it is asked: who read, when and how much stays on the record. */
export async function putAnew(
  { trail, now, uuid }: { readonly trail: Trail; now(): number; uuid(): string },
  going: readonly GoingLine[],
): Promise<void> {
  const lost = new Map(going.flatMap((line) => (line.lost ? [[line.seq, line] as const] : [])))
  if (lost.size === 0) return
  const reads = (await trail.reads(Number.MAX_SAFE_INTEGER)).map(({ seq, read }) => ({ seq, note: read }))
  const searches = (await trail.searches()).map(({ seq, searched }) => ({ seq, note: searched }))
  const all = [...reads, ...searches]
  const done = new Set(all.map(({ note }) => note.insteadOf))
  for (const { seq, note } of all) {
    const line = lost.get(seq)
    if (line?.lost && isOf(line, note) && !done.has(seq))
      await trail.append({ ...anew(note, line), exchange: uuid(), at: now(), insteadOf: seq, was: note.was ?? note.at })
  }
}

function anew(note: Read | Searched, { lost = [], secret }: GoingLine): Read | Searched {
  if (note.kind === 'read') return { ...note, of: without(note.of, lost) }
  return { ...note, query: without(note.query, lost), ...(secret && { fingerprint: 'erased' }) }
}

/** Rules compiled once and shared by all lanes; holds no text and no state of any lane. */
import { Fault } from '#exchange'
import { headsOf, KNOWN_HEAD } from './heads.ts'
import { type Literal, Literals } from './literals.ts'
import { addressedIn, imagesIn, Opening } from './opening.ts'
import { type Pattern, parseClass, ripe, shortest } from './pattern.ts'
import { BEHIND_UNITS } from './prior.ts'
import { compileForeign, compileRule, exact, type Program } from './program.ts'
import type { ForeignRule, MaskingRule } from './rule.ts'
import { type RunRule, Runs } from './runs.ts'
import { spellingsOf } from './spellings.ts'
import { EDGE_UNITS, isUnseen, isWord, narrow } from './units.ts'

/** Known values shorter than this are left out: they would hit ordinary words. UTF-16 units. */
const SHORTEST_KNOWN = 8
/** A longer known value is masked in parts. */
const LONGEST_KNOWN = 1024
/** A shorter secret that no literal begins would make a candidate of every word. */
const SHORTEST_RUN = 6
/** In profile `fast`, a secret that no literal begins lets this share of its first characters go, and never more than so many. */
const LATE_SHARE = 20
const LATEST = 7
/** From so many first characters a run that must look mixed does, or is given up. */
const GATE = { fast: 12, thorough: 16 } as const

const ALNUM = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** What stands in a placeholder: it needs no escape in JSON or XML, and is known again where a placeholder comes back. */
const SHOWN = /^[a-z0-9][a-z0-9-]{0,63}$/

/** A word that some rule wants to have been read. */
export interface Keyword {
  readonly keyword: number
}

export interface Engine {
  readonly literals: Literals
  /** By literal. */
  readonly openings: readonly (Opening | Keyword)[]
  /** How many units before the end of a literal may be asked for, and before a match. */
  readonly reach: number
  readonly surroundings: number
  /** Whether any rule asks for keywords. */
  readonly hasKeywords: boolean
  readonly runs: Runs<Program>
  /** By rule: how many first characters of a secret it lets go. Rules that let none go are left out. */
  readonly late: ReadonlyMap<string, number>
  /** Scratch: numbers the steps of all lanes, so that states can tell who met in them. */
  tick: number
}

/** An exact value to mask, such as one of the gateway's own keys. */
interface Known {
  readonly id: string
  readonly value: string
}

/** How much of a text may wait on suspicion: `fast` lets the first characters of secrets go that no literal begins. */
export type Profile = 'fast' | 'thorough'

/** Whether a rule takes part in a profile. */
export const isInForce = ({ only }: MaskingRule, profile: Profile): boolean => !only || only === profile

export interface CompileOptions {
  readonly known?: readonly Known[]
  readonly profile?: Profile
  /** Programs of rules that were written elsewhere; they come last in order. */
  readonly foreign?: readonly ForeignRule[]
}

/** What a foreign rule may look at before its match. UTF-16 units. */
const SURROUNDINGS = 128

/**
 * Compiles rules, and exact values beside them. Known values come first in order; those under 8 characters are left out, and
 * one that is named more than once is told by its first id.
 * @throws Fault config.invalid with the rule's id for an id that a placeholder cannot show, a pattern outside the subset,
 * a literal that does not begin the rule's pattern, or a check on an unbounded secret.
 */
export function compile(
  rules: readonly MaskingRule[],
  { known = [], profile = 'fast', foreign = [] }: CompileOptions = {},
): Engine {
  for (const { id } of [...known, ...rules, ...foreign]) checkId(id)
  const literals: Literal[] = []
  const openings: (Opening | Keyword)[] = []
  const runs: RunRule<Program>[] = []
  const add = (program: Program, text: string, how: Pick<Literal, 'fold' | 'place'>, seed = text): void => {
    const opening = new Opening(program, text)
    literals.push({ text, ...how, context: text.length - opening.back })
    openings.push(opening)
    if (how.fold || program.before || program.foreign) return
    for (const [literal, image] of imagesIn(program, seed, profile === 'thorough')) {
      literals.push(literal)
      openings.push(image)
    }
  }
  const values = known
    .map(({ id, value }) => ({ id, value: seen(value), spelled: value.isWellFormed() ? spellingsOf(value) : [] }))
    .filter(({ value }) => value.length >= SHORTEST_KNOWN && value.isWellFormed())
  const parts = new Map<string, { readonly id: string; readonly order: number }>()
  const take = (text: string, id: string, order: number) => {
    for (const part of partsOf(text)) if (!parts.has(part)) parts.set(part, { id, order })
  }
  for (const [order, { id, value }] of values.entries()) take(value, id, order)
  for (const [order, { id, spelled }] of values.entries()) for (const text of spelled) take(text, id, order)
  const heads = headsOf([...parts.keys()])
  for (const [part, { id, order }] of parts) {
    const [program, head] = [exact(id, order, part), heads.get(part)!]
    add(program, head, { fold: false, place: 'anywhere' }, part.slice(0, KNOWN_HEAD))
    for (const [literal, image] of addressedIn(program, head)) {
      literals.push(literal)
      openings.push(image)
    }
  }
  rules.forEach((rule, i) => {
    if (!isInForce(rule, profile)) return
    const { program, pattern } = compileRule(rule, values.length + i)
    for (const text of rule.literals)
      add(program, text, {
        fold: rule.fold ?? false,
        place: !rule.inWord && isWord(text.charCodeAt(0)) ? 'word' : 'anywhere',
      })
    if (rule.run !== undefined) runs.push(runOf(rule, program, pattern, profile))
    else if (rule.literals.length === 0)
      throw new Fault('config.invalid', `masking rule ${rule.id}: it has no literals; say where it may begin by run`)
  })
  const keywords = new Map<string, number>()
  foreign.forEach((rule, i) => {
    const program = compileForeign(rule, values.length + rules.length + i, keywords)
    if (rule.run) runs.push({ program, pattern: rule.secret, run: rule.run, late: 0, mixed: false })
    for (const { text, fold } of rule.starts) add(program, text, { fold, place: isBounded(rule) ? 'word' : 'anywhere' })
  })
  for (const [text, keyword] of keywords) {
    literals.push({ text, fold: true, place: 'anywhere', context: text.length })
    openings.push({ keyword })
  }
  const looksBack = foreign.some(({ precede, sees }) => precede || sees !== 'secret')
  const behind = rules.some(({ notBehind }) => notBehind?.length) ? BEHIND_UNITS : EDGE_UNITS
  const surroundings = looksBack ? SURROUNDINGS : behind
  const built = new Literals(literals)
  const reach = built.longest + surroundings
  return {
    literals: built,
    openings,
    reach,
    surroundings,
    hasKeywords: keywords.size > 0,
    runs: new Runs(runs, GATE[profile]),
    late: new Map(runs.filter(({ late }) => late > 0).map(({ program, late }) => [program.rule, late])),
    tick: 0,
  }
}

function checkId(id: string): void {
  if (!SHOWN.test(id))
    throw new Fault(
      'config.invalid',
      `masking rule ${JSON.stringify(id)}: an id is lower-case letters, digits and hyphens`,
    )
}

/** Whether no letter or digit may stand before it: then nothing begins inside a word. */
function isBounded({ precede }: ForeignRule): boolean {
  return precede !== undefined && [...ALNUM].every((c) => precede[c.charCodeAt(0)] === 0)
}

/** A text as it is read: without unseen units, and with full-width forms as ASCII. */
function seen(value: string): string {
  return Array.from({ length: value.length }, (_, i) => value.charCodeAt(i))
    .filter((unit) => !isUnseen(unit))
    .map((unit) => String.fromCharCode(narrow(unit)))
    .join('')
}

/** Parts of at most LONGEST_KNOWN units, none too short to be one. */
function partsOf(value: string): string[] {
  const parts: string[] = []
  for (let at = 0; at < value.length; at += LONGEST_KNOWN) {
    const rest = value.length - at - LONGEST_KNOWN
    const length = rest > 0 && rest < SHORTEST_KNOWN ? LONGEST_KNOWN - SHORTEST_KNOWN : LONGEST_KNOWN
    parts.push(value.slice(at, at + length))
    at += length - LONGEST_KNOWN
  }
  return parts
}

function runOf(rule: MaskingRule, program: Program, pattern: Pattern, profile: Profile): RunRule<Program> {
  if (rule.before !== undefined || rule.literals.length > 0)
    throw new Fault('config.invalid', `masking rule ${rule.id}: with run it has no literals and no context`)
  if (shortest(pattern) < SHORTEST_RUN || ripe(pattern) > LONGEST_KNOWN)
    throw new Fault(
      'config.invalid',
      `masking rule ${rule.id}: with run it matches within ${SHORTEST_RUN} to ${LONGEST_KNOWN} characters`,
    )
  const late = profile === 'fast' ? Math.min(LATEST, Math.floor(shortest(pattern) / LATE_SHARE)) : 0
  return { program, pattern, run: parseClass(rule.run!), late, mixed: rule.mixed === true }
}

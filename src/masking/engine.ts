/** Rules compiled once and shared by all lanes; holds no text and no state of any lane. */
import { Fault } from '#exchange'
import { lookOf, proofOf } from './checks.ts'
import { buildLiterals, type Literal, type Literals } from './literals.ts'
import { Matcher, State } from './matcher.ts'
import { longest, NON_ASCII, type Pattern, parseClass, parsePattern, SYMBOLS, shortest } from './pattern.ts'
import type { ForeignRule, MaskingRule } from './rule.ts'

/** The place in a follow table that stands for the end of the text. */
export const END = SYMBOLS
/** Known values shorter than this are left out: they would hit ordinary words. UTF-16 units. */
const SHORTEST_KNOWN = 8
const LONGEST_CHECKED = 1024
const ALNUM = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** One rule, ready to run. */
export interface Program {
  readonly rule: string
  /** Place among the rules: the lower one names a finding that two rules begin at the same place and time. */
  readonly order: number
  readonly before: Matcher | undefined
  readonly secret: Matcher | undefined
  /** By symbol or END: whether it may follow the secret; undefined where anything may. */
  readonly follow: Uint8Array | undefined
  /** What may follow instead, where that is longer than one character. */
  readonly after: Matcher | undefined
  readonly check: ((secret: string) => boolean) | undefined
  /** Masked only once its end is decided; the others as soon as they are certain. */
  readonly whole: boolean
  /** Whether a secret proves itself; undefined where the rule knows no proof. */
  readonly proof: ((secret: string) => boolean) | undefined
  /** What a rule that was written elsewhere asks for besides. */
  readonly foreign: ForeignRule | undefined
  /** One of these keywords must have been read, by number; none are asked for where it is empty. */
  readonly keywords: readonly number[]
}

/** What a literal hit starts. */
export interface Opening {
  readonly program: Program
  readonly context: State | undefined
  /** Secrets that began inside the literal, `back` characters before its end. */
  readonly secrets: readonly { readonly state: State; readonly back: number }[]
  /** Decoded units of the literal. */
  readonly length: number
}

/** A word that some rule wants to have been read. */
export interface Keyword {
  readonly keyword: number
}

export interface Engine {
  readonly literals: Literals
  /** By literal. */
  readonly openings: readonly (Opening | Keyword)[]
  /** How many units before the end of a literal may be asked for. */
  readonly reach: number
  /** Whether any rule asks for keywords. */
  readonly hasKeywords: boolean
  /** Scratch: numbers the steps of all lanes, so that states can tell who met in them. */
  tick: number
}

/** An exact value to mask, such as one of the gateway's own keys. */
interface Known {
  readonly id: string
  readonly value: string
}

/** How much of a text may wait on suspicion: `fast` lets the first characters of a few kinds of secrets go. */
export type Profile = 'fast' | 'thorough'

export interface CompileOptions {
  readonly known?: readonly Known[]
  readonly profile?: Profile
  /** Programs of rules that were written elsewhere; they come last in order. */
  readonly foreign?: readonly ForeignRule[]
}

/** What a foreign rule may look at before its match. UTF-16 units. */
const SURROUNDINGS = 128

/**
 * Compiles rules, and exact values beside them. Known values come first in order; those under 8 characters are left out.
 * @throws Fault config.invalid with the rule's id for a pattern outside the subset, a literal that does not begin the
 * rule's pattern, or a check on an unbounded secret.
 */
export function compile(rules: readonly MaskingRule[], { known = [], foreign = [] }: CompileOptions = {}): Engine {
  const values = known.filter(({ value }) => value.length >= SHORTEST_KNOWN && value.isWellFormed())
  const literals: Literal[] = []
  const openings: (Opening | Keyword)[] = []
  values.forEach(({ id, value }, order) => {
    literals.push({ text: value, fold: false, bounded: false, context: 0 })
    openings.push(openKnown(id, value, order))
  })
  rules.forEach((rule, i) => {
    const program = compileRule(rule, values.length + i)
    for (const text of rule.literals) {
      const opening = open(program, text)
      const context = text.length - Math.max(0, ...opening.secrets.map((secret) => secret.back))
      literals.push({ text, fold: rule.fold ?? false, bounded: !rule.inWord && startsWord(text), context })
      openings.push(opening)
    }
  })
  const keywords = new Map<string, number>()
  foreign.forEach((rule, i) => {
    const program = compileForeign(rule, values.length + rules.length + i, keywords)
    for (const { text, fold } of rule.starts) {
      const opening = open(program, text)
      const context = text.length - Math.max(0, ...opening.secrets.map((secret) => secret.back))
      literals.push({ text, fold, bounded: isBounded(rule), context })
      openings.push(opening)
    }
  })
  for (const [text, keyword] of keywords) {
    literals.push({ text, fold: true, bounded: false, context: text.length })
    openings.push({ keyword })
  }
  const built = buildLiterals(literals)
  const hasKeywords = keywords.size > 0
  const looksBack = foreign.some(({ precede, sees }) => precede || sees !== 'secret')
  return { literals: built, openings, reach: built.longest + (looksBack ? SURROUNDINGS : 0), hasKeywords, tick: 0 }
}

/** Whether no letter or digit may stand before it: then nothing begins inside a word. */
function isBounded({ precede }: ForeignRule): boolean {
  return precede !== undefined && [...ALNUM].every((c) => precede[c.charCodeAt(0)] === 0)
}

function compileForeign(rule: ForeignRule, order: number, keywords: Map<string, number>): Program {
  const numbers = rule.keywords.map((word) => {
    if (!keywords.has(word)) keywords.set(word, keywords.size)
    return keywords.get(word)!
  })
  return {
    rule: rule.id,
    order,
    before: rule.before && new Matcher(rule.before),
    secret: new Matcher(rule.secret, rule.shortest),
    follow: rule.follow,
    after: rule.after && new Matcher(rule.after, true),
    check: undefined,
    whole: rule.follow !== undefined || rule.after !== undefined || rule.judge !== undefined || numbers.length > 0,
    proof: undefined,
    foreign: rule,
    keywords: numbers,
  }
}

/** The symbol of a UTF-16 unit. */
export function symbolOf(unit: number): number {
  return Math.min(unit, NON_ASCII)
}

function compileRule(rule: MaskingRule, order: number): Program {
  try {
    const secret = secretOf(rule)
    const follow = followOf(rule)
    const check = rule.check ?? lookOf(rule.checks)
    return {
      rule: rule.id,
      order,
      before: rule.before === undefined ? undefined : new Matcher(parsePattern(rule.before, rule.fold)),
      secret: new Matcher(secret),
      follow,
      after: undefined,
      check,
      whole: isWhole(secret, check !== undefined || follow !== undefined),
      proof: proofOf(rule.proof),
      foreign: undefined,
      keywords: [],
    }
  } catch (error) {
    const why = error instanceof Fault ? error.detail : String(error)
    throw new Fault('config.invalid', `masking rule ${rule.id}: ${why}`, { cause: error })
  }
}

/** Whether the end of a secret is decided before it is masked: bounded, and checked, bound by what follows, or of one length. */
function isWhole(secret: Pattern, judged: boolean): boolean {
  const most = longest(secret)
  return most <= LONGEST_CHECKED && (judged || shortest(secret) === most)
}

function secretOf(rule: MaskingRule) {
  const pattern = parsePattern(rule.secret, rule.fold)
  if ((rule.check || rule.checks?.length) && longest(pattern) > LONGEST_CHECKED)
    throw new Fault('config.invalid', `a secret with a check is at most ${LONGEST_CHECKED} characters long`)
  return pattern
}

function followOf(rule: MaskingRule): Uint8Array | undefined {
  if (rule.after === undefined && rule.notAfter === undefined) return undefined
  const table = new Uint8Array(SYMBOLS + 1).fill(1)
  if (rule.after !== undefined) {
    table.set(parseClass(rule.after))
    table[END] = 0
  }
  if (rule.notAfter !== undefined) {
    parseClass(rule.notAfter).forEach((bit, symbol) => {
      if (bit) table[symbol] = 0
    })
  }
  return table
}

/** Runs the rule's patterns over its own literal, so that a hit starts where the literal ends. */
function open(program: Program, literal: string): Opening {
  const { before, secret } = program
  let context: State | null = before?.start ?? null
  let secrets: { state: State; back: number }[] = []
  if (!before) secrets.push({ state: secret!.start, back: literal.length })
  for (let i = 0; i < literal.length; i++) {
    const symbol = symbolOf(literal.charCodeAt(i))
    secrets = secrets.flatMap(({ state, back }) => {
      const next = secret!.step(state, symbol)
      return next ? [{ state: next, back }] : []
    })
    context = context && before!.step(context, symbol)
    if (context?.accept) secrets.push({ state: secret!.start, back: literal.length - i - 1 })
  }
  if (!context && secrets.length === 0)
    throw new Fault('config.invalid', `masking rule ${program.rule}: ${literal} does not begin its pattern`)
  return { program, context: context ?? undefined, secrets, length: literal.length }
}

/** A known value is certain where its literal ends: a state that accepts and leads nowhere. */
function openKnown(id: string, value: string, order: number): Opening {
  const program = {
    rule: id,
    order,
    before: undefined,
    secret: undefined,
    follow: undefined,
    after: undefined,
    check: undefined,
    whole: true,
    proof: undefined,
    foreign: undefined,
    keywords: [],
  }
  const secrets = [{ state: new State([], true, 0), back: value.length }]
  return { program, context: undefined, secrets, length: value.length }
}

function startsWord(literal: string): boolean {
  return /^[A-Za-z0-9]/.test(literal)
}

/** One rule, ready to run: its patterns as automata, its looks as functions. Holds no text. */
import { Fault } from '#exchange'
import { lookOf, proofOf } from './checks.ts'
import { Matcher } from './matcher.ts'
import { END, longest, type Pattern, parseClass, parsePattern, SYMBOLS, shortest, symbolsOf } from './pattern.ts'
import { Repeats } from './repeats.ts'
import type { ForeignRule, MaskingRule } from './rule.ts'

const LONGEST_CHECKED = 1024
const LONGEST_AFTER = 64

export interface Program {
  readonly rule: string
  /** Place among the rules: the lower one names a finding that two rules begin at the same place and time. */
  readonly order: number
  readonly before: Matcher | undefined
  readonly secret: Matcher
  /** By symbol: whether it may stand directly before the whole match; undefined where anything may. */
  readonly prior: Uint8Array | undefined
  /** Words that may not stand directly before it. */
  readonly notBehind: readonly string[]
  /** By symbol, the text's end too: whether it may follow the secret; undefined where anything may. */
  readonly follow: Uint8Array | undefined
  /** What may follow instead, where that is more than one symbol. */
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
  /** Of a known value: how it repeats itself. */
  readonly repeats: Repeats | undefined
}

/** @throws Fault config.invalid with the rule's id and the reason. */
export function compileRule(rule: MaskingRule, order: number): { program: Program; pattern: Pattern } {
  try {
    const pattern = parsePattern(rule.secret, rule.fold)
    const check = rule.check ?? lookOf(rule.checks)
    if (check && longest(pattern) > LONGEST_CHECKED)
      throw new Fault('config.invalid', `a secret with a check is at most ${LONGEST_CHECKED} characters long`)
    const after = rule.after === undefined ? undefined : afterOf(rule.after, rule.fold)
    const isClass = after?.kind === 'set'
    if (after && !isClass && rule.notAfter !== undefined)
      throw new Fault('config.invalid', 'after as a pattern and notAfter exclude each other')
    const follow = followOf(isClass ? after.set : undefined, rule.notAfter)
    const program = {
      rule: rule.id,
      order,
      before: rule.before === undefined ? undefined : new Matcher(parsePattern(rule.before, rule.fold)),
      secret: new Matcher(pattern),
      prior: priorOf(rule),
      notBehind: rule.notBehind ?? [],
      follow,
      after: after && !isClass ? new Matcher(after, true) : undefined,
      check,
      whole: isWhole(pattern, check !== undefined || follow !== undefined || after !== undefined),
      proof: proofOf(rule.proof),
      foreign: undefined,
      keywords: [],
      repeats: undefined,
    }
    return { program, pattern }
  } catch (error) {
    const why = error instanceof Fault ? error.detail : String(error)
    throw new Fault('config.invalid', `masking rule ${rule.id}: ${why}`, { cause: error })
  }
}

/** A known value, matched character by character. */
export function exact(rule: string, order: number, value: string): Program {
  const symbols = symbolsOf(value)
  const items = symbols.map((symbol): Pattern => ({ kind: 'set', set: only(symbol) }))
  const none = {
    before: undefined,
    prior: undefined,
    notBehind: [],
    follow: undefined,
    after: undefined,
    proof: undefined,
  }
  const secret = new Matcher({ kind: 'seq', items })
  return {
    rule,
    order,
    secret,
    ...none,
    check: (text) => text === value,
    whole: true,
    foreign: undefined,
    keywords: [],
    repeats: new Repeats(secret, symbols, value.length),
  }
}

/** A rule that was written elsewhere; `keywords` numbers the words that such rules ask for. */
export function compileForeign(rule: ForeignRule, order: number, keywords: Map<string, number>): Program {
  const numbers = rule.keywords.map((word) => {
    if (!keywords.has(word)) keywords.set(word, keywords.size)
    return keywords.get(word)!
  })
  return {
    rule: rule.id,
    order,
    before: rule.before && new Matcher(rule.before),
    secret: new Matcher(rule.secret, rule.shortest),
    prior: rule.precede,
    notBehind: [],
    follow: rule.follow,
    after: rule.after && new Matcher(rule.after, true),
    check: undefined,
    whole: rule.follow !== undefined || rule.after !== undefined || rule.judge !== undefined || numbers.length > 0,
    proof: undefined,
    foreign: rule,
    keywords: numbers,
    repeats: undefined,
  }
}

const ONLY = new Map<number, Uint8Array>()

function only(symbol: number): Uint8Array {
  const set = ONLY.get(symbol) ?? Uint8Array.from({ length: SYMBOLS + 1 }, (_, each) => (each === symbol ? 1 : 0))
  ONLY.set(symbol, set)
  return set
}

/** Whether the end of a secret is decided before it is masked: bounded, and checked, bound by what follows, or of one length. */
function isWhole(secret: Pattern, judged: boolean): boolean {
  const most = longest(secret)
  return most <= LONGEST_CHECKED && (judged || shortest(secret) === most)
}

function afterOf(source: string, fold = false): Pattern {
  const after = parsePattern(source, fold, true)
  if (longest(after) > LONGEST_AFTER)
    throw new Fault('config.invalid', `what must follow is at most ${LONGEST_AFTER} characters long`)
  return after
}

function followOf(after: Uint8Array | undefined, notAfter: string | undefined): Uint8Array | undefined {
  if (!after && notAfter === undefined) return undefined
  const table = after ? after.slice() : new Uint8Array(SYMBOLS + 1).fill(1)
  if (notAfter !== undefined) exclude(table, notAfter)
  return table
}

function priorOf({ prior, notPrior }: MaskingRule): Uint8Array | undefined {
  if (prior === undefined && notPrior === undefined) return undefined
  const table = prior === undefined ? new Uint8Array(SYMBOLS + 1).fill(1) : parseClass(prior).slice()
  table[END] = 1
  if (notPrior !== undefined) exclude(table, notPrior)
  return table
}

function exclude(table: Uint8Array, source: string): void {
  parseClass(source).forEach((bit, symbol) => {
    if (bit) table[symbol] = 0
  })
}

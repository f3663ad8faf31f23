/** One rule written elsewhere to the programs that the engine runs; refuses what would be slow. Matches nothing itself. */
import { Fault } from '#exchange'
import { Matcher } from '../matcher.ts'
import { type CharSet, NON_ASCII, type Pattern, ripe, shortest, sizeOf } from '../pattern.ts'
import type { ForeignRule } from '../rule.ts'
import { entropy } from '../spread.ts'
import type { Allow } from './allow.ts'
import { EDGE, type Edge, isAnything } from './borders.ts'
import { POSIX } from './classes.ts'
import { patternOf } from './pattern.ts'
import { type Part, split } from './split.ts'
import { firstsOf, mentions, type Start, startsOf } from './starts.ts'
import { readGo } from './syntax.ts'
import { either, seq, type Tree } from './tree.ts'

export interface Source {
  readonly id: string
  readonly description: string
  readonly regex: string
  /** The group that is the secret; 0 for the first that takes part. */
  readonly secretGroup: number
  readonly keywords: readonly string[]
  /** A secret has more than so many bits a character; 0 asks for nothing. */
  readonly entropy: number
  readonly allows: readonly Allow[]
}

/** A pattern of so many nodes is run whatever it does: a character costs no more steps than that. */
const FEW_NODES = 600
/** The same for what must follow a secret, of which few are read at a time. */
const MOST_AFTER = 1_000
/** A larger one must have so few states that all of them can be built and a character costs one step. */
const MOST_STATES = 1_500
/** None larger is built to be counted. */
const MOST_NODES = 20_000
/** A repeat with a longer upper bound may lose it where a pattern would be too large with it. */
const LONG = 10
const ALNUM = POSIX['alnum']!
/** Lengths between which a secret must become complete to be tried at every word by one automaton. */
const SHORTEST_RUN = 6
const LONGEST_RUN = 1024
/** How far a word may begin before what the pattern itself asks for. */
const RUN = 50

/** The programs of a rule, and what they do otherwise than the rule says. */
export interface Foreign {
  readonly rules: readonly ForeignRule[]
  readonly notes: readonly string[]
}

/** @throws Fault config.invalid for a pattern that cannot be read, followed, or run in bounded time */
export function foreignOf(source: Source): Foreign {
  const notes = new Set<string>()
  const read = readGo(source.regex)
  const placed = split(read, source.secretGroup).map(place)
  const found = placed.filter((each) => each !== undefined)
  if (found.length === 0)
    throw new Fault(
      'config.invalid',
      'pattern: a match may begin with nearly any character, so that all of a text would be in doubt',
    )
  if (read.groups > 0 && found.some(({ part }) => part.whole))
    notes.add('its group is in a repeat or always reads the same: the whole match is masked')
  if (found.length < placed.length) notes.add('a match that begins with a character beyond ASCII is not found')
  if (found.some(({ starts }) => starts.some(({ text }) => isWordy(text))))
    notes.add('it begins with no fixed text: every word is in doubt until it is known to be none')
  return { rules: found.map((each) => ruleOf(source, each, notes)), notes: [...notes] }
}

interface Placed {
  readonly part: Part
  readonly starts: readonly Start[]
}

function ruleOf(source: Source, { part, starts }: Placed, notes: Set<string>): ForeignRule {
  const { precede, follow, afters } = part
  const before = part.before && small(part.before, notes)
  const secret = small(part.secret, notes)
  const run = before || !starts.some(({ text }) => isWordy(text)) ? undefined : runOf(precede, secret)
  const rule = {
    id: source.id,
    description: source.description,
    starts: run ? [] : starts,
    run,
    precede: isAnything(precede) ? undefined : precede,
    before: before && patternOf(before),
    secret: patternOf(secret),
    shortest: isLazy(secret),
    follow: isAnything(follow) ? undefined : follow,
    after: afters.length ? patternOf(either(afters)) : undefined,
    keywords: mentions(wholeOf(part), source.keywords) ? [] : lower(source.keywords),
    lead: part.lead,
    ...judgeOf(source),
  }
  if (rule.after) prove(rule.after, MOST_AFTER)
  return rule
}

/** What every match holds: not what may follow it instead of one character. */
const wholeOf = ({ before, secret, follow, afters }: Part): Tree =>
  seq([...(before ? [before] : []), secret, ...(afters.length && !follow.includes(1) ? [either(afters)] : [])])

/** What must not stand before a secret that is tried at every word; undefined where the engine cannot try it so. */
function runOf(precede: Edge, secret: Tree): CharSet | undefined {
  const pattern = patternOf(secret)
  if (shortest(pattern) < SHORTEST_RUN || ripe(pattern) > LONGEST_RUN) return undefined
  return precede.map((bit, symbol) => (symbol === EDGE ? 0 : 1 - bit))
}

const lower = (words: readonly string[]): string[] => words.map((word) => word.toLowerCase())

/** What a finding must pass beside its pattern. */
function judgeOf({ entropy: least, allows }: Source): Pick<ForeignRule, 'judge' | 'sees'> {
  if (least === 0 && allows.length === 0) return { judge: undefined, sees: 'secret' }
  const targets = allows.map(({ target }) => target)
  return {
    judge: (sight) => (least === 0 || entropy(sight.secret) > least) && !allows.some((allow) => allow.allows(sight)),
    sees: targets.includes('line') ? 'line' : targets.includes('match') ? 'match' : 'secret',
  }
}

/** Where the engine has to look. Without a literal: at the start of every word, where the pattern begins with one. */
function place(part: Part): Placed | undefined {
  const starts = startsOf(part.before ? seq([part.before, part.secret]) : part.secret)
  if (starts.length > 0 && starts.every(({ text }) => text.length > 1)) return { part, starts }
  if (goesOn(part.secret)) return undefined
  if (starts.length > 0 && !starts.some(({ text }) => isWordy(text))) return { part, starts }
  const atWord = fromWordStart(part)
  const firsts = firstsOf(atWord.before ?? atWord.secret)
  if (firsts[NON_ASCII]) return undefined
  const letters = [...firsts].flatMap((bit, code) => (bit ? [String.fromCharCode(code)] : []))
  return { part: atWord, starts: letters.map((text) => ({ text, fold: false })) }
}

/** A match that may begin inside a word is taken from the word's start: it finds the same places, and masks no less. */
function fromWordStart(part: Part): Part {
  if (!meetsWord(part.precede)) return part
  const run: Tree = { kind: 'repeat', item: { kind: 'set', set: ALNUM }, min: 0, max: RUN, lazy: false }
  const precede = part.precede.map((bit, symbol) => (ALNUM[symbol] ? 0 : bit))
  const { before, secret } = part
  return before ? { ...part, precede, before: seq([run, before]) } : { ...part, precede, secret: seq([run, secret]) }
}

/** One letter or digit. */
const isWordy = (text: string): boolean => text.length === 1 && ALNUM[text.charCodeAt(0)] === 1

/** Whether it may eat words and what stands between them without end: what begins everywhere must not. */
function goesOn(tree: Tree): boolean {
  if (tree.kind === 'seq' || tree.kind === 'either') return tree.items.some(goesOn)
  if (tree.kind !== 'repeat') return false
  const isWide = tree.item.kind === 'set' && tree.item.set[32] === 1 && tree.item.set[97] === 1
  return (isWide && tree.max === Infinity) || goesOn(tree.item)
}

/** Whether a letter or digit is among them. */
const meetsWord = (set: CharSet): boolean => ALNUM.some((bit, symbol) => bit === 1 && set[symbol] === 1)

/** Whether what it repeats is to be as short as can be, so that the first end counts. */
function isLazy(tree: Tree): boolean {
  if (tree.kind === 'repeat') return (tree.lazy && tree.max > 1) || isLazy(tree.item)
  if (tree.kind === 'seq' || tree.kind === 'either') return tree.items.some(isLazy)
  return false
}

/** A pattern that is too large as it is loses the upper bounds of its repeats: it finds no less. */
function small(tree: Tree, notes: Set<string>): Tree {
  if (refusal(patternOf(tree)) === undefined) return tree
  const wide = withoutBounds(tree)
  prove(patternOf(wide))
  notes.add('repeats are taken without their upper bound: with them the pattern is too large')
  return wide
}

function withoutBounds(tree: Tree): Tree {
  if (tree.kind === 'seq') return seq(tree.items.map(withoutBounds))
  if (tree.kind === 'either') return either(tree.items.map(withoutBounds))
  if (tree.kind !== 'repeat') return tree
  const isOpen = tree.item.kind === 'set' && tree.max > Math.max(LONG, tree.min)
  return isOpen ? { ...tree, max: Infinity } : { ...tree, item: withoutBounds(tree.item) }
}

/** @throws Fault config.invalid */
function prove(pattern: Pattern, few = FEW_NODES): void {
  const why = refusal(pattern, few)
  if (why !== undefined) throw new Fault('config.invalid', `pattern: ${why}`)
}

/** Why a pattern is not run: proved by building what it may need, not by time. */
function refusal(pattern: Pattern, few = FEW_NODES): string | undefined {
  const size = sizeOf(pattern)
  if (size <= few) return undefined
  if (size <= MOST_NODES && new Matcher(pattern).count(MOST_STATES) !== undefined) return undefined
  return `too large: a character may cost ${size} steps (${few} are allowed), and it has more than ${MOST_STATES} states`
}

/** What every match of a tree begins with: the literals by which the engine finds where to look. Pure. */
import type { CharSet } from '../pattern.ts'
import { isNullable } from './borders.ts'
import { foldedSet, seq, setOf, type Tree, union } from './tree.ts'

/** With `fold`, ASCII case does not matter, and the text is in lower case. */
export interface Start {
  readonly text: string
  readonly fold: boolean
}

const MOST = 64
const MOST_LETTERS = 10
const ENOUGH = 3

/** How far beginnings are spelled out: sets of several letters only while they are shorter than `enough`. */
interface Limits {
  readonly enough: number
  readonly longest: number
}
const FOR_STARTS: Limits = { enough: ENOUGH, longest: 24 }
const FOR_WORDS: Limits = { enough: 60, longest: 60 }

/** A beginning: letters as sets of one character or of both cases of one. `done`: what comes next is open. */
interface Head {
  readonly letters: readonly CharSet[]
  readonly done: boolean
}

/** Every match begins with one of these; none where that cannot be said, as where the first character may be any letter. */
export function startsOf(tree: Tree): readonly Start[] {
  const starts = extend([{ letters: [], done: false }], tree, FOR_STARTS).flatMap((head) => spell(head.letters))
  if (starts.some(({ text }) => text === '')) return []
  return starts.filter((start, at) => !starts.some((other, i) => i !== at && covers(other, start, i < at)))
}

/** The characters with which a match may begin. */
export function firstsOf(tree: Tree): CharSet {
  if (tree.kind === 'set') return tree.set
  if (tree.kind === 'repeat' || tree.kind === 'group') return firstsOf(tree.item)
  if (tree.kind === 'either') return tree.items.map(firstsOf).reduce(union)
  if (tree.kind !== 'seq') return setOf('')
  const upTo = tree.items.findIndex((item) => !isNullable(item))
  return tree.items
    .slice(0, upTo < 0 ? undefined : upTo + 1)
    .map(firstsOf)
    .reduce(union, setOf(''))
}

/** Whether one of the words, case apart, stands in every match. False where that cannot be said. */
export function mentions(tree: Tree, words: readonly string[]): boolean {
  if (words.length === 0) return true
  if (tree.kind === 'either') return tree.items.every((item) => mentions(item, words))
  if (tree.kind === 'repeat') return tree.min > 0 && mentions(tree.item, words)
  const items = tree.kind === 'seq' ? tree.items : [tree]
  if (tree.kind === 'seq' && items.some((item) => item.kind !== 'set' && mentions(item, words))) return true
  return items.some((_, from) =>
    extend([{ letters: [], done: false }], seq(items.slice(from)), FOR_WORDS).every(({ letters }) => {
      const text = textOf(letters).toLowerCase()
      return words.some((word) => text.includes(word.toLowerCase()))
    }),
  )
}

function covers(a: Start, b: Start, earlier: boolean): boolean {
  if (a.fold !== b.fold) return false
  return a.text === b.text ? earlier : b.text.startsWith(a.text)
}

function extend(heads: readonly Head[], tree: Tree, limits: Limits): Head[] {
  const open = heads.filter(({ done }) => !done)
  if (open.length === 0) return [...heads]
  const done = heads.filter(({ done }) => done)
  const grown = grow(open, tree, limits)
  return grown.length + done.length > MOST ? heads.map(closed) : [...done, ...grown]
}

function grow(open: readonly Head[], tree: Tree, limits: Limits): Head[] {
  if (tree.kind === 'set') return open.flatMap((head) => spelled(head, tree.set, limits))
  if (tree.kind === 'seq') return tree.items.reduce<Head[]>((heads, item) => extend(heads, item, limits), [...open])
  if (tree.kind === 'either') return tree.items.flatMap((item) => extend(open, item, limits))
  if (tree.kind !== 'repeat') return [...open]
  let heads: Head[] = [...open]
  for (let i = 0; i < tree.min && i < limits.longest; i++) heads = extend(heads, tree.item, limits)
  if (tree.max === tree.min) return heads
  const more = extend(heads, tree.item, limits)
  return [...heads, ...(tree.max === tree.min + 1 ? more : more.map(closed))]
}

const closed = (head: Head): Head => ({ ...head, done: true })

function spelled(head: Head, set: CharSet, { enough, longest }: Limits): Head[] {
  const letters = lettersOf(set)
  const few = letters && (letters.length === 1 || (letters.length <= MOST_LETTERS && head.letters.length < enough))
  if (!few || head.letters.length >= longest) return [closed(head)]
  return letters.map((letter) => ({ letters: [...head.letters, letter], done: false }))
}

/** The letters of a set, both cases of one as one; undefined where it reaches beyond ASCII. */
function lettersOf(set: CharSet): CharSet[] | undefined {
  const out: CharSet[] = []
  for (let c = 0; c < set.length; c++) {
    if (!set[c]) continue
    if (c > 127) return undefined
    const lower = c >= 65 && c <= 90 && set[c + 32]
    if (lower) continue
    const pair = c >= 97 && c <= 122 && set[c - 32]
    const letter = setOf(String.fromCharCode(c))
    out.push(pair ? foldedSet(letter) : letter)
  }
  return out
}

/** As literals: all letters with both cases, or none; the first part of a mixture where it says enough, else each way. */
function spell(letters: readonly CharSet[]): Start[] {
  const pairs = letters.map((set) => set.indexOf(1) !== set.lastIndexOf(1))
  const isLetter = (set: CharSet): boolean => /[a-z]/i.test(String.fromCharCode(set.indexOf(1)))
  const firstLetter = letters.findIndex(isLetter)
  if (firstLetter < 0 || !pairs.includes(true)) return [{ text: textOf(letters), fold: false }]
  const fold = pairs[firstLetter]!
  const change = letters.findIndex((set, at) => isLetter(set) && pairs[at] !== fold)
  if (change < 0) return [{ text: textOf(letters), fold }]
  if (change >= ENOUGH) return spell(letters.slice(0, change))
  return eachWay(letters.slice(0, ENOUGH + 1)).map((text) => ({ text, fold: false }))
}

const textOf = (letters: readonly CharSet[]): string =>
  letters.map((set) => String.fromCharCode(set.lastIndexOf(1))).join('')

function eachWay(letters: readonly CharSet[]): string[] {
  return letters.reduce<string[]>(
    (texts, set) => {
      const ways = [...new Set([set.indexOf(1), set.lastIndexOf(1)])].map((c) => String.fromCharCode(c))
      return texts.flatMap((text) => ways.map((way) => text + way))
    },
    [''],
  )
}

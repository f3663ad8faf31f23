/**
 * Reads Go's regular expressions (the regexp/syntax package, RE2) into a tree; never runs one. Left out, and said so:
 * characters beyond ASCII by name, which the engine's alphabet cannot tell apart.
 */
import { Fault } from '#exchange'
import type { CharSet } from '../pattern.ts'
import { ANY, NOT_NEWLINE } from './classes.ts'
import { Escapes } from './escaped.ts'
import { type Border, either, foldedSet, seq, setOf, type Tree } from './tree.ts'

/** As in Go: a larger count, or nested ones whose product is larger, is no pattern. */
const MOST_REPEATS = 1000
const DEEPEST = 100
const LONGEST = 16_384

interface Flags {
  i: boolean
  m: boolean
  s: boolean
  U: boolean
}

/** A pattern read: the tree, how many groups it has, and the names of those that bear one. */
export interface Read {
  readonly tree: Tree
  readonly groups: number
}

/** @throws Fault config.invalid with the offset where Go would refuse it too, or where the engine cannot follow. */
export function readGo(source: string): Read {
  if (source.length > LONGEST) throw new Fault('config.invalid', `pattern: longer than ${LONGEST} characters`)
  const reader = new Reader(source)
  const tree = reader.alternation({ i: false, m: false, s: false, U: false }, 0)
  if (!reader.done) reader.fail('unexpected )')
  return { tree, groups: reader.groups }
}

class Reader extends Escapes {
  groups = 0
  readonly #names = new Set<string>()

  /** Flags set inside hold to the end of the group: each alternation works on its own copy. */
  alternation(outer: Flags, depth: number): Tree {
    if (depth > DEEPEST) this.fail(`groups are nested more than ${DEEPEST} deep`)
    const flags = { ...outer }
    const items = [this.#sequence(flags, depth)]
    while (this.take('|')) items.push(this.#sequence(flags, depth))
    return either(items)
  }

  #sequence(flags: Flags, depth: number): Tree {
    const items: Tree[] = []
    while (!this.done && !this.sees('|') && !this.sees(')')) {
      if (this.take('\\Q')) items.push(...this.#quoted(flags))
      else {
        const item = this.#atom(flags, depth)
        if (item) items.push(this.#quantified(item, flags))
      }
    }
    return seq(items)
  }

  /** Undefined for a group that only sets flags. */
  #atom(flags: Flags, depth: number): Tree | undefined {
    if (this.take('(')) return this.#group(flags, depth)
    if (this.take('[')) return this.#set(this.bracket(flags.i))
    if (this.take('.')) return this.#set(flags.s ? ANY : NOT_NEWLINE)
    const border = this.#border(flags)
    if (border) return { kind: 'border', border }
    if (this.sees('*') || this.sees('+') || this.sees('?')) this.fail('nothing to repeat')
    return this.#set(this.sees('\\') ? this.escape(flags.i) : this.#folded(this.character(), flags))
  }

  #border(flags: Flags): Border | undefined {
    if (this.take('^')) return flags.m ? 'line-start' : 'text-start'
    if (this.take('$')) return flags.m ? 'line-end' : 'text-end'
    if (this.take('\\A')) return 'text-start'
    if (this.take('\\z')) return 'text-end'
    if (this.take('\\b')) return 'word'
    return this.take('\\B') ? 'no-word' : undefined
  }

  #group(flags: Flags, depth: number): Tree | undefined {
    if (!this.take('?')) return this.#captured(flags, depth)
    if (this.take('P<') || this.take('<')) {
      this.#name()
      return this.#captured(flags, depth)
    }
    const inner = this.#flags(flags)
    if (this.take(')')) {
      Object.assign(flags, inner)
      return undefined
    }
    if (!this.take(':')) this.fail('unknown group; look-around is not known to Go either')
    return this.#closed(this.alternation(inner, depth + 1))
  }

  #captured(flags: Flags, depth: number): Tree {
    const index = ++this.groups
    return this.#closed({ kind: 'group', index, item: this.alternation(flags, depth + 1) })
  }

  #closed(tree: Tree): Tree {
    if (!this.take(')')) this.fail('missing )')
    return tree
  }

  #name(): void {
    const name = this.until('>')
    if (!/^\w+$/.test(name)) this.fail('a group has a name of letters, digits and underscores')
    if (this.#names.has(name)) this.fail(`two groups are named ${name}`)
    this.#names.add(name)
  }

  #flags(flags: Flags): Flags {
    const inner = { ...flags }
    let on = true
    while (!this.done && !this.sees(':') && !this.sees(')')) {
      const c = this.next()
      if (c === '-' && on) on = false
      else if (c === 'i' || c === 'm' || c === 's' || c === 'U') inner[c] = on
      else this.fail('unknown group; look-around and references are not known to Go either')
    }
    return inner
  }

  #quoted(flags: Flags): Tree[] {
    const text = this.until('\\E', true)
    const items = [...text].map((c) => this.#set(this.#folded(this.ascii(c), flags)))
    const last = items.pop()
    return last ? [...items, this.#quantified(last, flags)] : []
  }

  #quantified(item: Tree, flags: Flags): Tree {
    const bounds = this.#bounds()
    if (!bounds) return item
    const [min, max] = bounds
    const lazy = this.take('?') !== flags.U
    const tree: Tree = { kind: 'repeat', item, min, max, lazy }
    if (min > max || min > MOST_REPEATS || (max > MOST_REPEATS && max !== Infinity)) this.fail('bad repeat count')
    if (counts(tree) > MOST_REPEATS) this.fail(`nested repeats of more than ${MOST_REPEATS} in all`)
    if (this.#bounds()) this.fail('a repeat of a repeat needs a group')
    return tree
  }

  #bounds(): readonly [number, number] | undefined {
    if (this.take('*')) return [0, Infinity]
    if (this.take('+')) return [1, Infinity]
    if (this.take('?')) return [0, 1]
    const found = this.pattern(/\{(\d+)(,?)(\d*)\}/y)
    if (!found) return undefined
    const [, min, comma, max] = found
    return [Number(min), max ? Number(max) : comma ? Infinity : Number(min)]
  }

  #folded(c: string, flags: Flags): CharSet {
    return flags.i ? foldedSet(setOf(c)) : setOf(c)
  }

  #set(set: CharSet): Tree {
    return { kind: 'set', set }
  }
}

/** How often the innermost part may be repeated by counted repeats. */
function counts(tree: Tree): number {
  if (tree.kind === 'group') return counts(tree.item)
  if (tree.kind === 'seq' || tree.kind === 'either') return Math.max(1, ...tree.items.map(counts))
  if (tree.kind !== 'repeat') return 1
  return Math.max(1, tree.max === Infinity ? tree.min : tree.max) * counts(tree.item)
}

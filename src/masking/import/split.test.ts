/** Cutting patterns at their secret: what each kind of pattern becomes, and that nothing is found more or less. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RE2JS } from 're2js'
import { Matcher } from '../matcher.ts'
import { symbolOf } from '../pattern.ts'
import { EDGE } from './borders.ts'
import { patternOf } from './pattern.ts'
import { patterns, randomOf, textFor } from './patterns.case.ts'
import { type Part, split } from './split.ts'
import { firstsOf, mentions, startsOf } from './starts.ts'
import { readGo } from './syntax.ts'
import { seq, type Tree } from './tree.ts'

const cut = (source: string, group = 0): readonly Part[] => split(readGo(source), group)

/** The ends at which a tree that begins at `from` matches. */
function ends(tree: Tree, text: string, from: number): number[] {
  const matcher = new Matcher(patternOf(tree))
  const out: number[] = []
  let state = matcher.step(matcher.start, symbolOf(text.charCodeAt(from)))
  for (let at = from + 1; state && at <= text.length; at++) {
    if (state.accept) out.push(at)
    state = at < text.length ? matcher.step(state, symbolOf(text.charCodeAt(at))) : null
  }
  return out
}

/** The secrets of a part in a text, by trying every place. */
function secrets({ precede, before, secret, follow, afters }: Part, text: string): string[] {
  const found: string[] = []
  for (let from = 0; from < text.length; from++) {
    if (!precede[from === 0 ? EDGE : symbolOf(text.charCodeAt(from - 1))]) continue
    for (const start of before ? ends(before, text, from) : [from]) {
      if (start === text.length) continue
      for (const end of ends(secret, text, start)) {
        const next = end === text.length ? EDGE : symbolOf(text.charCodeAt(end))
        if (follow[next] || (end < text.length && afters.some((after) => ends(after, text, end).length > 0)))
          found.push(text.slice(start, end))
      }
    }
  }
  return found
}

const secretsOf = (source: string, text: string, group = 0): string[] =>
  [...new Set(cut(source, group).flatMap((part) => secrets(part, text)))].sort()

test('the secret is the group asked for, else the first that takes part, else all', () => {
  assert.deepEqual(secretsOf('key=(a+)(b+)', 'key=aab'), ['a', 'aa'].slice(1))
  assert.deepEqual(secretsOf('key=(a+)(b+)', 'key=aab', 2), ['b'])
  assert.deepEqual(secretsOf('key=(?:x(a\\d)|y(b\\d))', 'key=xa1 key=yb2'), ['a1', 'b2'])
  assert.deepEqual(secretsOf('key=a\\d', 'a key=a1'), ['key=a1'])
  assert.deepEqual(secretsOf('((x\\d)y)', 'x1y'), ['x1y'])
})

test('a group in a repeat, or one that always reads the same, leaves the whole match the secret', () => {
  assert.deepEqual(secretsOf('t-(?:(ab|cd)-){2}z', 't-ab-cd-z'), ['t-ab-cd-z'])
  assert.deepEqual(secretsOf('t(?P<kind>AAA)[0-9]{3}', 'tAAA123'), ['tAAA123'])
})

test('a group that is not there, and a secret that may be empty, are refused', () => {
  assert.throws(() => cut('(a)', 2), /there is no group 2/)
  assert.throws(() => cut('key=(a*)'), /may be empty/)
  assert.throws(() => cut('a\\Ba\\bb'), /nothing can match/)
  assert.throws(() => cut('(?:a\\b){3}'), /inside a repeat/)
})

test('what is optional in front is a lead, one leading character of many a condition', () => {
  const [part, ...none] = cut('[\\w.-]{0,50}?token=([a-z]{3})[;"]')
  assert.deepEqual([none.length, part?.lead?.max, part?.afters.length], [0, 50, 0])
  const [marked] = cut('(?:^|["\' ])(tok[0-9])(?:$|["\' ])')
  assert.equal(marked?.before, undefined)
  assert.deepEqual([marked?.precede[EDGE], marked?.precede[34], marked?.precede[97]], [1, 1, 0])
  assert.deepEqual([marked?.follow[EDGE], marked?.follow[34], marked?.follow[97]], [1, 1, 0])
})

test('what ends every gitleaks rule becomes one program', () => {
  const parts = cut('\\b(abc-[a-z0-9]{8})(?:[\\x60\'"\\s;]|\\\\[nr]|$)')
  assert.equal(parts.length, 1)
  assert.equal(parts[0]?.afters.length, 1)
  assert.deepEqual(startsOf(parts[0]!.secret), [{ text: 'abc-', fold: false }])
})

test('programs find where their pattern does; nowhere else, but for borders behind what follows', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '1', '_', '-', ' ', '\n', '"'), maxLength: 12 })
  fc.assert(
    fc.property(patterns, text, (source, given) => {
      let parts: readonly Part[]
      try {
        parts = cut(source)
      } catch (error) {
        fc.pre(!/too many|may be empty|nothing can match/.test(String(error)))
        throw error
      }
      const found = parts.some((part) => secrets(part, given).length > 0)
      if (RE2JS.compile(source).matcher(given).find()) assert.ok(found)
      else if (!/[\^$]|\\[bB]/.test(source.replace('[^a]', ''))) assert.ok(!found)
    }),
    { numRuns: 300 },
  )
})

test('every match begins with a start, and holds a word that is said to be in all', () => {
  fc.assert(
    fc.property(patterns, fc.nat(), (source, seed) => {
      const { tree } = readGo(source)
      const text = textFor(tree, randomOf(seed))
      const starts = startsOf(plain(tree))
      const begins = ({ text: start, fold }: (typeof starts)[number]) =>
        fold ? text.toLowerCase().startsWith(start) : text.startsWith(start)
      if (starts.length) assert.ok(starts.some(begins), `${source} ${JSON.stringify([text, starts])}`)
      if (text) assert.ok(firstsOf(plain(tree))[symbolOf(text.charCodeAt(0))], source)
      for (const word of ['a', 'ab', 'b1'])
        if (mentions(plain(tree), [word])) assert.ok(text.toLowerCase().includes(word), `${source} ${word} ${text}`)
    }),
    { numRuns: 200 },
  )
})

/** Without groups and borders. */
function plain(tree: Tree): Tree {
  if (tree.kind === 'group') return plain(tree.item)
  if (tree.kind === 'repeat') return { ...tree, item: plain(tree.item) }
  if (tree.kind === 'seq') return seq(tree.items.filter(({ kind }) => kind !== 'border').map(plain))
  return tree.kind === 'either' ? { ...tree, items: tree.items.map(plain) } : tree
}

/** The reader of Go's patterns: every class against RE2 itself, and what it refuses. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RE2JS } from 're2js'
import { Fault } from '#exchange'
import { readGo } from './syntax.ts'

/** Patterns that match one character. */
const ONE = [
  ...['.', '(?s).', '\\d', '\\D', '\\s', '\\S', '\\w', '\\W', '\\x60', '\\x{3d}', '\\101', '\\n', '\\t', '\\v', '\\.'],
  ...[
    '\\-',
    '\\"',
    '\\_',
    '\\/',
    ']',
    '}',
    '{',
    '{,2}'.slice(0, 1),
    '(?i)k',
    '(?i:s)',
    'a(?i)',
    '(?i)[a-f]',
    '(?-i:A)',
  ],
  ...['[abc]', '[^abc]', '[a-z]', '[]a]', '[^]a]', '[a-]', '[-a]', '[\\w.-]', '[\\s\\S-]', '[\\w-z]', '[a-z-0-9]'],
  ...['[[:alnum:]]', '[[:^alnum:]]', '[[:punct:]_]', '[[:space:]x]', '[[:xdigit:]]', '[\\x60\'"\\s;]', '[^\\W_]'],
  ...['[\\[\\]]', '[\\\\]', '[.$^|*+?(){}]', '(?i)[^a-f]', '(?:x|y|[0-9])', '(x|y)', '(?P<n>x)', '(?<n>y)', '\\Qx\\E'],
]

for (const source of ONE) {
  test(`${source} means the characters that RE2 says`, () => {
    const { tree } = readGo(source)
    const set = tree.kind === 'group' ? tree.item : tree
    assert.equal(set.kind, 'set')
    const re2 = RE2JS.compile(source)
    for (let code = 0; code < 128; code++) {
      const c = String.fromCharCode(code)
      assert.equal(set.kind === 'set' && set.set[code] === 1, re2.matcher(c).matches(), JSON.stringify(c))
    }
  })
}

test('flags hold to the end of their group, and groups count from the left', () => {
  const { tree, groups } = readGo('a(?i)b|(c(?-i)d)e')
  assert.equal(groups, 1)
  assert.deepEqual(widths(tree), [1, 2, 2, 1, 2])
})

/** How many characters each set of a tree has, from left to right. */
function widths(tree: ReturnType<typeof readGo>['tree']): number[] {
  if (tree.kind === 'set') return [tree.set.reduce((sum, bit) => sum + bit, 0)]
  if (tree.kind === 'seq' || tree.kind === 'either') return tree.items.flatMap(widths)
  return tree.kind === 'border' ? [] : widths(tree.item)
}

test('repeats are read with their bounds and their greed', () => {
  const { tree } = readGo('(?:ab){2,3}c*?(?U:d+)e{,2}')
  assert.equal(tree.kind, 'seq')
  const repeats = tree.kind === 'seq' ? tree.items.filter((item) => item.kind === 'repeat') : []
  assert.deepEqual(
    repeats.map(({ min, max, lazy }) => [min, max, lazy]),
    [
      [2, 3, false],
      [0, Infinity, true],
      [1, Infinity, true],
    ],
  )
})

/** A pattern, and what is said of it. Go refuses all but those marked here. */
const REFUSED: readonly (readonly [string, RegExp, 'here only'?])[] = [
  ['a(', /missing \)/],
  ['a)', /unexpected \)/],
  ['[a', /missing \]/],
  ['*a', /nothing to repeat/],
  ['a**', /a repeat of a repeat needs a group/],
  ['a{1001}', /bad repeat count/],
  ['a{3,2}', /bad repeat count/],
  ['(?:a{100}){100}', /nested repeats of more than 1000/],
  ['(?=a)', /look-around/],
  ['(?<!a)', /a group has a name|missing >/],
  ['(a)\\1', /references/],
  ['\\y', /unknown escape \\y/],
  ['[z-a]', /bad range/],
  ['[[:nope:]]', /unknown class/],
  ['(?P<n>a)(?P<n>b)', /two groups are named n/],
  ['\\p{Nope}', /is not known/],
  ['é', /beyond ASCII/, 'here only'],
  ['\\x{e9}', /beyond ASCII/, 'here only'],
  ['\\PL', /not negated/, 'here only'],
]

for (const [source, why, here] of REFUSED) {
  test(`${source} is refused`, () => {
    assert.throws(
      () => readGo(source),
      (error) => error instanceof Fault && why.test(error.detail ?? ''),
    )
    if (!here) assert.throws(() => RE2JS.compile(source))
    else RE2JS.compile(source)
  })
}

test('nesting and length have a limit', () => {
  assert.throws(() => readGo('('.repeat(200) + ')'.repeat(200)), /nested more than 100/)
  assert.throws(() => readGo('a'.repeat(20_000)), /longer than 16384/)
})

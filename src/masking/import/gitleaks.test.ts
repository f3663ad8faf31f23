/** gitleaks files: what they become, what is told of them, and with which line. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from '../engine.ts'
import { maskText } from '../mask.ts'
import { Matcher } from '../matcher.ts'
import { sizeOf } from '../pattern.ts'
import { type Imported, importGitleaks } from './gitleaks.ts'
import { patternOf } from './pattern.ts'
import { readGo } from './syntax.ts'

const read = (text: string, beside?: (path: string) => string): Imported => importGitleaks(text, 'my.toml', beside)
const told = (list: Imported['notes']): string[] => list.map(({ file, line, message }) => `${file}:${line} ${message}`)

/** The rules that find something in a text, and what they mask. */
function masked(text: string, toml: string, beside?: (path: string) => string): string {
  const { rules, problems } = read(toml, beside)
  assert.deepEqual(told(problems), [])
  return maskText(compile([], { foreign: rules }), text, 'text').text
}

const rule = (id: string, regex: string, more = ''): string =>
  `[[rules]]\nid = "${id}"\nregex = '''${regex}'''\n${more}\n`

test('a secret is masked under the name of its rule', () => {
  const toml = rule('acme', '\\bacme_([a-z0-9]{8})\\b')
  assert.equal(masked('acme_abc12345, xacme_abc12345', toml), 'acme_[masked:acme], xacme_abc12345')
})

test('entropy must be more than what is asked for', () => {
  const toml = rule('acme', 'acme_([a-z]{4})', 'entropy = 1')
  assert.equal(masked('acme_aabb acme_abcd', toml), 'acme_aabb acme_[masked:acme]')
})

test('a keyword that the pattern does not hold must have been read before', () => {
  const toml = rule('acme', '\\b([0-9]{6}\\|[a-z]{6})\\b', 'keywords = ["ACME"]')
  const [before, after] = [masked('Acme: 123456|abcdef', toml), masked('123456|abcdef', toml)]
  assert.deepEqual([before, after], ['Acme: [masked:acme]', '123456|abcdef'])
})

test('allowlists look at the secret, the match or the line', () => {
  const toml = (list: string) => rule('acme', '[\\w.]{0,20}acme=([a-z0-9]{4,9})[; ]', `[[rules.allowlists]]\n${list}`)
  const text = 'acme=dummy1; my.acme=abcd12; --no acme=abcd13;'
  const of = (list: string) => masked(text, toml(list)).replaceAll('[masked:acme]', '*')
  assert.equal(of("regexes = ['''^dummy''']"), 'acme=dummy1; my.acme=*; --no acme=*;')
  assert.equal(of('stopwords = ["UMMY"]'), 'acme=dummy1; my.acme=*; --no acme=*;')
  assert.equal(of("regexTarget = 'match'\nregexes = ['''^my\\.''']"), 'acme=*; my.acme=abcd12; --no acme=*;')
  assert.equal(of("regexTarget = 'line'\nregexes = ['''--no''']"), 'acme=*; my.acme=*; --no acme=abcd13;')
  const both = "condition = 'AND'\nregexes = ['''^d''']\nstopwords = ["
  assert.equal(of(`${both}"13"]`), 'acme=*; my.acme=*; --no acme=*;')
  assert.equal(of(`${both}"mm"]`), 'acme=dummy1; my.acme=*; --no acme=*;')
})

test('a list for all rules, and one for some of them', () => {
  const rules = `${rule('one', 'one=(\\w{4})')}${rule('two', 'two=(\\w{4})')}`
  const text = 'one=aaaa one=bbbb two=aaaa two=bbbb'
  const all = `[[allowlists]]\nregexes = ['''a{4}''']\n[[allowlists]]\ntargetRules = ["two"]\nstopwords = ["bb"]\n`
  assert.equal(masked(text, all + rules), 'one=aaaa one=[masked:one] two=aaaa two=bbbb')
  const { problems } = read(`[[allowlists]]\ntargetRules = ["tow"]\nstopwords = ["b"]\n${rules}`)
  assert.deepEqual(told(problems), ['my.toml:1 targetRules: there is no rule tow'])
})

test('a generic rule names nothing that another one found', () => {
  const toml = rule('generic-key', 'key=(\\w{8})') + rule('acme', 'key=(acme\\w{4})')
  assert.equal(masked('key=acme1234 key=abcd1234', toml), 'key=[masked:acme] key=[masked:generic-key]')
})

test('keys are read whatever their case, as gitleaks does', () => {
  assert.equal(masked('x=abcd', "[[Rules]]\nID = 'a1'\nRegex = 'x=((a)b)cd'\nsecretgroup = 2"), 'x=[masked:a1]bcd')
})

/** A file, and what is wrong with it. */
const WRONG: readonly (readonly [string, string])[] = [
  ['[[rules]]\nid = "a"\nregex = "(a"\n', 'my.toml:3 rule a: pattern, offset 2: missing )'],
  ['# x\n[[rules]]\nid = "a"\ncolour = "red"\nregex = "a"\n', 'my.toml:4 there is no key colour'],
  ['[[rules]]\nid = "a"\n', 'my.toml:1 rule a has neither regex nor path'],
  [`${rule('a', 'abc')}\n${rule('a', 'abd')}`, 'my.toml:7 rule a stands in line 2 already'],
  [rule('a', 'x(a)', 'secretGroup = 2'), 'my.toml:3 rule a: there is no group 2: the pattern has 1'],
  [
    rule('a', '.x?[a-z]+x'),
    'my.toml:3 rule a: pattern: a match may begin with nearly any character, so that all of a text would be in doubt',
  ],
  [rule('a', 'ab', "[[rules.allowlists]]\nregexes = ['(']"), 'my.toml:5 rule a: pattern, offset 1: missing )'],
  [
    rule('a', 'ab', '[[rules.allowlists]]\ndescription = "x"'),
    'my.toml:4 rule a: an allowlist needs regexes, stopwords, paths or commits',
  ],
  [rule('A b', 'abc') + rule('a_b', 'abd'), 'my.toml:6 rule "a_b": it would be called a-b here, as rule "A b" is'],
  [rule(' ]', 'abc'), 'my.toml:2 rule " ]": its id has no letter and no digit that could be shown'],
  ['[[rules]\nid = "a"', 'my.toml:1 not TOML: Invalid TOML document: expected end of table array declaration'],
  ['rules = 3', 'my.toml:1 rules: Invalid input: expected array, received number'],
  ['[extend]\npath = "b.toml"\n', 'my.toml:2 extend.path cannot be read here'],
]

for (const [toml, problem] of WRONG) {
  test(`refused: ${problem}`, () => {
    const { rules, problems } = read(toml)
    assert.deepEqual([rules.length, told(problems)], [0, [problem]])
  })
}

test('an id is shown so that JSON stays JSON, and that is told', () => {
  const hostile = String.raw`A\"b] \n\\ ]`
  for (const [written, called] of [
    [hostile, 'a-b'],
    ['Bad Id ]', 'bad-id'],
    ['AWS_Key.v2', 'aws-key-v2'],
    ['x'.repeat(100), 'x'.repeat(64)],
  ] as const) {
    const { rules, notes, problems } = read(rule(written, 'zzz[a-i]{9}'))
    assert.deepEqual([rules.map(({ id }) => id), problems], [[called], []])
    assert.match(told(notes).join(), new RegExp(`^my\\.toml:2 rule .*: it is called ${called} here`))
    const raw = JSON.stringify({ k: 'zzzabcdefghi' })
    const { text } = maskText(compile([], { foreign: rules }), raw, 'json')
    assert.deepEqual(JSON.parse(text), { k: `[masked:${called}]` })
  }
  assert.deepEqual(read(rule('a-b', 'abc')).notes, [])
})

test('a pattern that would be slow is refused, by what it needs and not by time', () => {
  const slow = 'key(?:[a-z]a|b[a-z]|.{21}x|.{13}y){40}=(x[a-z]{8})z'
  const { problems } = read(rule('slow', slow))
  assert.match(told(problems).join(), /my\.toml:3 rule slow: pattern: too large: a character may cost \d+ steps/)
})

test('bounds that make a pattern too large are left off, and that is told', () => {
  const toml = rule('wide', 'abc[a-z0-9]{10,200}(?:x1|y2)[a-z0-9]{10,200}_z9')
  assert.match(told(read(toml).notes).join(), /my\.toml:3 rule wide: repeats are taken without their upper bound/)
  assert.equal(masked(`abc${'q'.repeat(300)}x1${'r'.repeat(12)}_z9.`, toml), '[masked:wide].')
})

test('what a gateway cannot know is told and left out', () => {
  const toml = [
    rule('pathless', 'aaa', "path = '''x'''"),
    "[[rules]]\nid = 'only-path'\npath = 'x'\n",
    rule('hidden', 'bbb', 'skipReport = true\n'),
    rule('paths', 'ccc', "[[rules.allowlists]]\npaths = ['x']\n"),
  ].join('')
  const { rules, notes, problems } = read(toml)
  assert.deepEqual([rules.map(({ id }) => id), told(problems)], [['pathless', 'paths'], []])
  assert.deepEqual(told(notes), [
    'my.toml:4 rule pathless: its path is not known here, so it holds everywhere',
    'my.toml:5 rule only-path is left out: it looks at paths alone, which a gateway does not know',
    'my.toml:8 rule hidden is left out: it is never reported by itself',
    'my.toml:16 rule paths: an allowlist is left out: it asks for paths, which a gateway does not know, and never holds',
  ])
})

test('extend.useDefault means the built-in rules, extend.path the rules of a file', () => {
  const ours = read('[extend]\nuseDefault = true\ndisabledRules = ["github-pat"]\n')
  assert.deepEqual(ours.disabled, ['github-pat'])
  assert.deepEqual(told(ours.notes), ["my.toml:2 Gatelog's own rules stand in for gitleaks' defaults"])
  const base = rule('one', 'one=(\\w{4})') + rule('two', 'two=(\\w{4})') + rule('three', 'three=(\\w{4})')
  const toml = `[extend]\npath = "base.toml"\ndisabledRules = ["three"]\n${rule('one', 'uno=(\\w{4})')}`
  const text = 'one=abcd uno=abcd two=abcd three=abcd'
  const beside = (path: string) => (path === 'base.toml' ? base : '')
  assert.equal(masked(text, toml, beside), 'one=abcd uno=[masked:one] two=[masked:two] three=abcd')
  const missing = read(toml, () => {
    throw new Error('absent')
  })
  assert.deepEqual(told(missing.problems), ['my.toml:2 base.toml cannot be read'])
  const self = read(toml, () => toml)
  assert.match(told(self.problems).join(), /more than 2 files are extended/)
})

test("Betterleaks' filters that say the same hold; rules whose filter says more are left out", () => {
  const filter = (text: string) => `filter = '''${text}'''\n`
  const list = 'entropy(finding["secret"]) <= 1.0 || filter.matchesAny(finding["secret"], [`^no`, `x$`])'
  const toml = rule('acme', 'acme_(\\w{4})', filter(list)) + rule('odd', 'odd_(\\w{4})', filter('let a = 3; a > 2'))
  assert.equal(
    masked('acme_aabb acme_abcd acme_nope acme_abcx odd_abcd', toml),
    'acme_aabb acme_[masked:acme] acme_nope acme_abcx odd_abcd',
  )
  assert.deepEqual(told(read(toml).notes), ['my.toml:9 left out: rule odd: filter: = 3; a > 2 is not known'])
})

test('a size is what the automaton has, also where it is not built', () => {
  for (const source of ['a', 'ab|c', 'a?b+c*', '(?:ab|c){2,5}d{3}e{2,}', '[a-z]{0,40}(?:x|yz)+']) {
    const pattern = patternOf(readGo(source).tree)
    assert.equal(sizeOf(pattern), new Matcher(pattern).size, source)
  }
})

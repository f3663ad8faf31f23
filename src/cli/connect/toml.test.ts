import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fault } from '#exchange'
import { statementsOf } from './toml.ts'

const paths = (text: string) => statementsOf(text).map(({ kind, path, line }) => `${line} ${kind} ${path.join('/')}`)

test('statements are found, and nothing inside a value is taken for one', () => {
  const text = [
    '# a comment [x]',
    'model = "a # b" # c',
    "model_provider = 'x'",
    'list = [ # [no]',
    '  "a", [1, 2],',
    '  { k = "]" },',
    ']',
    'when = 1979-05-27 07:32:00Z',
    'a.b . "c.d" = { x = 1, "y z" = [true] }',
    '[t]  # table',
    'text = """',
    '[not]',
    'key = 1 \\""" \\\\',
    '""""',
    "raw = '''",
    "it's [raw]'''",
    '[[u."v w"]]',
    'n = -1_000.5e-3',
  ].join('\r\n')
  assert.deepEqual(paths(text), [
    '2 key model',
    '3 key model_provider',
    '4 key list',
    '8 key when',
    '9 key a/b/c.d',
    '10 table t',
    '11 key t/text',
    '15 key t/raw',
    '17 table u/v w',
    '18 key u/v w/n',
  ])
})

const WRONG: readonly (readonly [string, number])[] = [
  ['a = 1\nb', 2],
  ['a = "open\nb = 1', 1],
  ['a = [1,\n2', 2],
  ['[t\na = 1', 1],
  ['a = 1 b = 2', 1],
  ['a = """never', 1],
  ['a = { x 1 }', 1],
  ['= 1', 1],
  ['a =\n', 1],
  ['{"json": true}', 1],
]
for (const [text, line] of WRONG)
  test(`what is no TOML is told with its line: ${JSON.stringify(text)}`, () =>
    assert.throws(
      () => statementsOf(text),
      (fault: Fault) => fault.detail === `line ${line} is no TOML`,
    ))

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { line, safe, table } from './terminal.ts'

const HOSTILE: [string, string, string][] = [
  ['a CSI sequence', '\u001b[2Jgone', '\\u{1b}[2Jgone'],
  ['an OSC title', '\u001b]0;owned\u0007', '\\u{1b}]0;owned\\u{7}'],
  ['an 8-bit CSI', '\u009b31m', '\\u{9b}31m'],
  ['a bidi override', 'a\u202egpj.exe', 'a\\u{202e}gpj.exe'],
  ['bidi isolates', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
  ['a carriage return', 'ok\rEVIL', 'ok\\u{d}EVIL'],
  ['a backspace', 'a\b', 'a\\u{8}'],
  ['a zero width space', 'a\u200bb', 'a\\u{200b}b'],
  ['text, tab and line feed stay', 'é\t😀\n', 'é\t😀\n'],
]
for (const [name, text, shown] of HOSTILE)
  test(`nothing drives the terminal: ${name}`, () => assert.equal(safe(text), shown))

test('a line stays a line and within its width', () => {
  assert.equal(line('a\nb\r\nc'), 'a b c')
  assert.equal(line('x'.repeat(300), 10), `${'x'.repeat(9)}…`)
})
test('columns are as wide as their widest cell', () =>
  assert.equal(table(['a', 'b'], [['long', 'x']]), 'a     b\nlong  x'))

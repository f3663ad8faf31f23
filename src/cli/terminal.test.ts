import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drives } from './entries.case.ts'
import { duration, json, line, safe } from './terminal.ts'

const HOSTILE: [string, string, string][] = [
  ['a CSI sequence', '\u001b[2Jgone', '\\u{1b}[2Jgone'],
  ['an OSC title', '\u001b]0;owned\u0007', '\\u{1b}]0;owned\\u{7}'],
  ['an 8-bit CSI', '\u009b31m', '\\u{9b}31m'],
  ['a bidi override', 'a\u202egpj.exe', 'a\\u{202e}gpj.exe'],
  ['bidi isolates', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
  ['a carriage return', 'ok\rEVIL', 'ok\\u{d}EVIL'],
  ['a backspace', 'a\b', 'a\\u{8}'],
  ['a zero width space', 'a\u200bb', 'a\\u{200b}b'],
  ['a soft hyphen', 'a\u00adb', 'a\\u{ad}b'],
  ['a tag character', 'a\u{e0041}b', 'a\\u{e0041}b'],
  ['a letter that shows nothing', 'a\u3164b', 'a\\u{3164}b'],
  ['a joiner', 'a\u034f\u200db', 'a\\u{34f}\\u{200d}b'],
  ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ['half a character', 'a\ud83db', 'a\\u{d83d}b'],
  ['text, tab and line feed stay', 'é\t😀\n', 'é\t😀\n'],
]
for (const [name, text, shown] of HOSTILE)
  test(`nothing drives the terminal: ${name}`, () => assert.equal(safe(text), shown))

test('a line stays a line and within its width', () => {
  assert.equal(line('a\nb\r\nc'), 'a b c')
  assert.equal(line('x'.repeat(300), 10), `${'x'.repeat(9)}…`)
})
test('a line is never cut inside a character', () => assert.equal(line('a😀b', 3), 'a…'))

test('JSON stays the same value, and drives nothing', () => {
  const value = { text: '\u009b31m\u202e\u200b\u{e0041}\u001b]0;x\u0007\ud800é😀\u3164', n: 1 }
  assert.deepEqual(JSON.parse(json(value)), value)
  assert.ok(!drives(json(value)))
  assert.ok(json(value).includes('é😀'))
})

test('lengths of time are told as a person says them', () =>
  assert.deepEqual([0.42, 9.96, 14.3, 999, 2236, 180_000, 5_400_000].map(duration), [
    ...['0.4 ms', '10 ms', '14 ms', '999 ms', '2.2 s', '3 min', '1.5 h'],
  ]))

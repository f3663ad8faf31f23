/** What a word is, as a table, and that a search for a part of a text finds it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { holds, LONGEST_WORD, MOST_WORDS, soughtOf, wordsIn, wordsOf } from './words.ts'

const TABLE: [string, string[], string[]?][] = [
  ['Refactor the login page.', ['refactor', 'the', 'login', 'page']],
  ['getUserName(x)', ['get', 'user', 'name', 'x'], ['getusername']],
  ['get_user_name', ['get', 'user', 'name'], ['getusername']],
  ['HTTPServer IDs', ['http', 'server', 'i', 'ds'], ['httpserver', 'ids']],
  ['AES256 sha256 utf8Decoder', ['aes256', 'sha256', 'utf8', 'decoder'], ['utf8decoder']],
  ['MAX_SIZE', ['max', 'size'], ['maxsize']],
  ['cafe\u0301 STRASSE', ['café', 'strasse']],
  ['日本語', ['日', '本', '語'], ['日本語']],
  ['привет Мир', ['привет', 'мир']],
  ['a-b/c.d', ['a', 'b', 'c', 'd']],
  ['___ ... 🙂', []],
]
for (const [text, flow, runs = []] of TABLE) {
  test(`words of ${text}`, () => assert.deepEqual(wordsOf(text), { flow, runs }))
}

const FOUND: [string, string, boolean][] = [
  ['the login page', 'login page', true],
  ['the login page', 'page login', false],
  ['call getUserName here', 'getusername', true],
  ['call getUserName here', 'get_user_name', true],
  ['call getUserName here', 'user name', true],
  ['call getUserName here', 'getUser', true],
  ['call getUserName here', 'getuser', false],
  ['logins', 'login', false],
  ['今日は東京です', '東京', true],
  ['a', '...', false],
]
for (const [text, sought, expected] of FOUND) {
  test(`"${text}" ${expected ? 'holds' : 'lacks'} "${sought}"`, () =>
    assert.equal(holds(wordsOf(text), soughtOf(sought)), expected))
}

test('every run of whole words of a text is found in it', () => {
  const word = fc.stringMatching(/^[a-zA-Z_é語]{1,8}$/).filter((text) => wordsOf(text).flow.length > 0)
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), fc.nat(), fc.nat(), (words, start, length) => {
      const from = start % words.length
      const phrase = words.slice(from, from + 1 + (length % words.length)).join(' ')
      assert.ok(holds(wordsOf(words.join(' ')), soughtOf(phrase)))
    }),
  )
})
test('the words of a vast text and of a vast word are bounded', () => {
  assert.ok(wordsOf('ab cd '.repeat(MOST_WORDS)).flow.length <= MOST_WORDS)
  assert.equal(wordsOf('x'.repeat(100_000)).flow[0]?.length, LONGEST_WORD)
})
test('a letter with marks without end is one word, in time that its length says', () => {
  const marked = `a${'\u0301\u0323'.repeat(2 ** 18)}`
  assert.equal(wordsOf(`so ${marked} it is`).flow.length, 4)
  assert.ok(holds(wordsOf(`so ${marked} it is`), soughtOf(marked)))
})
test('all words of a text come in pieces, and are those of its beginning where it is long', () => {
  const lines = Array.from({ length: 40_000 }, (_, nth) => `row ${nth} getUserName caf\u0065\u0301`).join('\n')
  const pieces = [...wordsIn(lines)]
  assert.ok(pieces.length > 100)
  const flow = pieces.flatMap((piece) => piece.flow)
  assert.equal(flow.length, 240_000)
  assert.deepEqual(flow.slice(0, MOST_WORDS), wordsOf(lines).flow)
  assert.equal(pieces.flatMap((piece) => piece.runs).length, 40_000)
  assert.deepEqual(
    [...wordsIn('one line')].map((piece) => piece.flow),
    [['one', 'line']],
  )
})

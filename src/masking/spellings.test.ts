/** Known values whose characters cannot stand as they are: in each spelling they go, at every cut. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, maskText } from './index.ts'
import { spellingsOf } from './spellings.ts'

const VALUES = [
  'Zürich-Passwort-2024',
  'pass wort mit ü drin',
  'pppppppppppp\u00fcqqqqqqqqqqqq',
  '密码是很长的一个秘密值',
  'party \u{1f389} of the year',
  '-----BEGIN ACME-----\nabcdef ghijkl\n-----END-----',
  'acme prod "pass"',
  'back\\slash and tab\there',
  'a+b/c=d&e f%g',
]
const json = (text: string) => JSON.stringify(text).slice(1, -1)
const lower = (text: string) => text.replace(/%..|\\u..../g, (sign) => sign.toLowerCase())
const SPELLED: Readonly<Record<string, (value: string) => string>> = {
  plain: (value) => value,
  address: encodeURIComponent,
  'address, lower case': (value) => lower(encodeURIComponent(value)),
  'an address as a whole': encodeURI,
  form: (value) => encodeURIComponent(value).replaceAll('%20', '+'),
  json,
  'json in json': (value) => json(json(value)),
  code: (value) => json(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
}

for (const [name, spell] of Object.entries(SPELLED))
  test(`a known value goes whole in this spelling: ${name}`, () => {
    for (const value of VALUES) {
      const engine = compile([], { known: [{ id: 'known', value }] })
      assert.equal(maskText(engine, `it is ${spell(value)} there`, 'text').text, 'it is [masked:known] there', value)
    }
  })

test('in base64 and hexadecimal it goes wherever it begins, but for the letters that say something of its neighbours too', () => {
  for (const value of VALUES.slice(0, 5)) {
    const engine = compile([], { known: [{ id: 'known', value }] })
    for (const before of ['', 'x', 'xy'])
      for (const kind of ['base64', 'base64url', 'hex'] as const) {
        const spelled = Buffer.from(`${before}${value} and more`).toString(kind)
        const { text } = maskText(engine, `it is ${spelled} there`, 'text')
        const [left = '', ...rest] = text.split('[masked:known]')
        assert.equal(rest.length, 1, `${kind} ${before} ${text}`)
        assert.ok(left.length <= 'it is '.length + (kind === 'hex' ? 4 : 3), text)
      }
  }
})

test('what a spelling says is told by the id of the value, and by the first one of two', () => {
  const known = [
    { id: 'one', value: 'Zürich-Passwort' },
    { id: 'other', value: encodeURIComponent('Zürich-Passwort') },
    { id: 'third', value: 'Zürich-Passwort' },
  ]
  const masked = (text: string) => maskText(compile([], { known }), text, 'text').text
  assert.equal(masked('Z\\u00fcrich-Passwort'), '[masked:one]')
  assert.equal(masked('Z%C3%BCrich-Passwort'), '[masked:other]')
})

test('a value of plain characters has no other spellings: the engine decodes them', () => {
  assert.deepEqual(spellingsOf('ghp_0123456789abcdef'), [])
  assert.deepEqual(spellingsOf('acme prod pass'), ['acme+prod+pass'])
})

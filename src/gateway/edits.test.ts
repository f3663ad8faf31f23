/** What a reply brought, as the trail is given it: in every `keep` mode, of whole, streamed, aborted and inline replies. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ending, Opening } from '#exchange'
import { ask, type Open, stream, within } from './asking.case.ts'
import { editsOf } from './edits.ts'
import { chat, chunk, DONE, type Script, SECRET } from './house.case.ts'

const OLD = 'const held = from(before)'
const FENCE = `Here:\n\`\`\`ts\n// filepath: src/a.ts\n${OLD}\nconst fresh = of(reply)\n\`\`\`\n`
const prompt = (more: object = {}) =>
  JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: `   12→${OLD}` }], ...more })
const endingOf = ({ watched }: Open) => watched.entries.find((entry) => 'delivered' in entry) as Ending
const units = (ending: Ending) =>
  ending.edits?.units.map(({ from, path, language, lines, fresh }) => [from, path, language, ...lines, ...fresh])

const pieces = [...FENCE].map((unit) => chunk(unit))
for (const [keep, named] of [
  ['full', ['src/a.ts', 'ts']],
  ['redacted', ['src/a.ts', 'ts']],
  ['metadata', [undefined, undefined]],
] as const)
  test(`keep: ${keep}: the lines of a streamed reply that its prompt did not hold`, () =>
    within({ script: stream(...pieces, DONE), recording: { keep } }, async (house) => {
      await (await ask(house, prompt())).text()
      const ending = endingOf(house)
      assert.deepEqual(units(ending), [['fence', ...named, 3, 5, 5]])
      assert.deepEqual(ending.edits?.forms, ['constfresh=of(reply)'])
    }))

const whole =
  (document: object): Script =>
  (_request, _body, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))

test('of a whole reply, and of its tool calls; secrets are masked in it', () => {
  const args = JSON.stringify({ file_path: 'b.ts', new_string: `${OLD}\nconst token = '${SECRET}' + more(x)` })
  const message = { content: '', tool_calls: [{ id: 'c', function: { name: 'Edit', arguments: args } }] }
  return within({ script: whole({ choices: [{ message }] }) }, async (house) => {
    await (await ask(house, prompt({ stream: false }))).text()
    const ending = endingOf(house)
    assert.deepEqual(units(ending), [['edit', 'b.ts', undefined, 1, 2, 2]])
    assert.equal(ending.edits?.forms.length, 1)
    assert.ok(!JSON.stringify(ending.edits).includes(SECRET))
    assert.match(ending.edits?.forms[0] ?? '', /^consttoken='\[masked:/)
  })
})

test('of a reply that broke off, as far as it got', () =>
  within(
    {
      script: (_q, _b, response) =>
        void response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .write(pieces.join(''), () => response.destroy()),
    },
    async (house) => {
      await (await ask(house, prompt())).text().catch(() => undefined)
      const ending = endingOf(house)
      assert.deepEqual([ending.kind, units(ending)], ['failed', [['fence', 'src/a.ts', 'ts', 3, 5, 5]]])
    },
  ))

test('no code, no edits', () =>
  within({ script: stream(chunk('just words'), DONE) }, async (house) => {
    await (await ask(house, chat('hi'))).text()
    assert.ok(!('edits' in endingOf(house)))
  }))

const event = (text: string) => `data: ${JSON.stringify({ choices: [{ index: 0, text }] })}\n\n`
const GHOST = { prompt: '# Path: src/area.py\ndef area(', suffix: ' # end\nprint()', extra: { language: 'python' } }

test('ghost text joins what stands beside the cursor', () =>
  within({ script: stream(event('w, h):\n'), event('    return w * h'), DONE) }, async (house) => {
    const body = JSON.stringify({ ...GHOST, stream: true })
    const reply = await fetch(`${house.url}/v1/engines/e/completions`, {
      ...{ method: 'POST', body, headers: { 'content-type': 'application/json', 'x-gatelog-key': house.key } },
    })
    await reply.text()
    const ending = endingOf(house)
    assert.deepEqual(units(ending), [['completion', 'src/area.py', 'python', 1, 2, 1, 2]])
    assert.deepEqual(ending.edits?.forms, ['defarea(wh):', 'returnw*h#end'])
  }))

test('what a process left that died: of the bytes that the journal holds, less what the recorded prompt held', () => {
  const bytes = Buffer.from(pieces.join(''))
  const body = { bytes: Buffer.from(prompt()), type: '', received: '', sent: '' }
  const opening: Opening = {
    ...{ kind: 'asked', exchange: 'x', at: 1, door: 'reverse', method: 'POST', path: '/', route: 'chat' },
    ...{ facts: {}, findings: [] },
  }
  assert.deepEqual(editsOf({ ...opening, body }, bytes)?.units[0]?.fresh, [5])
  assert.deepEqual(editsOf(opening, bytes)?.units[0]?.fresh, [4, 5])
  assert.equal(editsOf({ ...opening, route: 'metadata' }, bytes), undefined)
})

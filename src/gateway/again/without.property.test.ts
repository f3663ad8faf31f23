/** What erased turns said, in later bodies of every shape: by property, against a search that is written to be plain and not fast. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { promptIn, replyIn } from '#wire'
import { chunk, DONE } from '../house.case.ts'
import { chat, later, laterReply, user } from './without.case.ts'
import { MARK } from './words.ts'

const linesIn = (text: string) => text.split(/[\n\r\v\f\u0085\u2028\u2029]/).map((line) => line.trim())
/** No word begins with the letter of an escaped break of a line, and none begins or ends with `_`. */
const wordsIn = (text: string) =>
  ` ${(
    text
      .normalize()
      .replace(/\\[nrt]/g, ' ')
      .match(/[\p{L}\p{N}\p{M}](?:[\p{L}\p{N}\p{M}_]*[\p{L}\p{N}\p{M}])?/gu) ?? []
  ).join(' ')} `

const RUN = 8
const runsIn = (words: string) => {
  const all = words.trim().split(' ')
  return all.slice(RUN - 1).map((_, at) => ` ${all.slice(at, at + RUN).join(' ')} `)
}
/** Without what somebody puts before a line that they quote. */
const unquoted = (line: string) => line.replace(/^(?:>|\d+\s)\s*/, '')

/** What of `erased` a text says still: whole lines, quoted ones, parts of lines, and runs of words. */
function leftIn(erased: string, text: string): string[] {
  const parts = text.split(MARK)
  const lines = new Set(parts.flatMap(linesIn).flatMap((line) => [line, unquoted(line).trim()]))
  const words = parts.map(wordsIn)
  const isSaid = (run: string) => words.some((part) => part.includes(run))
  return linesIn(erased).filter((line) => {
    const run = wordsIn(line)
    const isPart = run.length >= 14 && run.trim().includes(' ')
    const isQuoted = run.length >= 10 && lines.has(line)
    return (
      isQuoted ||
      (line.length >= 8 && parts.flatMap(linesIn).includes(line)) ||
      (isPart && isSaid(run)) ||
      runsIn(run).some(isSaid)
    )
  })
}

const WORDS = [
  'INFO',
  'customer',
  'Ünterführung',
  'заказчик',
  'ab',
  '4711',
  '0815',
  'x',
  'naïve',
  'e\u0301tude',
  '_id',
  '🎉',
]
const GAPS = [' ', ', ', '\t', '"', '\\', '\\n', ' | ', '{', ' = ', '\u00a0', '.']
const line = fc
  .oneof(
    {
      weight: 4,
      arbitrary: fc.array(fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom(...GAPS)), {
        minLength: 1,
        maxLength: 14,
      }),
    },
    fc
      .tuple(fc.constantFrom(...WORDS), fc.integer({ min: 2, max: 400 }))
      .map(([word, times]) => Array(times).fill([word, ' '])),
  )
  .map((parts) => parts.flat().join(''))
/** Lines that begin alike. */
const alike = fc
  .tuple(line, fc.integer({ min: 2, max: 60 }))
  .map(([begin, count]) => Array.from({ length: count }, (_, nth) => `${begin} of number ${nth * 7919} ends`))
const erasedText = fc
  .tuple(
    fc.array(
      fc.oneof(
        line.map((one) => [one]),
        alike,
      ),
      { minLength: 1, maxLength: 4 },
    ),
    fc.constantFrom('\n', '\r\n', '\r', '\n\n'),
  )
  .map(([lines, end]) => lines.flat().join(end))

/** How a later turn says it again. */
const SAID_AGAIN: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `before it\n${text}\nafter it`,
  (text) =>
    linesIn(text)
      .map((each) => `> ${each}`)
      .join('\n'),
  (text) =>
    linesIn(text)
      .map((each, nth) => `${String(nth).padStart(6)}\t${each}`)
      .join('\n'),
  (text) =>
    linesIn(text)
      .map((each) => `    and then ${each}, so it goes`)
      .join('\r\n'),
  (text) =>
    linesIn(text)
      .map((each) => `so _${each}_, or not`)
      .join('\n'),
  (text) => text.replaceAll(' ', '\n'),
]

test('no trace is left in a prompt, however it says it again', async () => {
  await fc.assert(
    fc.asyncProperty(erasedText, fc.constantFrom(...SAID_AGAIN), fc.boolean(), async (text, again, asPart) => {
      const said = again(text)
      const written = await later('chat', chat(user(text)), chat(user(asPart ? [{ type: 'text', text: said }] : said)))
      const { messages } = JSON.parse(written)
      const [{ content }] = messages
      assert.deepEqual(leftIn(text, asPart ? content[0].text : content), [])
      assert.equal(messages[0].role, 'user')
    }),
    { numRuns: 200 },
  )
})

test('no trace is left in the arguments of a call', async () => {
  await fc.assert(
    fc.asyncProperty(erasedText, fc.constantFrom(...SAID_AGAIN), async (text, again) => {
      const calls = (said: string) => ({
        role: 'assistant',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'write', arguments: JSON.stringify({ to: [{ said }] }) } },
        ],
      })
      const written = await later('chat', chat(calls(text)), chat(calls(again(text)), user('go on')))
      const [{ toolCalls: [call] = [] } = {}] = promptIn('chat', written)?.messages ?? []
      const { to } = (call?.arguments ?? {}) as { to: { said: string }[] }
      assert.deepEqual([leftIn(text, to[0]?.said ?? '?'), call?.name], [[], 'write'])
    }),
    { numRuns: 100 },
  )
})

test('no trace is left in a reply, wherever its stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      erasedText,
      fc.constantFrom(...SAID_AGAIN),
      fc.array(fc.nat({ max: 40 })),
      async (text, again, cuts) => {
        const said = again(text)
        const events: string[] = []
        let at = 0
        for (const cut of cuts) {
          events.push(chunk(said.slice(at, at + cut)))
          at += cut
        }
        const stream = [...events, chunk(said.slice(at)), DONE].join('')
        const written = await laterReply(chat(user(text)), stream)
        const reply = replyIn('chat', written, 'text/event-stream')
        assert.deepEqual(leftIn(text, reply?.text ?? '?'), [])
        assert.equal(written.split('\n\n').length, stream.split('\n\n').length)
      },
    ),
    { numRuns: 100 },
  )
})

/** Resent history: judged once, always judged alike, and known only once it is on the record. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compile, RULES } from '#masking'
import { readDocument } from '#wire'
import { judgeWith, maskBody } from './document.ts'
import { Fault, openHouse, type Script, SECRET } from './house.case.ts'
import { Resent } from './resent.ts'

const masker = { engine: compile(RULES) }
const how = { direction: 'prompt', masker, read: (text: string) => readDocument(text, 'prompt') } as const

/** Words that are clean, that are secrets, and that become one when they stand side by side. */
const word = fc.constantFrom(
  'const a = 1\n'.repeat(4),
  SECRET,
  SECRET.slice(0, 20),
  SECRET.slice(20),
  '\\"',
  '\u{1F600}',
  '\ud800',
  'x',
)
const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(''))

test('a prompt masked with its session’s history is the prompt masked without', () => {
  fc.assert(
    fc.property(fc.array(fc.array(text, { maxLength: 6 }), { minLength: 2, maxLength: 8 }), (turns) => {
      const resent = new Resent()
      for (const [at, turn] of turns.entries()) {
        const body = JSON.stringify({ messages: [...(turns[at - 1] ?? []), ...turn] })
        const before = resent.compare('s', masker, at)
        const masked = maskBody((piece) => before.judge(piece), body, how)
        assert.deepEqual(masked, maskBody(judgeWith(masker), body, how))
        resent.learn('s', before, at)
      }
    }),
  )
})

const piece = (value: string, mode: 'text' | 'json' = 'text') =>
  ({ lane: 'a', how: 'whole', mode, start: 0, end: value.length, value }) as const
const long = `${SECRET} and some more words after it`

test('what was judged is not judged again, in the same session, mode and set of rules', () => {
  const resent = new Resent()
  const first = resent.compare('s', masker, 0)
  const judged = first.judge(piece(long))
  resent.learn('s', first, 0)
  const again = (session: string, rules: typeof masker, mode: 'text' | 'json') =>
    resent.compare(session, rules, 1).judge(piece(long, mode)) === judged
  assert.deepEqual(
    [again('s', masker, 'text'), again('other', masker, 'text'), again('s', masker, 'json')],
    [true, false, false],
  )
  assert.equal(resent.compare('s', { engine: compile([]) }, 1).judge(piece(long)), false)
})

test('messages are fresh until the prompt that bore them is learned', () => {
  const resent = new Resent()
  const [a, b] = [{ role: 'user', text: 'a' } as const, { role: 'user', text: 'b' } as const]
  assert.deepEqual(resent.compare('s', masker, 0).fresh([a]), [a])
  const second = resent.compare('s', masker, 0)
  assert.deepEqual(second.fresh([a]), [a])
  resent.learn('s', second, 0)
  assert.deepEqual(resent.compare('s', masker, 1).fresh([a, b, a]), [b])
  assert.deepEqual(resent.compare('other', masker, 1).fresh([a]), [a])
})

test('what is kept is bounded, and old sessions go first', () => {
  const resent = new Resent()
  const filler = 'x'.repeat(7 * 2 ** 20)
  for (let session = 0; session < 12; session++) {
    const comparison = resent.compare(String(session), masker, 0)
    comparison.judge(piece(filler + session))
    comparison.judge(piece(long))
    resent.learn(String(session), comparison, 0)
  }
  const kept = (session: string) => {
    const comparison = resent.compare(session, masker, 1)
    const judged = comparison.judge(piece(long))
    return comparison.judge(piece(long)) === judged
  }
  assert.deepEqual([kept('0'), kept('11')], [false, true])
})

const answer: Script = (_request, _body, response) => response.end('{"choices":[]}')

test('a prompt that the trail refused is all new when it comes again', async () => {
  const house = await openHouse({ script: answer })
  const ask = (words: string[]) =>
    fetch(`${house.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'm', messages: words.map((content) => ({ role: 'user', content })) }),
      headers: { 'content-type': 'application/json', 'x-gatelog-key': house.key, 'x-session-id': 's' },
    }).then((reply) => reply.text())
  house.watched.fail = new Fault('trail.unavailable')
  await ask(['first'])
  house.watched.fail = undefined
  await ask(['first'])
  await ask(['first', `second ${SECRET}`])
  await ask(['first', `second ${SECRET}`, 'third'])
  const openings = house.watched.entries.flatMap((entry) => (entry.kind === 'asked' ? [entry] : []))
  assert.deepEqual(
    openings.map((entry) => entry.text?.split(' ')[0]),
    ['first', 'second', 'third'],
  )
  assert.deepEqual(
    openings.map((entry) => entry.findings.length),
    [0, 1, 1],
  )
  assert.ok(!house.seen.some(({ body }) => body.includes(SECRET)))
  await house.close()
})

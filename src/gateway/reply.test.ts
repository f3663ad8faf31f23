/** One streamed reply: no secret in any lane under any cut, no event touched that need not be. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Reply } from './reply.ts'
import { args, chat, engine, event, leaked, protocolOf, run, SECRET, STREAMS } from './streams.case.ts'

for (const [name, protocol, stream] of STREAMS) {
  const bytes = Buffer.from(stream)
  const whole = run(protocol, bytes)
  test(`no secret leaves: ${name}`, () => {
    assert.ok(!leaked(whole.text), whole.text)
    assert.ok(whole.findings.length > 0 && whole.text.includes('[masked:'))
  })
  test(`every byte cut gives the same: ${name}`, () => {
    for (let cut = 1; cut < bytes.length; cut++) {
      const { text, findings } = run(protocol, bytes, [cut])
      assert.equal(text, whole.text, `cut ${cut}`)
      assert.deepEqual(findings, whole.findings)
    }
  })
  test(`no event is lost, merged or split: ${name}`, () =>
    assert.equal(whole.text.match(/^data:/gm)?.length, stream.match(/^data:/gm)?.length))
}

test('masked tool arguments are still JSON', () => {
  const { text } = run('chat', Buffer.from(args({ cmd: `echo "${SECRET}" \\ ok` }, 3)))
  const reply = protocolOf('chat')?.readReply(
    `data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"x"}}]}}]}\n\n${text}`,
    true,
  )
  assert.deepEqual(reply?.toolCalls[0]?.arguments, { cmd: 'echo "[masked:github-pat]" \\ ok' })
})

test('an event that may begin a secret waits, and leaves as it came', () => {
  const reply = new Reply({ protocol: protocolOf('chat'), engine, eventBytes: 1e6 })
  const first = event({ choices: [{ index: 0, delta: { content: 'a gh' } }] })
  const second = event({ choices: [{ index: 0, delta: { content: 'ost' } }] })
  assert.equal(reply.push(Buffer.from(first)).length, 0)
  assert.equal(Buffer.concat(reply.push(Buffer.from(second))).toString(), first + second)
})

test('the terminal event leaves only at the end', () => {
  const reply = new Reply({ protocol: protocolOf('chat'), engine, eventBytes: 1e6 })
  assert.equal(reply.push(Buffer.from('data: [DONE]\n\n')).length, 0)
  assert.equal(reply.terminal, true)
  assert.equal(Buffer.concat(reply.end()).toString(), 'data: [DONE]\n\n')
})

test('clean streams pass byte for byte under any cuts', () => {
  const clean = Buffer.from(chat('Some words, é, 😀 and code: const x = 1\n', 3))
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: clean.length - 1 }), { maxLength: 20 }), (cuts) => {
      assert.equal(
        run(
          'chat',
          clean,
          cuts.sort((a, b) => a - b),
        ).text,
        clean.toString(),
      )
    }),
  )
})

test('a lane that only ever begins secrets holds a bounded amount', () => {
  const reply = new Reply({ protocol: protocolOf('chat'), engine, eventBytes: 1e6 })
  let out = 0
  reply.push(Buffer.from(event({ choices: [{ index: 0, delta: { content: 'gh' } }] })))
  const other = Buffer.from(event({ choices: [{ index: 1, delta: { content: 'words and words' } }] }))
  for (let at = 0; at < 10_000; at++) out += reply.push(other).length
  assert.ok(out > 5000, String(out))
})

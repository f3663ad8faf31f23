import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Shown } from '#console'
import type { Finding, Prompt } from '#exchange'
import { replyOf } from '../entries.case.ts'
import { grouped, groupText } from './findings.ts'
import { callText, promptText } from './messages.ts'
import { stepsOf } from './steps.ts'

const found = (rule: string, lane: string, start: number, direction: Finding['direction'] = 'reply'): Finding => ({
  ...{ rule, lane, start, end: start + 5, length: 40, direction, action: 'mask', masked: true },
})
const told = (findings: readonly Finding[]) => grouped(findings).map(groupText)

test('a secret that a reply repeats in its last events is told once', () => {
  const lanes = ['output/0/0/text', 'text', 'part.text', 'response.output.0.text']
  const findings = lanes.flatMap((lane) => [found('a', lane, 3), found('b', lane, 30)])
  assert.deepEqual(told(findings), [
    'a  masked in the reply, output/0/0/text (repeated in 3 more places)',
    'b  masked in the reply, output/0/0/text (repeated in 3 more places)',
  ])
})

test('several secrets of a rule in a lane are one line with their number', () =>
  assert.deepEqual(told([found('a', 'x', 3), found('a', 'x', 30), { ...found('a', 'x', 60), masked: false }]), [
    'a ×2  masked in the reply, x',
    'a  passed on in the reply, x',
  ]))

test('two messages of a prompt are two places, also at the same offset', () =>
  assert.deepEqual(told([found('a', 'messages.0', 3, 'prompt'), found('a', 'messages.1', 3, 'prompt')]), [
    'a  masked in the prompt, messages.0',
    'a  masked in the prompt, messages.1',
  ]))

const prompt = (...messages: Prompt['messages']): Prompt => ({ model: 'm', stream: true, messages, tools: ['t'] })

test('of a prompt its new part is shown, long texts by both ends, and all of it when asked', () => {
  const long = `${'a'.repeat(2000)}${'b'.repeat(3000)}`
  const given = prompt(
    { role: 'system', text: 'sys' },
    { role: 'user', text: 'old' },
    { role: 'assistant', text: '', toolCalls: [{ name: 'ls', arguments: {} }] },
    { role: 'tool', text: 'result' },
    { role: 'user', text: long, attachments: ['image/png'] },
  )
  const shown = promptText(given, false)
  assert.match(
    shown,
    /^\(3 earlier or system messages \(--all shows them\), 1 tool offered\)\n\[tool\] result\n\[user\] a/,
  )
  assert.match(shown, /a\n… 1000 characters left out \(--all shows them\) …\nb+\n\(attached: image\/png\)$/)
  const all = promptText(given, true)
  assert.ok(all.includes(long) && all.includes('[system] sys') && all.includes('[assistant]\n→ ls {}'), all)
})

test('tool arguments are told by their parsed form', () => {
  assert.equal(callText({ name: 'a', arguments: { x: 1 } }), '→ a {"x":1}')
  assert.equal(callText({ name: 'a', arguments: 'not json, '.repeat(9) }), `→ a\n    ${'not json, '.repeat(9)}`)
  assert.equal(
    callText({ name: 'edit', arguments: { path: 'a/b', text: `one\ntwo${' '.repeat(60)}`, n: [1] } }),
    `→ edit\n    path: a/b\n    text:\n        one\n        two${' '.repeat(60)}\n    n: [1]`,
  )
})

function shownOf(more: Partial<Shown> & { readonly text: string; readonly type: string }): Shown {
  const { starts } = replyOf('T')
  const pace = starts.map((start, nth) => [100 * (nth + 1), start])
  const body = { text: more.text, bytes: more.text.length, type: more.type, received: 'r', sent: 's' }
  const ending = { kind: 'replied', timings: { end: 900 }, pace }
  return { seq: 1, opening: { route: 'chat' }, ending, bodies: { reply: body }, ...more } as unknown as Shown
}

test('a replay has the text of each event at the time at which it left', () => {
  const steps = stepsOf(shownOf({ text: replyOf('T').body, type: 'text/event-stream; charset=utf-8' }))
  assert.deepEqual(steps.slice(0, 2), [
    { ms: 100, text: 'first ' },
    { ms: 200, text: 'T' },
  ])
  assert.deepEqual(
    steps.slice(2).map(({ ms }) => ms),
    [300, 300],
  )
  assert.match(steps[3]?.text ?? '', /^\n\[choices\/0\/tool\/0\/arguments\]\n\{"path":"T"/)
})

test('a whole reply, and a body that is no reply at all, come at the end', () => {
  const reply = { text: 'hi', reasoning: '', toolCalls: [{ name: 'a', arguments: 1 }], citations: [], filters: [] }
  assert.deepEqual(stepsOf(shownOf({ text: '{}', type: 'application/json', reply })), [{ ms: 900, text: 'hi\n→ a 1' }])
  assert.deepEqual(stepsOf(shownOf({ text: 'oops', type: 'text/event-stream' })), [{ ms: 900, text: 'oops' }])
})

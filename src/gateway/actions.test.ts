/** What becomes of secrets: masked, let go and told, blocked, or held for approval; and how the record tells of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Ending, Finding, Opening } from '#exchange'
import { compile, RULES } from '#masking'
import { type ActionLine, actionsOf } from './actions.ts'
import { answer, ask, kinds, type Open, stream, within } from './asking.case.ts'
import { chat, chunk, DONE, SECRET } from './house.case.ts'
import { Reply } from './reply.ts'
import { SECRET as OTHER, protocolOf } from './streams.case.ts'

/** A key id whose whole value is known before its placeholder leaves. */
const KEY_ID = `AKI${'A'}${'Q7ZX2MRT4KWP6NDJ'}`

const LINES: readonly ActionLine[] = [
  { rules: ['github-*'], connections: ['prod'], then: 'block' },
  { rules: ['github-pat'], then: 'alert' },
  { direction: 'prompt', connections: ['lab-*'], then: 'alert' },
]
const PLACES: readonly (readonly [string, string, 'prompt' | 'reply', string])[] = [
  ['github-pat', 'prod', 'prompt', 'block'],
  ['github-oauth', 'prod', 'reply', 'block'],
  ['github-pat', 'other', 'reply', 'alert'],
  ['npm-token', 'lab-1', 'prompt', 'alert'],
  ['npm-token', 'lab-1', 'reply', 'mask'],
  ['npm-token', 'prod', 'prompt', 'mask'],
  ['overlong', 'lab-1', 'prompt', 'alert'],
  ['a-rule-of-tomorrow', 'lab-1', 'prompt', 'mask'],
]
test('the first line that fits decides', () => {
  const rules = ['github-pat', 'github-oauth', 'npm-token']
  for (const [rule, connection, direction, then] of PLACES)
    assert.equal(
      actionsOf(LINES, rules, { connection, direction, rest: 'mask' }).of(rule),
      then,
      `${rule} ${connection}`,
    )
})

const entriesOf = ({ watched }: Open) => watched.entries as [Opening, Ending]
const textOf = (entry: Opening | Ending) => Buffer.from(entry.body?.bytes ?? []).toString()
const brief = ({ rule, action, masked }: Finding) => [rule, action, masked]

for (const [then, code] of [
  ['block', 'policy.secret'],
  ['approve', 'policy.approval'],
] as const)
  test(`a prompt whose secret is to ${then} goes nowhere, is told why, and is on the record`, () =>
    within({ script: answer, actions: [{ rules: ['github-*'], direction: 'prompt', then }] }, async (house) => {
      const reply = await ask(house, chat(`use ${SECRET}`))
      const text = await reply.text()
      assert.deepEqual([reply.status, reply.headers.get('x-gatelog-error')], [400, code])
      assert.match(text, /github-pat in messages\.0\.content\. Take it out of the prompt/)
      assert.equal(house.seen.length, 0)
      assert.deepEqual(kinds(house), ['asked', 'denied'])
      const [opening, ending] = entriesOf(house)
      assert.deepEqual(opening.verdict, {
        ...{ kind: 'deny', rule: 'github-pat', reason: 'in messages.0.content', secret: then },
      })
      assert.deepEqual([opening.findings.map(brief), ending.fault], [[['github-pat', then, true]], code])
      assert.ok(!(textOf(opening) + JSON.stringify(house.watched.entries)).includes(SECRET.slice(0, 12)))
      assert.equal(await (await ask(house, chat('nothing in it'))).status, 200)
    }))

test('a secret of a reply that is only told reaches the client, and not the record', () =>
  within(
    {
      script: stream(...[`the key ${SECRET} and ${KEY_ID} `, 'end'].flatMap(inChunks), DONE),
      actions: [{ rules: ['github-*'], direction: 'reply', then: 'alert' }],
    },
    async (house) => {
      const text = await (await ask(house, chat('hi'))).text()
      const said = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, part]) => part).join('')
      assert.match(said, new RegExp(`^the key ${SECRET} and \\[masked:aws-access-key-id#[a-z0-9]{4}\\] end$`))
      const [, ending] = entriesOf(house)
      assert.deepEqual(ending.findings.map(brief), [
        ['github-pat', 'alert', false],
        ['aws-access-key-id', 'mask', true],
      ])
      assert.match(
        ending.text ?? '',
        /^the key \[masked:github-pat(?:#.{4})?\] and \[masked:aws-access-key-id#.{4}\] end$/,
      )
      assert.ok(!textOf(ending).includes(SECRET.slice(0, 12)) && !textOf(ending).includes(KEY_ID))
      assert.notEqual(ending.body?.sent, ending.body?.received)
    },
  ))

test('where all is only told, the client’s bytes are those that came, and the digests say so', () =>
  within(
    { script: stream(...inChunks(`the key ${SECRET} `), DONE), actions: [{ direction: 'reply', then: 'alert' }] },
    async (house) => {
      const text = await (await ask(house, chat('hi'))).text()
      assert.equal(text, [...inChunks(`the key ${SECRET} `), DONE].join(''))
      const [, ending] = entriesOf(house)
      assert.equal(ending.body?.sent, ending.body?.received)
      assert.ok(!textOf(ending).includes(SECRET.slice(0, 12)))
    },
  ))

function inChunks(text: string): string[] {
  return (text.match(/.{1,7}/g) ?? []).map((part) => chunk(part))
}

test('a streamed reply ends with a notice where a blocked secret begins', () =>
  within(
    {
      script: stream(...inChunks(`before it. the key ${SECRET} and more`), DONE),
      actions: [{ rules: ['github-pat'], then: 'block' }],
    },
    async (house) => {
      const text = await (await ask(house, chat('hi'))).text()
      assert.match(text, /The reply held a secret that may not pass: github-pat in choices\/0\/content/)
      assert.ok(
        text.includes('before ') && !text.includes('ghp') && !text.includes('and more') && !text.includes('[masked'),
      )
      assert.deepEqual(kinds(house), ['asked', 'denied'])
      const [, ending] = entriesOf(house)
      assert.deepEqual([ending.findings.map(brief), ending.fault], [[['github-pat', 'block', true]], 'policy.reply'])
      assert.equal(textOf(ending), text)
    },
  ))

test('nothing leaves of a whole reply with a blocked secret', () =>
  within(
    {
      script: (_request, _body, response) => {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ choices: [{ index: 0, message: { content: `ok ${SECRET}` } }] }))
      },
      actions: [{ rules: ['github-pat'], then: 'block' }],
    },
    async (house) => {
      const reply = await ask(house, chat('hi', false))
      assert.deepEqual([reply.status, reply.headers.get('x-gatelog-error')], [400, 'policy.reply'])
      const [, ending] = entriesOf(house)
      assert.deepEqual([ending.kind, ending.findings.map(brief)], ['denied', [['github-pat', 'block', true]]])
    },
  ))

test('under no cut does anything of a blocked secret leave, or anything behind it', () => {
  const actions = actionsOf([{ rules: ['github-pat'], then: 'block' }], ['github-pat'], {
    ...{ connection: 'up', direction: 'reply', rest: 'mask' },
  })
  const masker = { engine: compile(RULES), actionOf: actions.of, blocks: actions.blocks }
  const bytes = Buffer.from(
    [...inChunks(`clean ${'word '.repeat(3)}`), chunk(`x ${OTHER} y`), chunk('behind'), DONE].join(''),
  )
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 }), (sizes) => {
      const reply = new Reply({ ...masker, protocol: protocolOf('chat'), eventBytes: 1_000_000 })
      const out: Uint8Array[] = []
      for (let at = 0, nth = 0; at < bytes.length; nth++) {
        const size = sizes[nth % sizes.length] ?? 1
        out.push(...reply.push(bytes.subarray(at, at + size)))
        at += size
      }
      out.push(...reply.end())
      assert.equal(Buffer.concat(out).toString(), inChunks(`clean ${'word '.repeat(3)}`).join(''))
      assert.equal(reply.stopped?.code, 'policy.reply')
    }),
  )
})

test('the same value reads alike in every turn of a session and after a restart, otherwise elsewhere', async () => {
  const marks: string[] = []
  const prints: string[][] = []
  const turn = (text: string, session: string) => async (house: Open) => {
    await (await ask(house, chat(text), { headers: { 'x-client-session-id': session } })).text()
    marks.push(/#([a-z0-9]{4})\]/.exec(house.seen.at(-1)?.body ?? '')?.[1] ?? '')
    const opening = house.watched.entries.findLast((entry) => entry.kind === 'asked')
    prints.push(opening?.kind === 'asked' ? opening.findings.flatMap(({ fingerprints }) => fingerprints ?? []) : [])
  }
  await within({ script: answer }, async (house) => {
    await turn(`a ${KEY_ID}`, 'one')(house)
    await turn(`again: ${KEY_ID}!`, 'one')(house)
    await turn(`a ${KEY_ID}`, 'two')(house)
  })
  await within({ script: answer }, turn(`after ${KEY_ID}`, 'one'))
  const [first, second, elsewhere, restarted] = marks
  assert.match(first ?? '', /^[a-z0-9]{4}$/)
  assert.deepEqual([second, restarted], [first, first])
  assert.notEqual(elsewhere, first)
  assert.equal(new Set(prints.flat()).size, 1)
  assert.match(prints[0]?.[0] ?? '', /^[0-9a-f]{32}$/)
})

test('a finding tells where its placeholder stands, how long the secret was, and never what it was', () =>
  within({ script: answer }, async (house) => {
    await (await ask(house, chat(`first ${KEY_ID} then "${SECRET}" end`))).text()
    const [opening] = entriesOf(house)
    const content = (JSON.parse(textOf(opening)) as { messages: [{ content: string }] }).messages[0].content
    assert.deepEqual(
      opening.findings.map(({ start, end, length }) => [content.slice(start, end).replace(/#.{4}/, ''), length]),
      [
        ['[masked:aws-access-key-id]', 20],
        ['[masked:github-pat]', 40],
      ],
    )
  }))

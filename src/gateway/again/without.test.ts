/** What erased turns said, in later bodies: what goes with it, and what stays. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RouteKind } from '#exchange'
import { promptIn } from '#wire'
import { Breath } from '../breath.ts'
import { bodyOf } from './ground.case.ts'
import { SENTENCE, SPELLINGS } from './spellings.case.ts'
import { Traces } from './traces.ts'
import { chat, clock, later, laterReply, tracesOf, user } from './without.case.ts'
import { inSlices, without } from './without.ts'
import { MARK } from './words.ts'

test('lines that are gone in a row leave one mark, however short they are, and what is quoted of them too', async () => {
  const erased = chat(user('Anna Ott\n\n  Rat 4711;\n}\nKatharina Wunderlich'))
  const asked = user('who is it?\n> Anna Ott\n>\n>   12: Rat 4711\nand Katharina Wunderlich? and Rat 4711 there')
  const { messages } = JSON.parse(await later('chat', erased, chat(...erased.messages, asked)))
  assert.deepEqual(
    messages.map(({ content }: { content: string }) => content),
    [MARK, `who is it?\n${MARK}\nand ${MARK}? and Rat 4711 there`],
  )
})

test('a text that says nothing else goes with its short lines, unless an earlier turn said some of it', async () => {
  const text = 'Otto\nlives in Hamburg-Altona\n4711'
  const prompt = chat(user(text), user(`${text}\nor not?`))
  const said = JSON.parse(await later('chat', chat(user(text)), prompt)).messages
  assert.deepEqual(said, [user(MARK), user(`Otto\n${MARK}\n4711\nor not?`)])
  const kept = JSON.parse(await later('chat', chat(user(`${text}\nas was said`)), prompt, [chat(user(text))])).messages
  assert.deepEqual(kept, prompt.messages)
})

test('the last words of a line that is quoted in part go with the others', async () => {
  const words = Array.from({ length: 12 }, (_, nth) => `word${nth}`)
  const { messages } = JSON.parse(
    await later('chat', chat(user(words.join(' '))), chat(user(`but ${words.slice(2).join(', ')}.`))),
  )
  assert.equal(messages[0].content, `but ${MARK}.`)
})

test('what an earlier turn said stays, and so does what the later one is the first to say', async () => {
  const kept = chat(user('the house stands on a hill\nand it is red'))
  const erased = chat(user('the house stands on a hill\nKatharina Wunderlich lives there'))
  const prompt = chat(user('the house stands on a hill\nKatharina Wunderlich lives there\nwho else?'))
  const { messages } = JSON.parse(await later('chat', erased, prompt, [kept]))
  assert.equal(messages[0].content, `the house stands on a hill\n${MARK}\nwho else?`)
})

test('a turn that stays and came between two erased ones loses what the first of them said, and nothing else', async () => {
  const traces = new Traces()
  const breath = new Breath(clock)
  await inSlices(traces.add('said by the first of them', 0), breath)
  await inSlices(traces.add('said by the first of them\nsaid by one that stays', 2), breath)
  await inSlices(traces.drop('said by the first of them\nsaid by one that stays', 1), breath)
  const clean = without(traces, clock)
  const less = await clean(bodyOf('said by the first of them\nsaid by one that stays', 'text/plain'), {
    ...{ route: 'unknown', direction: 'prompt' },
  })
  assert.equal(less?.toString(), `${MARK}\nsaid by one that stays`)
})

test('a sentence, and a run of eight words, go wherever they stand', async () => {
  const erased = chat(
    user('Hello. Katharina Wunderlich called today. She said that the order of May the 3rd never came to her house.'),
  )
  const prompt = chat(user('(Katharina Wunderlich called today) and: order of May the\n> 3rd never came to somebody'))
  const { messages } = JSON.parse(await later('chat', erased, prompt))
  assert.equal(messages[0].content, `(${MARK}) and: ${MARK} somebody`)
})

test('images, files and data URLs go whole, in each protocol', async () => {
  const file = Buffer.from(Array.from({ length: 900 }, (_, nth) => (nth * 7919) & 255)).toString('base64')
  const url = `data:image/png;base64,${file}`
  const parts: [RouteKind, object[]][] = [
    [
      'chat',
      [
        { type: 'image_url', image_url: { url } },
        { type: 'file', file: { file_data: url, filename: 'a.pdf' } },
      ],
    ],
    ['messages', [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: file } }]],
    [
      'responses',
      [
        { type: 'input_image', image_url: url },
        { type: 'input_file', file_data: url },
      ],
    ],
  ]
  for (const [route, content] of parts) {
    const key = route === 'responses' ? 'input' : 'messages'
    const of = (...said: object[]) => ({ model: 'm', [key]: said })
    const written = await later(route, of(user(content)), of(user(content), user('and now?')))
    assert.ok(!written.includes(file.slice(40, 80)), route)
    assert.equal(promptIn(route, written)?.messages.at(-1)?.text, 'and now?')
    assert.match(written, /"type":"(?:image_url|image|input_image)"/)
  }
})

test('what stands escaped in code, a log or lines of JSON goes, and so does what was said so', async () => {
  const said = SENTENCE
  for (const one of [said, ...SPELLINGS])
    for (const [nth, again] of [said, `so: ${said} it is`, ...SPELLINGS].entries()) {
      const { messages } = JSON.parse(await later('chat', chat(user(one)), chat(user(again))))
      assert.doesNotMatch(messages[0].content, /geboren|1970|Kunde|ller/, `${nth} of ${one}`)
    }
  const call = { id: 'c1', type: 'function', function: { name: 'write', arguments: `no JSON: ${said}` } }
  const written = await later('chat', chat(user(said)), chat({ role: 'assistant', tool_calls: [call] }))
  assert.equal(JSON.parse(written).messages[0].tool_calls[0].function.arguments, `no JSON: ${MARK}`)
  const kept = 'C:\\new\\table and \\u00fcber and \\\\n'
  assert.equal(JSON.parse(await later('chat', chat(user(said)), chat(user(kept)))).messages[0].content, kept)
})

test('words of the protocols are neither traces nor masked: who said what, and of which kind, stays', async () => {
  const call = {
    ...{
      role: 'assistant',
      content: [{ type: 'tool_use', id: 'toolu_0123456789', name: 'read_the_file', input: { type: 'Wunderlich' } }],
    },
  }
  const result = {
    role: 'user',
    content: [{ type: 'tool_result', tool_use_id: 'toolu_0123456789', content: 'of Wunderlich & co' }],
  }
  const asks = 'a function of the assistant: tool_use read_the_file'
  const { messages, model } = JSON.parse(
    await later('messages', chat(call, result), { model: 'claude-sonnet-4', messages: [call, result, user(asks)] }),
  )
  assert.deepEqual(messages, [
    { role: 'assistant', content: [{ ...call.content[0], input: { type: MARK } }] },
    { role: 'user', content: [{ ...result.content[0], content: MARK }] },
    user(asks),
  ])
  assert.equal(model, 'claude-sonnet-4')
})

test('keys that say something, long numbers and signatures go; two keys stay two', async () => {
  const input = { 'Katharina Wunderlich': 1, 'Wunderlich, Katharina': 2, number: 471108151623, small: 4711 }
  const thinking = { type: 'thinking', thinking: 'I think of Wunderlich', signature: 'c2lnbmF0dXJl'.repeat(4) }
  const said = { role: 'assistant', content: [thinking, { type: 'tool_use', id: 't', name: 'find', input }] }
  const { messages } = JSON.parse(await later('messages', chat(said), chat(said, user('go on'))))
  assert.deepEqual(messages[0].content, [
    { type: 'thinking', thinking: MARK, signature: MARK },
    { type: 'tool_use', id: 't', name: 'find', input: { [MARK]: 1, [`${MARK} 2`]: 2, number: MARK, small: 4711 } },
  ])
  const inString = { role: 'tool', tool_call_id: 'c', content: JSON.stringify(input) }
  const again = JSON.parse(await later('chat', chat(inString), chat(inString)))
  assert.equal(again.messages[0].content, `{"${MARK}":1,"${MARK} 2":2,"number":"${MARK}","small":4711}`)
})

test('who takes part and what a client says of itself is text', async () => {
  const said = {
    ...chat({ ...user('hello you'), name: 'wunderlich' }),
    metadata: { name: 'k-wunderlich', id: 'wunderlich' },
  }
  const written = await later('chat', said, said)
  assert.deepEqual(JSON.parse(written), {
    model: 'm',
    messages: [{ role: 'user', content: MARK, name: MARK }],
    metadata: { name: MARK, id: MARK },
  })
})

test('a text of more lines, or values, than a call may have arguments', async () => {
  const many = Array.from({ length: 130_000 }, (_, nth) => `${nth}`).join('\n')
  const values = JSON.stringify([...many.split('\n'), 'Katharina Wunderlich'])
  for (const text of [`${many}\nKatharina Wunderlich`, values]) {
    const written = await later('chat', chat(user(text)), chat(user(text), user('and?')))
    assert.ok(!written.includes('Katharina'))
    assert.equal(JSON.parse(written).messages[1].content, 'and?')
  }
})

test('a text of more lines, and a line of more places, than a call may have arguments', async () => {
  const rows = Array.from({ length: 200_000 }, (_, nth) => `row-${nth}abcdefgh9`)
  const text = rows.join('\n')
  for (const said of [rows.join(' und '), rows.map((row) => `> ${row}!`).join('\n')]) {
    const written = await later('chat', chat(user(text)), chat(user(said), user('and?')))
    assert.ok(!written.includes('abcdefgh9'))
    assert.equal(JSON.parse(written).messages[1].content, 'and?')
  }
})

test('where something is found again and again all goes that somebody wrote, and the body stays what it is', async () => {
  const always = {
    *findIn(text: string) {
      yield
      return [{ start: 0, end: text.length }]
    },
  } as unknown as Traces
  const body = bodyOf(JSON.stringify(chat(user('one'), user([{ type: 'text', text: 'two' }]))))
  const less = await without(always, clock)(body, { route: 'chat', direction: 'prompt' })
  assert.deepEqual(JSON.parse(less?.toString() ?? ''), chat(user(MARK), user([{ type: 'text', text: MARK }])))
})

test('arguments that a stream breaks off, a comment of a stream and a body that is no JSON lose it too', async () => {
  const erased = chat(user('Katharina Wunderlich\nborn on 3 May 1970'))
  const args = (text: string) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: text } }] } }] })}\n\n`
  const written = await laterReply(
    erased,
    `${args('{"who":"Katharina Wun')}: born on 3 May 1970\n${args('derlich\\nborn on 3 M')}`,
  )
  assert.ok(!/Katharina|Wun|derlich|3 May/.test(written), written)
  const text = bodyOf('{"content":"x\\nKatharina Wunderlich\\nborn on 3 Ma')
  const less = await without(await tracesOf('chat', [erased]), clock)(text, { route: 'chat', direction: 'prompt' })
  assert.equal(less?.toString(), `{"content":"x\\n${MARK}\\nborn on 3 Ma`)
  const latin = bodyOf('')
  const bytes = Buffer.from('caf\u00e9: Katharina Wunderlich!', 'latin1')
  const clean = await without(await tracesOf('chat', [erased]), clock)(
    { ...latin, bytes },
    { route: 'unknown', direction: 'prompt' },
  )
  assert.deepEqual(clean, Buffer.from(`caf\u00e9: ${MARK}!`, 'latin1'))
})

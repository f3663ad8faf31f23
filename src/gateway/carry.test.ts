/** `carry()`: what is durable when, and what is masked where. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { answer, ask, kinds, stream, unmarked, until, within } from './asking.case.ts'
import { chat, chunk, DONE, SECRET } from './house.case.ts'

test('one exchange has one opening and one ending, and passes as it came', () =>
  within({ script: answer }, async (house) => {
    const body = chat('say hello')
    const reply = await ask(house, body)
    assert.equal(await reply.text(), chunk('hello') + chunk(' world') + DONE)
    assert.equal(house.seen[0]?.body, body)
    assert.deepEqual(kinds(house), ['asked', 'replied'])
    const [opening, ending] = house.watched.entries
    assert.ok(opening?.kind === 'asked' && ending?.kind === 'replied')
    assert.deepEqual([opening.actor?.id, opening.model, opening.route], ['ana', 'gpt-5.4', 'chat'])
    assert.deepEqual([ending.finish, ending.text, ending.requestId], ['stop', 'hello world', 'up-1'])
    assert.equal(Buffer.from(ending.body?.bytes ?? []).toString(), chunk('hello') + chunk(' world') + DONE)
    assert.equal(ending.body?.sent, ending.body?.received)
  }))

test('nothing goes upstream before its prompt is durable, no last event before the ending is', () =>
  within({ script: answer }, async (house) => {
    let release: () => void = () => undefined
    house.watched.hold = new Promise((resolve) => {
      release = resolve
    })
    const reply = ask(house, chat('hi'))
    await wait(60)
    assert.equal(house.watched.order.length, 0)
    release()
    await (await reply).text()
    const order: readonly string[] = house.watched.order
    assert.ok(order.indexOf('asked') < order.indexOf('upstream'), order.join())
    assert.equal(order.at(-1), 'replied')
    assert.ok(order.includes('journal'))
  }))

test('the last event waits for a durable ending', () =>
  within({ script: answer }, async (house) => {
    let hold: (() => void) | undefined
    house.watched.hold = undefined
    const { append } = house.watched.trail
    Object.defineProperty(house.watched.trail, 'append', {
      value: async (entry: never) => {
        if ((entry as { kind: string }).kind === 'replied') await new Promise<void>((resolve) => (hold = resolve))
        return append(entry)
      },
    })
    const reply = await ask(house, chat('hi'))
    const reader = reply.body!.getReader()
    let text = ''
    const pump = (async () => {
      for (let part = await reader.read(); !part.done; part = await reader.read())
        text += Buffer.from(part.value).toString()
    })()
    await until(() => text.includes('hello') && hold !== undefined)
    await wait(80)
    assert.ok(!text.includes('[DONE]'), text)
    hold?.()
    await pump
    assert.ok(text.endsWith('data: [DONE]\n\n'))
  }))

test('during: prompt and trail overlap, but no reply byte passes before the prompt is durable', () =>
  within({ script: answer, durable: 'during' }, async (house) => {
    let release: () => void = () => undefined
    house.watched.hold = new Promise((resolve) => {
      release = resolve
    })
    let begun = false
    const reply = ask(house, chat('hi')).then((got) => {
      begun = true
      return got.text()
    })
    while (!house.watched.order.includes('upstream')) await wait(5)
    await wait(80)
    assert.deepEqual([house.watched.order, begun], [['upstream'], false])
    release()
    assert.ok((await reply).includes('[DONE]'))
  }))

test('each-event: every event is durable before it leaves', () =>
  within({ script: answer, durable: 'each-event' }, async (house) => {
    await (await ask(house, chat('hi'))).text()
    const { order } = house.watched
    assert.equal(
      order.filter((step) => step === 'journal').length,
      order.filter((step) => step === 'journalled').length,
    )
    assert.ok(order.includes('journalled'))
  }))

test('an event that comes while the record lags behind leaves once it is durable', () =>
  within({ script: answer }, async (house) => {
    const behind = { value: performance.now() - 60_000, configurable: true }
    Object.defineProperty(house.watched.trail, 'unjournalled', behind)
    const gate = Promise.withResolvers<void>()
    Object.defineProperty(house.watched.trail, 'journalled', { value: () => gate.promise })
    let begun = false
    const reply = ask(house, chat('hi')).then((got) => {
      begun = true
      return got.text()
    })
    while (!house.watched.order.includes('journal')) await wait(5)
    await wait(80)
    assert.equal(begun, false)
    gate.resolve()
    assert.ok((await reply).endsWith('data: [DONE]\n\n'))
  }))

test('a secret split over events never reaches the client, and never the record', () =>
  within(
    { script: stream(chunk('key '), ...SECRET.match(/.{1,7}/g)!.map((part) => chunk(part)), chunk(' ok'), DONE) },
    async (house) => {
      const text = await (await ask(house, chat('hi'))).text()
      const content = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, part]) => part).join('')
      assert.equal(unmarked(content), 'key [masked:github-pat] ok')
      assert.equal(text.match(/data:/g)?.length, 4 + SECRET.match(/.{1,7}/g)!.length)
      const told = JSON.stringify(
        house.watched.entries.map((entry) =>
          'body' in entry ? { ...entry, body: Buffer.from(entry.body?.bytes ?? []).toString() } : entry,
        ),
      )
      assert.ok(!told.includes(SECRET) && !told.includes(SECRET.slice(0, 20)))
      const ending = house.watched.entries[1]
      assert.ok(ending?.kind === 'replied' && ending.findings[0]?.rule === 'github-pat')
    },
  ))

test('a secret in a prompt reaches neither the model nor the record', () =>
  within({ script: answer }, async (house) => {
    await (await ask(house, chat(`use ${SECRET}`))).text()
    assert.ok(!house.seen[0]?.body.includes(SECRET) && unmarked(house.seen[0]?.body).includes('[masked:github-pat]'))
    const opening = house.watched.entries[0]
    assert.ok(opening?.kind === 'asked' && !Buffer.from(opening.body?.bytes ?? []).includes(SECRET))
    assert.ok(!opening.text?.includes(SECRET))
  }))

test('told only, a secret in a prompt goes on as it was, and the record is masked all the same', () =>
  within({ script: answer, actions: [{ direction: 'prompt', then: 'alert' }] }, async (house) => {
    const body = chat(`use ${SECRET}`)
    await (await ask(house, body)).text()
    assert.equal(house.seen[0]?.body, body)
    const [opening] = house.watched.entries
    assert.ok(opening?.kind === 'asked' && !Buffer.from(opening.body?.bytes ?? []).includes(SECRET))
    assert.deepEqual(
      opening.findings.map(({ rule, masked }) => [rule, masked]),
      [['github-pat', false]],
    )
    assert.ok(!opening.text?.includes(SECRET))
  }))

test('a whole reply is masked too', () =>
  within(
    {
      script: (_request, _body, response) => {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ choices: [{ index: 0, message: { content: SECRET }, finish_reason: 'stop' }] }))
      },
    },
    async (house) => {
      const reply = (await (await ask(house, chat('hi', false))).json()) as {
        choices: { message: { content: string } }[]
      }
      assert.equal(unmarked(reply.choices[0]?.message.content), '[masked:github-pat]')
    },
  ))

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compile, maskSlowly, maskText, RULES } from '#masking'
import { Ahead } from './ahead.ts'
import { ask, unmarked, within } from './asking.case.ts'
import { Breath } from './breath.ts'
import { judgeWith } from './document.ts'
import { chat, type Script, SECRET } from './house.case.ts'

const engine = compile(RULES)
const piece = (value: string, mode: 'text' | 'json' = 'text') =>
  ({ lane: 'a', how: 'whole', mode, start: 0, end: value.length, value }) as const

test('a text that is masked in slices reads as one that is masked in one go, wherever a secret stands', async () => {
  const filler = 'some words, é 😀 "\\n" '.repeat(1000)
  const place = fc.integer({ min: 0, max: 40_000 })
  await fc.assert(
    fc.asyncProperty(
      place,
      fc.integer({ min: 0, max: 60 }),
      fc.constantFrom('text', 'json'),
      async (at, near, mode) => {
        const first = filler.slice(0, at % filler.length)
        const border = filler.repeat(2).slice(0, Math.max(0, 16_384 - near - first.length))
        const text = `${first} ${SECRET} ${border} ${SECRET} ${filler}`
        const kind = mode as 'text' | 'json'
        assert.deepEqual(await maskSlowly(engine, text, kind, undefined, () => undefined), maskText(engine, text, kind))
      },
    ),
    { numRuns: 60 },
  )
})

test('a large text lets others go on between its slices, and small ones of many do too', async () => {
  for (const texts of [
    ['a b '.repeat(100_000)],
    Array.from({ length: 40 }, (_, at) => `${at} ${'a b '.repeat(2500)}`),
  ]) {
    let now = 0
    const breath = new Breath(() => (now += 5))
    const ahead = new Ahead()
    let [turns, done] = [0, false]
    const count = () => {
      turns++
      if (!done) setImmediate(count)
    }
    setImmediate(count)
    await ahead.mask(
      texts.map((text) => piece(text)),
      { engine },
      breath,
    )
    done = true
    assert.ok(turns >= 8, `${turns} turns of the loop`)
    for (const text of texts) assert.equal(ahead.of(text, 'text')?.text, text)
  }
})

test('of many that work at a time one works in each turn of the loop', async () => {
  let now = 0
  const slices: number[] = []
  let turn = 0
  let done = false
  const count = () => {
    turn++
    if (!done) setImmediate(count)
  }
  const work = async () => {
    const breath = new Breath(() => (now += 10))
    for (let slice = 0; slice < 5; slice++) {
      await breath.pause()
      slices.push(turn)
    }
  }
  setImmediate(count)
  await Promise.all(Array.from({ length: 6 }, work))
  done = true
  assert.equal(slices.length, 30)
  assert.ok(
    slices.every((at, nth) => nth === 0 || at > (slices[nth - 1] ?? 0)),
    `${slices}`,
  )
})

test('what was masked ahead is not masked again', async () => {
  const ahead = new Ahead()
  await ahead.mask([piece(`x ${SECRET} y`)], { engine }, new Breath(() => 0))
  const judged = judgeWith({ engine, ahead })(piece(`x ${SECRET} y`))
  assert.equal(judged ? judged.text : undefined, ahead.of(`x ${SECRET} y`, 'text')?.text)
})

test('a large prompt and a large reply are masked as small ones are', () => {
  const long = `${'some words. '.repeat(40_000)} ${SECRET} `
  const script: Script = (_request, _body, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content: long } }] }))
  }
  return within({ script }, async (house) => {
    const reply = await (await ask(house, chat(long, false))).text()
    for (const text of [reply, house.seen[0]?.body ?? '']) {
      assert.ok(!text.includes(SECRET.slice(4)))
      assert.match(unmarked(text), /words\. {2}\[masked:github-pat\] "/)
    }
    assert.ok(!JSON.stringify(house.watched.entries.map((entry) => 'text' in entry && entry.text)).includes(SECRET))
  })
})

/** By which words an exchange is found once something of it was erased or masked: by those that it says still, and by no other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Body, Opening } from '#exchange'
import { compile } from '#masking'
import { parseQuery, wordsOf } from '#trail'
import { bodyOf, DOER, idOf, NOON, type Open, open } from './ground.case.ts'
import { Rescan } from './rescan.ts'
import { saysOf } from './says.ts'
import { AGAIN } from './spellings.case.ts'

const STORES = ['memory', 'sqlite'] as const

interface Turn {
  readonly session: string
  readonly user: string
  readonly texts: readonly string[]
  /** What of it was new, where it is not all. */
  readonly fresh?: string
  readonly reply?: string
  /** The turn that it goes on from without repeating it. */
  readonly follows?: number
}

async function say({ trail }: Open, nth: number, { session, user, texts, fresh, reply, follows }: Turn): Promise<void> {
  const messages = texts.map((content) => ({ role: 'user', content }))
  const exchange = idOf(nth)
  const opening: Opening = {
    ...{ kind: 'asked', exchange, at: NOON, session, door: 'reverse', method: 'POST', path: '/v1/chat/completions' },
    ...{ actor: { id: user, kind: 'person', name: user, groups: [] }, facts: {}, findings: [], route: 'chat' },
    ...(follows !== undefined && { follows: idOf(follows) }),
    ...{ body: bodyOf(JSON.stringify({ model: 'm', messages })), text: fresh ?? texts.toReversed().join('\n') },
  }
  await trail.append(opening)
  const body = bodyOf(
    JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: reply ?? 'ok' } }] }),
  )
  const ending = { kind: 'replied', exchange, at: NOON, status: 200, findings: [], timings: {} } as const
  await trail.append({ ...ending, body, text: reply ?? 'ok' })
}

const isFound = async ({ trail }: Open, nth: number, text: string) => {
  const { exchanges } = await trail.find(parseQuery(`"${text}"`, NOON), { limit: 100 })
  return exchanges.some(({ exchange }) => exchange === idOf(nth))
}

const saidBy = (body: Body | undefined, direction: 'prompt' | 'reply'): string =>
  (body && saysOf(body, { route: 'chat', direction })) ?? ''

/** Each word that it was found by finds it if, and only if, it says it still. How many do not any more. */
async function foundByWhatItSays(house: Open, nth: number, was: string): Promise<number> {
  const row = await house.trail.exchange(idOf(nth))
  const [prompt, reply] = [saidBy(row?.opening.body, 'prompt'), saidBy(row?.ending?.body, 'reply')]
  const now = [prompt, reply].map(wordsOf)
  const { flow, runs } = wordsOf(was)
  let lost = 0
  for (const word of new Set([...flow, ...runs])) {
    const isSaid = now.some((words) => words.flow.includes(word) || words.runs.includes(word))
    assert.equal(
      await isFound(house, nth, word),
      isSaid,
      `${word} of ${was.slice(0, 200)}; now ${prompt.slice(0, 200)}`,
    )
    if (!isSaid) lost++
  }
  return lost
}

for (const store of STORES) {
  test(`a later turn is found by no word of what was erased, however it said it again; ${store}`, async (t) => {
    const house = await open(t, store)
    for (const [nth, [said, again]] of AGAIN.entries()) {
      const session = `s${nth}`
      await say(house, 2 * nth, { session, user: 'goes', texts: [said] })
      await say(house, 2 * nth + 1, {
        session,
        user: 'stays',
        texts: [said, 'hello', again],
        fresh: again,
        reply: again,
      })
    }
    await house.erasure.erase({ user: 'goes' }, DOER)
    for (const [nth, [, again, stays = []]] of AGAIN.entries()) {
      assert.ok((await foundByWhatItSays(house, 2 * nth + 1, again)) > 0, again)
      for (const text of stays) assert.ok(await isFound(house, 2 * nth + 1, text), `${text} of ${again}`)
    }
  })

  test(`what a later turn did not say first goes as little as what nobody erased; ${store}`, async (t) => {
    const house = await open(t, store)
    await say(house, 1, { session: 's', user: 'goes', texts: ['Katharina Wunderlich lives there'] })
    const texts = ['Katharina Wunderlich lives there', 'and Wunderlich it is, says Katharina']
    await say(house, 2, {
      session: 's',
      user: 'stays',
      texts,
      reply: 'Katharina Wunderlich lives there, who lives here',
    })
    await house.erasure.erase({ user: 'goes' }, DOER)
    for (const text of ['wunderlich it is says katharina', 'who lives here', 'katharina'])
      assert.ok(await isFound(house, 2, text), text)
    for (const text of ['katharina wunderlich', 'wunderlich lives', 'lives there', 'there'])
      assert.ok(!(await isFound(house, 2, text)), text)
  })

  test(`a prompt that names a reply is found by no word of it once that is erased or masked; ${store}`, async (t) => {
    const house = await open(t, store)
    const value = 'zanzibar-7731-bluebird'
    const said = [
      'who is it',
      'Katharina Wunderlich',
      'and what does she say',
      `it is ${value} there`,
      'and then',
      'no more',
    ]
    const turn = (nth: number, user: string, session: string, more: Partial<Turn> = {}) =>
      say(house, nth, {
        session,
        user,
        texts: [said[2 * (nth % 3)] ?? ''],
        reply: said[2 * (nth % 3) + 1] ?? '',
        ...more,
      })
    const all = (nth: number) =>
      said
        .slice(0, 2 * nth + 1)
        .toReversed()
        .join('\n')
    for (const [session, at, user] of [
      ['s', 0, 'goes'],
      ['other', 3, 'stays'],
    ] as const) {
      await turn(at, user, session)
      for (const nth of [1, 2]) await turn(at + nth, 'stays', session, { follows: at + nth - 1, fresh: all(nth) })
    }
    assert.ok(await isFound(house, 2, 'wunderlich'))
    await house.erasure.erase({ user: 'goes' }, DOER)
    for (const nth of [1, 2]) assert.ok(!(await isFound(house, nth, 'wunderlich')), `${nth}`)
    for (const nth of [4, 5]) assert.ok(await isFound(house, nth, 'wunderlich'), `${nth}`)
    for (const nth of [1, 4]) assert.ok(await isFound(house, nth, 'what does she say'), `${nth}`)
    assert.ok(await isFound(house, 5, 'bluebird'))
    const engine = compile([], { known: [{ id: 'late-key', value }] })
    const asked = { ...house.house, holds: house.custody.holds, engine: () => engine, rules: () => 'v1', run: 'here' }
    assert.equal((await new Rescan(asked).page(0, DOER)).found.length, 2)
    for (const nth of [1, 2, 4, 5]) assert.ok(!(await isFound(house, nth, 'bluebird')), `${nth}`)
    for (const nth of [2, 5]) assert.ok(await isFound(house, nth, 'and then'), `${nth}`)
    assert.ok(await isFound(house, 4, 'wunderlich'))
  })

  test(`what a rescan masks finds nothing, however it was spelled; ${store}`, async (t) => {
    const house = await open(t, store)
    const value = 'zanzibar-7731-bluebird'
    const spelled = [
      `the ${value} is it`,
      `the token${value}x is it`,
      `x = "a\\n${value}\\nb"`,
      `the ${value.replaceAll('-', '%2D')} is it`,
      `the ${Buffer.from(value).toString('base64')} is it`,
      JSON.stringify({ a: `b\n${value}`, bluebird: 7731 }),
    ]
    for (const [nth, text] of spelled.entries())
      await say(house, nth, { session: `s${nth}`, user: 'ana', texts: [text], reply: text })
    const engine = compile([], { known: [{ id: 'late-key', value }] })
    const asked = { ...house.house, holds: house.custody.holds, engine: () => engine, rules: () => 'v1', run: 'here' }
    assert.equal((await new Rescan(asked).page(0, DOER)).found.length, 2 * spelled.length)
    for (const [nth, text] of spelled.entries()) assert.ok((await foundByWhatItSays(house, nth, text)) > 0, text)
    for (const nth of [0, 1, 3, 4]) assert.ok(await isFound(house, nth, 'is it'))
    assert.ok(await isFound(house, 5, 'bluebird 7731'))
  })
}

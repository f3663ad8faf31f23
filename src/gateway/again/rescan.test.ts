/** What a rescan does beside the bodies: what was derived of a reply goes, and entries that say it are told, as is what is held. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Edits, Ending, Opening } from '#exchange'
import { compile, RULES } from '#masking'
import { Custody, type StoreName } from '#trail'
import { bodyOf, DAY, DOER, idOf, NOON, open as openRecord } from './ground.case.ts'
import { Rescan } from './rescan.ts'

const BY = { rules: () => 'v1', run: 'here' }

const LATE = 'zanzibar-7731-bluebird'

async function open(t: TestContext, store: StoreName) {
  const { trail, custody, house, erasure } = await openRecord(t, store)
  const engine = compile(RULES, { known: [{ id: 'late-key', value: LATE }] })
  const exchange = async (nth: number, prompt: string, reply: string, edits: Edits, more: Partial<Opening> = {}) => {
    const said = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: prompt }] })
    const message = { index: 0, message: { role: 'assistant', content: reply } }
    const opening: Opening = {
      ...{
        kind: 'asked',
        exchange: idOf(nth),
        at: NOON,
        door: 'reverse',
        method: 'POST',
        path: '/v1/chat/completions',
      },
      ...{ route: 'chat', facts: {}, findings: [], session: 's', model: 'm', body: bodyOf(said), text: prompt },
      ...more,
    }
    const ending: Ending = {
      ...{
        kind: 'replied',
        exchange: idOf(nth),
        at: NOON,
        status: 200,
        delivered: 9,
        findings: [],
        timings: { end: 1 },
      },
      ...{ body: bodyOf(JSON.stringify({ choices: [message] })), text: reply, edits },
    }
    await trail.append(opening)
    await trail.append(ending)
  }
  return {
    trail,
    exchange,
    custody,
    erasure,
    house,
    rescan: new Rescan({ ...house, holds: custody.holds, engine: () => engine, ...BY }),
  }
}

const editsIn = (path: string, form: string): Edits => ({
  units: [{ from: 'fence', path, lines: [1, 1], fresh: [1] }],
  forms: [form],
})

for (const store of ['memory', 'sqlite'] as const) {
  test(`what was derived of a reply that is masked goes, and so where its path says what a prompt did; ${store}`, async (t) => {
    const { trail, exchange, rescan } = await open(t, store)
    const code = `const key = "${LATE}"`
    await exchange(1, 'write it', `see\n\`\`\`ts src/a.ts\n${code}\n\`\`\`\n`, editsIn('src/a.ts', code))
    await exchange(2, `in ${LATE}/b.ts`, 'fresh', editsIn(`${LATE}/b.ts`, 'fresh'))
    await exchange(3, `${LATE} is for nobody`, 'other', editsIn('src/c.ts', 'other'))
    await exchange(4, 'go on', 'done', editsIn('src/d.ts', 'done'))
    const page = await rescan.page(0, DOER)
    assert.deepEqual([page.found.map(({ direction }) => direction), page.left], [['prompt', 'prompt', 'reply'], []])
    const edits = async (nth: number) => (await trail.exchange(idOf(nth)))?.edits?.units.map(({ path }) => path)
    assert.deepEqual([await edits(1), await edits(2)], [undefined, undefined])
    assert.deepEqual([await edits(3), await edits(4)], [['src/c.ts'], ['src/d.ts']])
  })

  test(`entries that say it beside their bodies are told, and stay; ${store}`, async (t) => {
    const { trail, exchange, rescan } = await open(t, store)
    const file = { value: `src/${LATE}/a.ts`, source: 'declared' } as const
    await exchange(1, 'write it', 'ok', editsIn('src/a.ts', 'ok'), { facts: { files: file } })
    await exchange(2, 'go on', 'done', editsIn('src/d.ts', 'done'), { path: `/v1/%7Aanzibar${LATE.slice(8)}` })
    await exchange(3, 'x'.repeat(5000), 'done', editsIn('src/e.ts', 'done'), { reason: 'r'.repeat(5000) })
    const page = await rescan.page(0, DOER)
    assert.deepEqual([page.found, page.left, page.entries], [[], [idOf(2), idOf(1)], []])
    assert.equal((await trail.exchange(idOf(1)))?.opening.facts.files?.value, file.value)
  })

  test(`a body that is held, or under a statute, is masked in place as every other; ${store}`, async (t) => {
    const { trail, exchange, custody, rescan } = await open(t, store)
    await exchange(1, `my key is ${LATE} ok`, 'done', editsIn('src/a.ts', 'done'), { retain: 'sec-17a-4' })
    await custody.holds.add({ exchange: idOf(1) }, DOER)
    assert.equal((await rescan.page(0, DOER)).found.length, 1)
    const body = (await trail.exchange(idOf(1)))?.opening.body
    assert.match(Buffer.from(body?.bytes ?? '').toString(), /my key is \[masked:late-key(#[a-z0-9]{4})?\] ok/)
  })

  test(`what a hold found by words stays held once a rescan took these words, until it is released; ${store}`, async (t) => {
    const { trail, exchange, custody, erasure, house, rescan } = await open(t, store)
    const day = '2026-11-25'
    for (const [nth, said] of [`my key is ${LATE} ok`, `her key is ${LATE}`, 'other'].entries())
      await exchange(nth + 1, said, 'done', editsIn('src/a.ts', 'done'))
    const words = await custody.holds.add({ query: 'zanzibar', since: NOON, until: NOON + 1 }, DOER)
    const past = await custody.holds.add({ query: 'zanzibar', until: NOON - 1 }, DOER)
    const user = await custody.holds.add({ query: 'zanzibar her' }, DOER)
    assert.equal((await rescan.page(0, DOER)).found.length, 2)
    assert.equal((await rescan.page(0, DOER)).found.length, 0)
    const ids = new Set([1, 2, 3].map((nth) => idOf(nth)))
    const anew = new Custody(house)
    assert.deepEqual(await anew.holds.among(ids), { held: 2, by: [words.id, user.id] })
    await assert.rejects(erasure.erase({ exchange: idOf(1) }, DOER), { code: 'custody.held' })
    const fate = async () => {
      const later = new Custody({ ...house, now: () => NOON + 3 * DAY })
      return (await later.plan(day)).flatMap(({ day: of, why, holds }) =>
        of < day && why !== 'custody' ? [[why, holds]] : [],
      )[0]
    }
    assert.deepEqual(await fate(), ['hold', [words.id, user.id]])
    for (const { id } of [words, past]) await anew.holds.release(id, DOER)
    assert.deepEqual(await anew.holds.among(ids), { held: 1, by: [user.id] })
    assert.equal((await erasure.erase({ exchange: idOf(1) }, DOER)).exchanges, 1)
    await anew.holds.release(user.id, DOER)
    assert.deepEqual([await trail.documents.list('kept'), await fate()], [[], ['asked', []]])
  })
}

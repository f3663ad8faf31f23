/** What happens to an exchange that the trail does not take: refused, or passed within a gap that is told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Gap } from '#exchange'
import { type GapMark, gapSignature, type Stretch } from './gaps.ts'
import { chat, chunk, DONE, Fault, openHouse, type Script, type Setup } from './house.case.ts'

const answer: Script = (_request, _body, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.end(chunk('hello') + DONE)
}

type Open = Awaited<ReturnType<typeof openHouse>>

async function within(setup: Setup, run: (house: Open) => Promise<void>): Promise<void> {
  const house = await openHouse(setup)
  await run(house).finally(() => house.close())
}

const ask = ({ url, key }: Open) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    body: chat('hi'),
    headers: { 'content-type': 'application/json', 'x-gatelog-key': key },
  })
const kinds = ({ watched }: Open) => watched.entries.map(({ kind }) => kind)
const FULL = new Fault('trail.unavailable', 'disk full')

test('within a gap traffic passes, and one signed entry tells how much', () => {
  const told: string[] = []
  return within({ script: answer, gap: { exchanges: 5, ms: 60_000 }, told }, async (house) => {
    house.watched.fail = FULL
    for (const _ of [1, 2, 3]) assert.equal(await (await ask(house)).text(), chunk('hello') + DONE)
    await house.house.gaps.close()
    assert.deepEqual(kinds(house), [])
    house.watched.fail = undefined
    await ask(house).then((reply) => reply.text())
    await house.house.gaps.close()
    assert.deepEqual(kinds(house), ['asked', 'replied', 'gap'])
    const gap = house.watched.entries[2] as Gap
    assert.deepEqual([gap.count, gap.reason], [3, 'trail.unavailable'])
    assert.equal(gap.signature, gapSignature(house.house.keyring, gap))
    assert.notEqual(gap.signature, gapSignature(house.house.keyring, { ...gap, count: 2 }))
    await house.house.gaps.close()
    assert.equal(kinds(house).length, 3)
    // It tries by itself every second too, and says so each time: one line or more.
    const [first, ...tries] = told.slice(0, -1)
    assert.match(first ?? '', /^the trail cannot/)
    assert.ok(tries.length > 0 && tries.every((line) => /^[123] exchanges have/.test(line)), told.join('\n'))
    assert.match(tries.at(-1) ?? '', /^3 exchanges have/)
    assert.match(told.at(-1) ?? '', /^3 exchanges passed/)
  })
})

/** A mark that outlives the house, as a file would. */
function markOf(left?: Stretch) {
  const told: (Stretch | 'clear')[] = []
  const mark: GapMark = { left, set: (stretch) => void told.push(stretch), clear: () => void told.push('clear') }
  return { mark, told }
}

test('a gap is marked before anything passes, and a process that ended within it leaves it to the next', async () => {
  const { mark, told } = markOf()
  await within({ script: answer, gap: { exchanges: 5, ms: 60_000 }, mark }, async (house) => {
    house.watched.fail = FULL
    for (const _ of [1, 2]) await (await ask(house)).text()
    assert.deepEqual(
      told.map((each) => each !== 'clear' && each.count),
      [1, 2],
    )
    assert.equal(house.house.gaps.open, 2)
  })
  const left = told.at(-1) as Stretch
  const next = markOf(left)
  await within({ script: answer, gap: { exchanges: 5, ms: 60_000 }, mark: next.mark }, async (house) => {
    assert.equal(house.house.gaps.open, 2)
    await house.house.gaps.close()
    const [gap, ...more] = house.watched.entries as Gap[]
    assert.ok(gap && more.length === 0)
    assert.deepEqual([gap.kind, gap.count, gap.from, gap.to], ['gap', 2, left.from, left.to])
    assert.equal(gap.reason, 'trail.unavailable; the process ended within it')
    assert.equal(gap.signature, gapSignature(house.house.keyring, gap))
    assert.deepEqual([next.told, house.house.gaps.open], [['clear'], 0])
  })
})

test('what cannot be marked does not pass', () => {
  const mark: GapMark = {
    ...markOf().mark,
    set() {
      throw new Fault('trail.unavailable', 'read-only')
    },
  }
  return within({ script: answer, gap: { exchanges: 5, ms: 60_000 }, mark }, async (house) => {
    house.watched.fail = FULL
    assert.ok((await ask(house)).status >= 400)
    assert.deepEqual([house.seen.length, house.house.gaps.open], [0, 0])
  })
})

test('a gap is bounded: what exceeds it is refused, and nothing of it is sent', () =>
  within({ script: answer, gap: { exchanges: 2, ms: 60_000 } }, async (house) => {
    house.watched.fail = FULL
    const statuses: number[] = []
    for (const _ of [1, 2, 3]) statuses.push((await ask(house)).status)
    assert.deepEqual(statuses.slice(0, 2), [200, 200])
    assert.ok((statuses[2] ?? 0) >= 400)
    assert.equal(house.seen.length, 2)
  }))

test('a gap is bounded in time too', () =>
  within({ script: answer, gap: { exchanges: 100, ms: 100 } }, async (house) => {
    house.watched.fail = FULL
    assert.equal((await ask(house)).status, 200)
    await new Promise((resolve) => setTimeout(resolve, 150))
    assert.ok((await ask(house)).status >= 400)
    assert.equal(house.seen.length, 1)
  }))

test('an exchange whose trail fails in mid-reply passes whole within a gap, and its ending comes later', () => {
  let failing: Open
  return within(
    {
      gap: { exchanges: 5, ms: 60_000 },
      durable: 'each-event',
      script: (request, body, response) => {
        failing.watched.fail = FULL
        answer(request, body, response)
      },
    },
    async (open) => {
      failing = open
      assert.equal(await (await ask(open)).text(), chunk('hello') + DONE)
      assert.deepEqual(kinds(open), ['asked'])
      open.watched.fail = undefined
      await open.house.endings.flush()
      await open.house.gaps.close()
      assert.deepEqual(kinds(open), ['asked', 'replied', 'gap'])
    },
  )
})

test('a disk that has failed for good opens no gap', () =>
  within({ script: answer, gap: { exchanges: 5, ms: 60_000 } }, async (open) => {
    open.watched.fail = new Fault('trail.broken')
    Object.defineProperty(open.watched.trail, 'state', { value: { kind: 'latched', fault: open.watched.fail } })
    assert.ok((await ask(open)).status >= 400)
    assert.equal(open.seen.length, 0)
  }))

test('with `during`, an upstream that refuses before the opening is durable still leaves one opening and one ending', () =>
  within({ durable: 'during', script: answer, timeouts: { connect_ms: 100, first_byte_ms: 100 } }, async (open) => {
    let release: () => void = () => undefined
    open.watched.hold = new Promise((resolve) => {
      release = resolve
    })
    const hosts = open.house.connections.get('up')?.hosts as Map<string, unknown>
    hosts.set('api', { name: 'api', base: '', upstream: { origin: new URL('http://127.0.0.1:1') } })
    const reply = ask(open)
    await new Promise((resolve) => setTimeout(resolve, 80))
    release()
    await (await reply).text()
    assert.deepEqual(kinds(open), ['asked', 'failed'])
  }))

/** How deliveries end: what was acknowledged is not sent again, one refused row stops no debt, no receiver's words are kept. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Fault, type Keyring } from '#exchange'
import { openTrail, type SealState, type Trail } from '#trail'
import { Pump, type PumpOptions } from './pump.ts'
import type { Row } from './row.ts'
import { endingOf, LOG, openingOf } from './rows.case.ts'
import { webhook } from './sinks/webhook.ts'

const keyring = { key: () => Buffer.alloc(32, 7) } as never as Keyring

async function filled(t: TestContext, exchanges: number): Promise<Trail> {
  const trail = await openTrail({ folder: '', keyring, now: Date.now, store: 'memory' })
  for (let nth = 1; nth <= exchanges; nth++) {
    await trail.append(openingOf(nth))
    await trail.append(endingOf(nth))
  }
  t.after(() => trail.close())
  return trail
}

function pumping(t: TestContext, trail: Trail, more: Pick<PumpOptions, 'sink'> & Partial<PumpOptions>) {
  const told: string[] = []
  const pump = new Pump({
    ...{ name: 'x', trail, from: 'start', timeoutMs: 200, gatherMs: 1, retryMs: 5, rows: 64, skipAfterMs: 0 },
    ...{ content: false, openings: false, log: () => undefined, now: Date.now, tell: (line) => told.push(line) },
    ...more,
  })
  t.after(() => pump.close())
  return { pump, told }
}

async function hook(t: TestContext, answer: (asked: IncomingMessage, reply: ServerResponse) => void) {
  const server = createServer((asked, reply) => void asked.resume().on('end', () => answer(asked, reply)))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const secret = `whsec_${Buffer.alloc(32).toString('base64')}`
  const form = { kind: 'webhook', url: `http://127.0.0.1:${port}/`, secret, in_flight: 1 }
  return webhook.open(webhook.form.parse(form))
}

async function until(is: () => boolean): Promise<void> {
  for (let tries = 0; !is(); tries++) {
    assert.ok(tries < 2000, 'it never came to that')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

test('a receiver that is slow, and takes every row, gets each once or, where its time was up, twice', async (t) => {
  const seen = new Map<string, number>()
  const sink = await hook(t, (asked, reply) => {
    const id = String(asked.headers['webhook-id'])
    seen.set(id, (seen.get(id) ?? 0) + 1)
    setTimeout(() => reply.end('ok'), 20)
  })
  const { pump, told } = pumping(t, await filled(t, 30), { sink })
  await until(() => pump.state.cursor === 60)
  assert.equal(seen.size, 30)
  assert.ok(Math.max(...seen.values()) <= 2)
  assert.deepEqual(told, [])
})

test('what a receiver says of a row that it refuses is neither told nor kept', async (t) => {
  const words = 'the-prompt-as-it-was'
  const sink = await hook(t, (_, reply) => reply.writeHead(400).end(`invalid value: ${words}`))
  const trail = await filled(t, 1)
  const { pump, told } = pumping(t, trail, { sink })
  await until(() => pump.state.fault !== undefined)
  assert.match(pump.state.fault?.message ?? '', /answered 400/)
  const kept = JSON.stringify([told, pump.state.fault?.message, await trail.documents.list('export')])
  assert.ok(!kept.includes(words), kept)
})

/** Sealing that is at fault, as it may be changed. */
const sealing = (): Extract<SealState, { kind: 'on' }> => ({ kind: 'on', vkey: 'v', size: 0, fault: 'no key' })

/** Rows leave without their leaf while sealing is at fault; this one is refused with and without. */
const BAD = 4

test('a row that is refused stops no debt, and is told once', async (t) => {
  const [rows, state] = [[] as Row[], sealing()]
  let now = 1_800_000_000_000
  const { pump, told } = pumping(t, await filled(t, 4), {
    rows: 3,
    skipAfterMs: 30,
    now: () => (now += 3000),
    sink: {
      async deliver(given) {
        if (given.some(({ seq }) => seq === BAD)) throw new Fault('export.refused', 'answered 422')
        rows.push(...given)
      },
      close: async () => undefined,
    },
    log: () => ({ ...LOG, size: state.size, leaf: (seq) => (seq <= state.size ? LOG.leaf(seq) : undefined) }),
    sealing: async () => state,
  })
  await until(() => pump.state.cursor === 8 && pump.state.untaken.length === 1)
  Object.assign(state, { size: 8, fault: undefined })
  await until(() => pump.state.owed === 0)
  const sealed = rows.filter(({ leaves = [] }) => leaves.length > 0).map(({ seq }) => seq)
  assert.deepEqual([...new Set(sealed)].sort(), [2, 6, 8])
  assert.deepEqual(
    pump.state.untaken.map(({ seq }) => seq),
    [BAD],
  )
  assert.equal(told.filter((line) => line.includes('PASSED OVER')).length, 1)
  assert.ok(told.length <= 4, told.join('\n'))
})

test('a row that was taken and is refused with its leaf is told, and the others come', async (t) => {
  const [rows, state] = [[] as Row[], sealing()]
  let now = 1_800_000_000_000
  const { pump, told } = pumping(t, await filled(t, 4), {
    rows: 3,
    now: () => (now += 3000),
    sink: {
      async deliver(given) {
        if (given.some(({ seq, leaves = [] }) => seq === BAD && leaves.length > 0))
          throw new Fault('export.refused', '422')
        rows.push(...given)
      },
      close: async () => undefined,
    },
    log: () => ({ ...LOG, size: state.size, leaf: (seq) => (seq <= state.size ? LOG.leaf(seq) : undefined) }),
    sealing: async () => state,
  })
  await until(() => pump.state.owed === 8)
  Object.assign(state, { size: 8, fault: undefined })
  await until(() => pump.state.owed === 0)
  const sealed = rows.filter(({ leaves = [] }) => leaves.length > 0).map(({ seq }) => seq)
  assert.deepEqual([...new Set(sealed)].sort(), [2, 6, 8])
  assert.equal(told.filter((line) => line.includes('is refused with it')).length, 1)
})

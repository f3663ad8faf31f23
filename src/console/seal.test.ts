/** What `GET /verify` adds to a verification: what was signed last, and why a sealer stands. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hono } from 'hono'
import type { Report, SealState, Trail } from '#trail'
import { sealRoutes, type Verifying } from './seal.ts'

const INTACT: Report = {
  ...{ ok: true, ownKey: false, sealed: 3, unsealed: 0, found: 0, alarms: [], anchors: [] },
  counts: { verified: 3, erased: 0, expired: 0, redacted: 0 },
}
const ROLLED: Report = { ...INTACT, ok: false, found: 1, alarms: [{ harm: 'rolled back', told: 'text' }] }

/** The answer over a trail whose verification comes to `report`, and what that was asked with. */
async function verified(state: SealState, report: Report, unread: readonly string[] = []) {
  const asked: Parameters<Trail['verify']>[0][] = []
  const trail = {
    sealed: async () => state,
    anchors: async () => [],
    verify: async (options: Parameters<Trail['verify']>[0]) => {
      asked.push(options)
      return report
    },
  } as unknown as Trail
  const app = new Hono()
  sealRoutes(app, { trail, signed: async () => ({ notes: ['remembered'], unread }) })
  const text = await (await app.request('/verify?known=given')).text()
  const told = JSON.parse(text.trim().split('\n').at(-1) ?? '') as Verifying
  assert.ok('report' in told, text)
  return { ...told, known: asked[0]?.known }
}

const on = (code?: string): SealState => ({ kind: 'on', vkey: 'o+1+k', size: 3, ...(code && { code, fault: 'why' }) })

test('the log is held against what was given and what was signed last; a memory that cannot be read is told', async () => {
  const { known, unreached, halted, report } = await verified(on(), INTACT, ['/k.head: EACCES'])
  assert.deepEqual([known, unreached, halted], [['given', 'remembered'], ['/k.head: EACCES'], undefined])
  assert.equal(report.ok, true)
})

test('what a sealer stands for is an alarm where it says something of the record, and told once', async () => {
  for (const [code, harm] of [
    ['seal.behind', 'rolled back'],
    ['seal.damaged', 'log changed'],
  ] as const) {
    const { report, halted } = await verified(on(code), INTACT)
    assert.deepEqual(
      [report.ok, report.found, report.alarms, halted],
      [false, 1, [{ harm, told: 'the sealer stands: why' }], 'why'],
    )
  }
  assert.deepEqual((await verified(on('seal.behind'), ROLLED)).report, ROLLED)
})

test('any other fault of the seal is told and is no alarm; one of the disk is told elsewhere', async () => {
  for (const code of ['seal.key', 'seal.waiting']) {
    const { report, halted } = await verified(on(code), INTACT)
    assert.deepEqual([report.ok, report.found, halted], [true, 0, 'why'])
  }
  assert.equal((await verified(on('trail.unavailable'), INTACT)).halted, undefined)
})

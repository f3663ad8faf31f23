/** Which rules are in force is on the record, with their text once; a record that cannot take it now gets it later. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Fault } from '#exchange'
import { openTrail, type Trail } from '#trail'
import { keyringOf } from './keyring.ts'
import { Ruling } from './ruled.ts'
import { uuid7 } from './uuid.ts'

async function open(t: TestContext): Promise<Trail> {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-ruled-'))
  const trail = await openTrail({ folder, keyring: keyringOf(Buffer.alloc(32, 7)), now: Date.now, store: 'memory' })
  t.after(async () => {
    await trail.close()
    rmSync(folder, { recursive: true })
  })
  return trail
}

const ruling = (trail: Pick<Trail, 'append' | 'policies'>, told: string[] = []) =>
  new Ruling({ trail, now: Date.now, uuid: () => uuid7(Date.now()), tell: (line) => void told.push(line) })
const [ONE, TWO] = [
  { id: '1'.repeat(64), text: '{"one":1}' },
  { id: '2'.repeat(64), text: '{"two":2}' },
]
const told = async (trail: Trail) =>
  (await trail.policies()).map(({ ruled }) => [ruled.via, ruled.policy[0], ruled.text])

test('a version is told when it comes into force, its text the first time alone', async (t) => {
  const trail = await open(t)
  const first = ruling(trail)
  await first.set(ONE, 'start')
  await first.set(ONE, 'reload')
  await first.set(TWO, 'reload')
  await first.set(ONE, 'reload')
  await first.close()
  await ruling(trail).set(ONE, 'start')
  await ruling(trail).set(TWO, 'start')
  assert.deepEqual(await told(trail), [
    ['start', '1', ONE.text],
    ['reload', '2', TWO.text],
    ['reload', '1', undefined],
    ['start', '2', undefined],
  ])
  assert.deepEqual([(await trail.policy(TWO.id))?.ruled.text, (await trail.policy(TWO.id))?.seq], [TWO.text, 2])
  assert.equal(await trail.policy('3'.repeat(64)), undefined)
})

test('a record that is full hinders no change of the rules, and is told all of them once it can', async (t) => {
  const trail = await open(t)
  let full = true
  const append: Trail['append'] = (entry) =>
    full ? Promise.reject(new Fault('trail.unavailable')) : trail.append(entry)
  const lines: string[] = []
  const one = ruling({ append, policies: () => trail.policies() }, lines)
  await one.set(ONE, 'start')
  await one.set(TWO, 'reload')
  assert.deepEqual([lines.length, await told(trail)], [2, []])
  full = false
  await one.close()
  assert.deepEqual(await told(trail), [
    ['start', '1', ONE.text],
    ['reload', '2', TWO.text],
  ])
})

/** Fifty exchanges at once, of several actors: nobody gets, and no record holds, anything of another. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Shown } from '#console'
import { type Asker, ask, echo, expected, markerOf, PROTOCOLS, secretOf } from './crowd.case.ts'
import { unmarked } from './secrets.case.ts'
import { openStage, type Stage } from './stage.case.ts'

const COUNT = 50
const ACTORS = [
  ['--user', 'ana'],
  ['--user', 'bo'],
  ['--user', 'cem'],
  ['--job', 'nightly'],
  ['--service', 'indexer'],
] as const

const MARKERS = /marker-\d+-end/g

async function crowd(stage: Stage): Promise<Asker[]> {
  const keys: string[] = []
  for (const flags of ACTORS) keys.push(await stage.gateway.key(...flags))
  return Array.from({ length: COUNT }, (_, at) => ({
    marker: markerOf(at),
    actor: ACTORS[at % ACTORS.length]?.[1] ?? '',
    key: keys[at % ACTORS.length] ?? '',
    route: PROTOCOLS[at % PROTOCOLS.length] ?? 'chat',
    stream: at % 3 !== 0,
    sdk: at % 7 < 4,
  }))
}

test('fifty exchanges of five actors at once: each gets its own reply, its own record and its own name', async (t) => {
  const all = Promise.withResolvers<void>()
  let open = 0
  const stage = await openStage(t, async (asked) => {
    if (++open === COUNT) all.resolve()
    await all.promise // nobody is answered before everybody has asked
    return echo(asked)
  })
  const askers = await crowd(stage)
  const got = await Promise.all(askers.map((asker) => ask(stage, asker)))
  assert.deepEqual(
    unmarked(got),
    askers.map(({ marker }) => expected(marker)),
  )
  assert.equal(stage.mock.turns.length, COUNT)
  for (const { marker, actor, route, stream } of askers) {
    const found = await stage.find(`"${marker}"`)
    assert.equal(found.length, 1, `${marker} is on the record ${found.length} times`)
    const shown = await stage.gateway.api<Shown>(`/exchanges/${found[0]?.exchange}`)
    const { opening, ending } = shown
    const told = [opening.actor?.id, opening.route, opening.stream, ending?.kind, opening.findings.length]
    assert.deepEqual(told, [actor, route, stream, 'replied', 1], marker)
    assert.equal(unmarked(shown.reply?.text), expected(marker))
    const text = JSON.stringify(shown)
    assert.deepEqual([...new Set(text.match(MARKERS))], [marker])
    assert.ok(!text.includes(secretOf(marker)), 'a secret is on the record')
  }
  for (const { request } of stage.mock.turns) {
    const markers = new Set(request.body.toString().match(MARKERS))
    const [marker = ''] = markers
    assert.equal(markers.size, 1)
    assert.ok(!request.body.includes(secretOf(marker)), 'a secret went upstream')
  }
  const perActor = await Promise.all(ACTORS.map(([, id]) => stage.find(`user:${id}`)))
  assert.deepEqual(
    perActor.map(({ length }) => length),
    ACTORS.map(() => COUNT / ACTORS.length),
  )
})

/** Long streams cut at every event's border and at seeded places, and recorded ones that no rule matches. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { leaked, run, STREAMS } from './streams.case.ts'

const SMALL = 4096
const SEEDED = 500
const AROUND = 8

/** Places to cut: each event's border with the bytes around it, and seeded ones in between. */
function cutsOf(bytes: Buffer): number[] {
  const cuts = new Set<number>()
  for (let border = bytes.indexOf('\n\n'); border >= 0; border = bytes.indexOf('\n\n', border + 1))
    for (let at = border - AROUND; at <= border + AROUND; at++) cuts.add(at)
  let seed = 1
  for (let drawn = 0; drawn < SEEDED; drawn++) {
    seed = (seed * 48_271) % 2_147_483_647
    cuts.add(seed % bytes.length)
  }
  return [...cuts].filter((cut) => cut > 0 && cut < bytes.length)
}

/** A stream of some 12 kB: every stream of the table, one after another, in one reply of its protocol. */
for (const protocol of ['chat', 'completions', 'responses', 'messages']) {
  const parts = STREAMS.filter(([, name, stream]) => name === protocol && stream.endsWith('\n\n')).map(([, , stream]) =>
    stream.replace(/data: \[DONE\]\n\n|event: (message_stop|response.completed)\ndata: .*\n\n/g, ''),
  )
  let long = ''
  for (let at = 0; long.length < 3 * SMALL; at++) long += parts[at % parts.length] ?? ''
  const bytes = Buffer.from(long)
  test(`a long stream is the same under ${SEEDED} seeded cuts and at every border: ${protocol}`, () => {
    const whole = run(protocol, bytes)
    assert.ok(bytes.length > SMALL && whole.findings.length > 0 && !leaked(whole.text))
    for (const cut of cutsOf(bytes)) {
      const { text, findings, events } = run(protocol, bytes, [cut])
      assert.equal(text, whole.text, `cut ${cut}`)
      assert.deepEqual([findings, events], [whole.findings, whole.events])
    }
  })
}

const recorded = join(import.meta.dirname, '../../../shared/data/streams/')
const skip = existsSync(recorded) ? false : 'no recorded streams beside this checkout'
test('recorded streams pass byte for byte where no rule matches', { skip }, () => {
  const names: Record<string, string> = {
    anthropic: 'messages',
    'openai-completion': 'completions',
    'openai-responses': 'responses',
  }
  let untouched = 0
  for (const file of globSync('*/*.chunks.txt', { cwd: recorded })) {
    const lines = readFileSync(recorded + file, 'utf8')
      .split('\n')
      .filter(Boolean)
    const bytes = Buffer.from(lines.map((line) => `data: ${line}\n\n`).join(''))
    const { text, findings } = run(
      names[file.split('/')[0] ?? ''] ?? 'chat',
      bytes,
      [1, 500, 501].filter((cut) => cut < bytes.length),
    )
    if (findings.length > 0) continue
    assert.equal(text, bytes.toString(), file)
    untouched++
  }
  assert.ok(untouched > 30, String(untouched))
})

/** Every byte cut of every stream of the table, and of recorded ones. Slow, so a script of its own: `npm run test:streams`. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { run, STREAMS } from '../../src/gateway/streams.case.ts'

/** Longer recorded streams are left to the cuts at their borders. */
const LONGEST = 24_000

function everyCut(protocol: string, bytes: Buffer): void {
  const whole = run(protocol, bytes)
  for (let cut = 1; cut < bytes.length; cut++) {
    const { text, findings, events } = run(protocol, bytes, [cut])
    assert.equal(text, whole.text, `cut ${cut}`)
    assert.deepEqual([findings, events], [whole.findings, whole.events])
  }
}

for (const protocol of ['chat', 'completions', 'responses', 'messages']) {
  const all = STREAMS.filter(([, name]) => name === protocol).map(([, , stream]) =>
    stream.replaceAll(/[^\n]*DONE[^\n]*\n*/g, ''),
  )
  test(`every cut of all streams in one: ${protocol}`, () => everyCut(protocol, Buffer.from(all.join(''))))
}

const recorded = join(import.meta.dirname, '../../../shared/data/streams/')
const skip = existsSync(recorded) ? false : 'no recorded streams beside this checkout'
const NAMES: Record<string, string> = {
  anthropic: 'messages',
  'openai-completion': 'completions',
  'openai-responses': 'responses',
}
test('every cut of recorded streams', { skip }, () => {
  let count = 0
  for (const file of globSync('*/*.chunks.txt', { cwd: recorded })) {
    const lines = readFileSync(recorded + file, 'utf8')
      .split('\n')
      .filter(Boolean)
    const bytes = Buffer.from(lines.map((line) => `data: ${line}\n\n`).join(''))
    if (bytes.length > LONGEST) continue
    everyCut(NAMES[file.split('/')[0] ?? ''] ?? 'chat', bytes)
    count++
  }
  assert.ok(count > 10, String(count))
})

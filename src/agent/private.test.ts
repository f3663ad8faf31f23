/** A file that others may read or have written is not believed; a secret that could be guessed is made anew. */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSecret, readPrivate } from './private.ts'

test('a secret is made once, for its user alone; what others may read, and what is guessed, is none', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-agent-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'own', 'agent.secret')
  const { secret, made } = openSecret(file)
  assert.deepEqual([secret.length, made, statSync(file).mode & 0o777], [24, true, 0o600])
  assert.deepEqual(openSecret(file), { secret, made: false })
  for (const mode of [0o666, 0o640, 0o604, 0o602]) {
    chmodSync(file, mode)
    assert.throws(() => openSecret(file), { code: 'usage.input', message: /./ }, mode.toString(8))
    assert.throws(
      () => readPrivate(file, 'chmod 600'),
      (error: { detail?: string }) => /chmod 600/.test(error.detail ?? ''),
    )
  }
  chmodSync(file, 0o600)
  for (const weak of ['', '\n', 'guessable']) {
    writeFileSync(file, weak)
    const anew = openSecret(file)
    assert.ok(anew.made && anew.secret !== secret && anew.secret.length === 24)
    assert.equal(readFileSync(file, 'utf8').trim(), anew.secret)
    assert.equal(statSync(file).mode & 0o777, 0o600)
  }
  rmSync(file)
  symlinkSync(join(folder, 'elsewhere'), file)
  assert.ok(
    openSecret(file).made && !statSync(join(folder, 'elsewhere'), { throwIfNoEntry: false }),
    'a link leads nowhere',
  )
})

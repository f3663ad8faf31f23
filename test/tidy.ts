/**
 * Gives a run of tests a folder of its own for what they make (`TMPDIR`), removes it, and tells what a test left in it. It fails
 * nothing: a process that was killed may write for a moment longer than its test lasts.
 * `node --test --test-global-setup=test/tidy.ts`.
 */
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder = ''

export function globalSetup(): void {
  folder = mkdtempSync(join(tmpdir(), 'gatelog-tests-'))
  chmodSync(folder, 0o711) // a test that is somebody else for a moment still finds what it made
  process.env['TMPDIR'] = folder
}

export function globalTeardown(): void {
  const left = readdirSync(folder)
  rmSync(folder, { recursive: true, force: true })
  if (left.length > 0)
    process.stderr.write(`\ntests left ${left.length} folders behind: ${left.slice(0, 10).join(', ')}\n`)
}

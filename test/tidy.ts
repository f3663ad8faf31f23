/**
 * Gives a run of tests a folder of its own for what they make (`TMPDIR`), and fails the run where one left something there.
 * `node --test --test-global-setup=test/tidy.ts`.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder = ''

export function globalSetup(): void {
  folder = mkdtempSync(join(tmpdir(), 'gatelog-tests-'))
  process.env['TMPDIR'] = folder
}

export function globalTeardown(): void {
  const left = readdirSync(folder)
  rmSync(folder, { recursive: true, force: true })
  if (left.length > 0) throw new Error(`tests left ${left.length} folders behind: ${left.slice(0, 10).join(', ')}`)
}

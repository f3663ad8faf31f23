/** What a command loads before it knows what it is to do: the tree of commands, and nothing of the house. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const BIN = join(import.meta.dirname, '../../bin/gatelog.mjs')
/** Writes every module that is loaded to stderr. */
const WATCH = `data:text/javascript,${encodeURIComponent(
  "import { registerHooks } from 'node:module'; registerHooks({ load(url, context, next) { process._rawDebug('loaded ' + url); return next(url, context) } })",
)}`
const HEAVY = /node_modules\/(?!commander\/)|\/src\/(?!cli\/|exchange\/|app\/(index|folder)\.ts)/

function loaded(...args: string[]): string[] {
  const script = 'exec "$0" "$@" 2>&1 >/dev/null'
  const told = execFileSync('sh', ['-c', script, process.execPath, '--import', WATCH, BIN, ...args], {
    encoding: 'utf8',
  })
  return [...told.matchAll(/^loaded (file:.*)$/gm)].map(([, url]) => url ?? '')
}

for (const args of [['version'], ['--help'], ['search', '--help'], ['completion', 'bash']])
  test(`\`gatelog ${args.join(' ')}\` loads no room but its own`, () => {
    const urls = loaded(...args)
    assert.ok(urls.some((url) => url.endsWith('/src/cli/program.ts')))
    assert.deepEqual(
      urls.filter((url) => HEAVY.test(url)),
      [],
    )
  })

#!/usr/bin/env node
// Starts the command line; says so in one line where Node is too old to read the source.
import { existsSync } from 'node:fs'

const [major, minor] = process.versions.node.split('.').map(Number)
// For the server, which lets go of much that is young and keeps what is old: docs/decisions/003. No signal opens an inspector.
const FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=100', '--disable-sigusr1']
// What lies in memory is never written to disk because a process broke.
const NO_CORES = ['/bin/sh', '-c', 'ulimit -c 0; exec "$@"', 'gatelog']
const { argv, env, execArgv, execPath, execve } = process
if (major > 24 || (major === 24 && minor >= 15)) {
  const untold = argv.includes('serve') && !FLAGS.every((flag) => execArgv.includes(flag))
  if (untold && process.platform === 'linux') {
    const command = [...(existsSync(NO_CORES[0]) ? NO_CORES : []), execPath, ...FLAGS, ...execArgv, ...argv.slice(1)]
    execve(command[0], command, { MALLOC_ARENA_MAX: '2', ...env })
  }
  const { enableCompileCache } = await import('node:module')
  enableCompileCache(`${import.meta.dirname}/../node_modules/.cache/gatelog`) // off where it cannot be written
  await import('../src/cli/index.ts')
} else {
  process.stderr.write(
    `gatelog needs Node 24.15 or newer, this is ${process.version}. Run it as \`npm start\` or \`npx gatelog\`, which bring their own.\n`,
  )
  process.exit(1)
}

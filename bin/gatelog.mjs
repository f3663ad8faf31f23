#!/usr/bin/env node
// Starts the command line; says so in one line where Node is too old to read the source.
const [major, minor] = process.versions.node.split('.').map(Number)
// For the server, which lets go of much that is young and keeps what is old: docs/decisions/003.
const HEAP = ['--max-semi-space-size=8', '--heap-growing-percent=100']
const { argv, env, execArgv, execPath, execve } = process
if (major > 24 || (major === 24 && minor >= 15)) {
  const untold = argv.includes('serve') && !HEAP.every((flag) => execArgv.includes(flag))
  if (untold && process.platform === 'linux')
    execve(execPath, [execPath, ...HEAP, ...execArgv, ...argv.slice(1)], { MALLOC_ARENA_MAX: '2', ...env })
  const { enableCompileCache } = await import('node:module')
  enableCompileCache(`${import.meta.dirname}/../node_modules/.cache/gatelog`) // off where it cannot be written
  await import('../src/cli/index.ts')
} else {
  process.stderr.write(
    `gatelog needs Node 24.15 or newer, this is ${process.version}. Run it as \`npm start\` or \`npx gatelog\`, which bring their own.\n`,
  )
  process.exit(1)
}

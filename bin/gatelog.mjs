#!/usr/bin/env node
// Starts the command line; says so in one line where Node is too old to read the source.
import { existsSync } from 'node:fs'

const [major, minor] = process.versions.node.split('.').map(Number)
// The server lets go of much that is young and keeps what is old: docs/decisions/003. No signal opens an inspector.
const FLAGS = {
  serve: ['--max-semi-space-size=8', '--heap-growing-percent=100', '--disable-sigusr1'],
  agent: ['--disable-sigusr1'],
}
// What lets somebody look into a process, or has it write down what it holds; an environment may bring it by accident.
const OPENS =
  /(?:^|\s)--(?:inspect|debug-port|heapsnapshot-|heap-prof|report-|diagnostic-dir)[^\s=]*(?:=\S*|\s+[\d.:]+)?/g
// What lies in memory is never written to disk because a process broke.
const NO_CORES = ['/bin/sh', '-c', 'ulimit -c 0; exec "$@"', 'gatelog']
const { argv, env, execArgv, execPath, execve } = process
if (major > 24 || (major === 24 && minor >= 15)) {
  const flags = FLAGS[argv.find((word) => Object.hasOwn(FLAGS, word))] ?? []
  const shut = (words) => words.replaceAll(OPENS, '')
  const own = execArgv.filter((word) => shut(word) === word && !flags.includes(word))
  const options = env.NODE_OPTIONS === undefined ? {} : { NODE_OPTIONS: shut(env.NODE_OPTIONS).trim() }
  const untold = execArgv.length !== own.length + flags.length || (env.NODE_OPTIONS ?? '').search(OPENS) >= 0
  if (flags.length && untold && process.platform === 'linux') {
    const command = [...(existsSync(NO_CORES[0]) ? NO_CORES : []), execPath, ...flags, ...own, ...argv.slice(1)]
    execve(command[0], command, { MALLOC_ARENA_MAX: '2', ...env, ...options })
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

#!/usr/bin/env node
// Starts the command line; says so in one line where Node is too old to read the source.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major > 24 || (major === 24 && minor >= 15)) {
  const { enableCompileCache } = await import('node:module')
  enableCompileCache(`${import.meta.dirname}/../node_modules/.cache/gatelog`) // off where it cannot be written
  await import('../src/cli/index.ts')
} else {
  process.stderr.write(
    `gatelog needs Node 24.15 or newer, this is ${process.version}. Run it as \`npm start\` or \`npx gatelog\`, which bring their own.\n`,
  )
  process.exit(1)
}

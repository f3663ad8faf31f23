/** Runs the gateway's tests over copies of the source, each with one line taken out. A copy that passes is a failure. */
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MUTATIONS, page } from './mutations.ts'

const root = join(import.meta.dirname, '../..')
const tests = globSync(['src/gateway/*.test.ts', 'src/gateway/copilot/*.test.ts'], { cwd: root }).filter(
  (path) => !path.includes('large'),
)

/** A copy of the source that can run its tests. */
function copy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-mutation-'))
  for (const name of ['src', 'package.json']) cpSync(join(root, name), join(folder, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

const FLAGS = ['--test', '--test-concurrency=4', '--test-reporter=dot']

/** Whether all tests pass without any mutation, however long a busy machine takes; what fails is said. */
function passesWhole(folder: string): boolean {
  const flags = [...FLAGS, '--test-timeout=120000']
  const stdio = ['ignore', 'inherit', 'inherit'] as const
  return spawnSync(process.execPath, [...flags, ...tests], { cwd: folder, stdio: [...stdio] }).status === 0
}

const MOST_MS = 120_000

/** Whether all tests pass; the first that fails, or a run without end, decides. */
function passes(folder: string): Promise<boolean> {
  const flags = [...FLAGS, '--test-timeout=20000']
  const stdio = ['ignore', 'pipe', 'ignore'] as const
  const child = spawn(process.execPath, [...flags, ...tests], { cwd: folder, detached: true, stdio: [...stdio] })
  return new Promise((resolve) => {
    const fail = () => {
      clearTimeout(timer)
      if (child.exitCode === null && child.signalCode === null) process.kill(-Number(child.pid), 'SIGKILL')
      resolve(false)
    }
    const timer = setTimeout(fail, MOST_MS)
    child.stdout?.on('data', (chunk) => String(chunk).includes('X') && fail())
    child.once('exit', (code) => {
      clearTimeout(timer)
      resolve(code === 0)
    })
  })
}

const folder = copy()
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
if (!passesWhole(folder)) throw new Error('the tests fail without any mutation')
let survived = 0
/** All, or those whose guarantee holds the words of the command line. */
const words = process.argv[2] ?? ''
const chosen = MUTATIONS.filter(({ guarantee }) => guarantee.includes(words))
for (const { guarantee, file, line, instead } of chosen) {
  const path = join(folder, 'src', file)
  const source = readFileSync(path, 'utf8')
  if (source.split(line).length !== 2) throw new Error(`${file} does not hold this once: ${line}`)
  writeFileSync(
    path,
    source.replace(line, () => instead),
  )
  const noticed = !(await passes(folder))
  writeFileSync(path, source)
  if (!noticed) survived++
  process.stdout.write(`${noticed ? 'noticed ' : 'SURVIVED'} ${guarantee}\n`)
}
if (survived === 0 && words === '') writeFileSync(join(root, 'docs/guarantees.md'), page())
process.stdout.write(`${chosen.length - survived} of ${chosen.length} mutations were noticed\n`)
process.exitCode = survived === 0 ? 0 : 1

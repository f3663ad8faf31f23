/** Lets Go's own packages read a log of 100,000 leaves, with a damaged copy of it to be refused. Skipped, and said so, without Go. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { leafOf, signerOf } from '../../../src/trail/seal/made.ts'
import { LogWriter } from '../../../src/trail/seal/writer.ts'

const SIZE = 100_000
const MODULE = 'golang.org/x/mod@v0.24.0'
const say = (text: string) => void process.stdout.write(`${text}\n`)

const GO = ['go', '/usr/local/go/bin/go'].find((path) => spawnSync(path, ['version']).status === 0)

function go(folder: string, ...args: string[]): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(GO ?? 'go', args, { cwd: folder, encoding: 'utf8', timeout: 300_000 })
  return { status, text: `${stdout ?? ''}${stderr ?? ''}`.trim() }
}

async function log(folder: string): Promise<string> {
  const signer = signerOf()
  const writer = await LogWriter.open({ folder, origin: 'gatelog.example/log', signer })
  for (const size of [1000, 99_000, SIZE]) {
    while (writer.size < size) writer.add(leafOf(writer.size))
    await writer.publish()
  }
  return signer.vkey
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-interop-'))
  try {
    copyFileSync(join(import.meta.dirname, 'main.go'), join(folder, 'main.go'))
    writeFileSync(join(folder, 'go.mod'), 'module interop\n\ngo 1.24\n')
    const got = go(folder, 'get', MODULE)
    if (got.status !== 0) return say(`SKIPPED: ${MODULE} cannot be had: ${got.text.split('\n').at(-1)}`)
    const built = go(folder, 'build', '-o', 'interop', '.')
    if (built.status !== 0) throw new Error(built.text)
    const seal = join(folder, 'seal')
    const vkey = await log(seal)
    const check = () => spawnSync(join(folder, 'interop'), [seal, vkey], { encoding: 'utf8' })
    const held = check()
    if (held.status !== 0) throw new Error(held.stderr)
    say(held.stdout.trim())
    const bundle = join(seal, 'tile/entries/200')
    if (!existsSync(bundle)) throw new Error('there is no bundle 200')
    const bytes = readFileSync(bundle)
    bytes[99] = (bytes[99] ?? 0) ^ 1
    writeFileSync(bundle, bytes)
    if (check().status !== 1) throw new Error('a damaged leaf was not found')
    say('a damaged leaf is found')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

if (GO) await main()
else say('SKIPPED: there is no Go on this machine')

#!/usr/bin/env node
/** `node verifier/verify.ts <evidence.zip | x.tlog-proof> --key <vkey>`: checks evidence offline. Exits 0 where it holds, 5 where not. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Checked, checkBundle, checkProof } from './check.ts'
import { unzip } from './zip.ts'

const USAGE = 'node verifier/verify.ts <evidence.zip | x.tlog-proof> --key <verifier key> [--json]\n'

/** Control and bidi characters of what came from outside must not drive a terminal. */
const safe = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')

function check(bytes: Buffer, key: string): Checked {
  if (bytes.subarray(0, 11).toString() === 'c2sp.org/tl') return checkProof(bytes.toString(), key)
  try {
    return checkBundle(unzip(bytes), key)
  } catch (error) {
    return { entries: 0, disclosed: 0, closed: 0, problems: [error instanceof Error ? error.message : String(error)] }
  }
}

function told({ origin, size, entries, disclosed, closed, range, problems }: Checked): string {
  const lines = [
    ...(origin === undefined ? [] : [`log ${origin}, checkpoint over ${size} entries, signed by the given key`]),
    `${entries} entries, ${disclosed} parts of them shown as they were sealed, ${closed} with their place alone`,
    ...(range ? [`entries ${range.first} to ${range.last} without a hole`] : []),
    ...problems.slice(0, 20),
    problems.length ? `NOT INTACT: ${problems.length} problems` : 'intact',
  ]
  return lines.map((each) => `${safe(each)}\n`).join('')
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { key: { type: 'string' }, json: { type: 'boolean' } },
  })
  const [file] = positionals
  if (!file || !values.key) {
    process.stderr.write(USAGE)
    process.exitCode = 2
    return
  }
  const checked = check(readFileSync(file), values.key)
  process.stdout.write(values.json ? `${JSON.stringify(checked)}\n` : told(checked))
  if (checked.problems.length > 0) process.exitCode = 5
}

main()

#!/usr/bin/env node
/**
 * `node verifier/verify.ts <evidence.zip | x.tlog-proof> --key <vkey>`: checks evidence offline. Exits 0 where it holds, 5 where not,
 * 7 where it holds and bodies are withheld, 2 where it could not begin.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Checked, checkBundle } from './bundle.ts'
import type { Row } from './form.ts'
import { visible } from './page.ts'
import { reasonOf } from './problems.ts'
import { checkProof } from './proof.ts'
import { witnessed } from './witness.ts'
import { openZip, type Source } from './zip.ts'

const USAGE = `node verifier/verify.ts <evidence.zip | x.tlog-proof> --key <verifier key>
  --key <vkey>         the log's verifier key, or a file that holds it; from somewhere other than the evidence
  --checkpoint <file>  a checkpoint that you kept; may be given several times
  --witness <vkey>     verifier key of a witness that cosigned one of those; may be given several times
  --html <file>        writes the page for people, with what this check says
  --json               one line of JSON
Exits 0 where the evidence holds, 5 where it does not, 7 where it holds and bodies are withheld, 2 where it could not be looked at.
`
const [NOT_INTACT, WITHHELD, UNUSABLE] = [5, 7, 2]
const MOST_TOLD = 20

/** `html`: where the page is written, while the file is open. */
function check(file: string, key: string, kept: readonly string[], html: string | undefined): Checked {
  const handle = openSync(file, 'r')
  try {
    const source = sourceOf(handle)
    if (source.read(0, 11).toString() !== 'c2sp.org/tl') return checkedBundle(source, key, kept, html)
    return kept.length === 0
      ? checkProof(source.read(0, source.size).toString(), key)
      : failed('a proof of one entry shows nothing of another checkpoint')
  } catch (error) {
    return failed(reasonOf(error))
  } finally {
    closeSync(handle)
  }
}

function checkedBundle(source: Source, key: string, kept: readonly string[], html: string | undefined): Checked {
  const { page, ...checked } = checkBundle(openZip(source), key, kept)
  if (html !== undefined) write(html, page?.() ?? '')
  return checked
}

function write(file: string, page: string): void {
  if (page === '') process.stderr.write('No page was written: the evidence could not be read so far.\n')
  else writeFileSync(file, page)
}

const failed = (reason: string): Checked => ({
  entries: 0,
  disclosed: 0,
  closed: 0,
  locked: 0,
  also: [],
  problems: [reason],
  found: 1,
})

function sourceOf(handle: number): Source {
  const { size } = fstatSync(handle)
  return {
    size,
    read(at, length) {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - at)))
      return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, at))
    },
  }
}

/** What witnesses say of checkpoints that were given, which the bundle was held against. */
function withWitnesses(checked: Checked, kept: readonly string[], vkeys: readonly string[]): Checked {
  const { also, problems } = witnessed(kept, vkeys)
  return {
    ...checked,
    also: [...checked.also, ...also],
    problems: [...checked.problems, ...problems],
    found: checked.found + problems.length,
  }
}

type Told = readonly [what: string, text: string]

function told(checked: Checked): string {
  const { origin, size, question, claims, manifest, entries, disclosed, closed, also, problems, found } = checked
  const held: Told[] = [
    ['entries', `${entries}: ${disclosed} parts shown as they were sealed, ${closed} with their place alone`],
    ...[...(claims?.proven ?? []), ...also].map((each): Told => ['proven', each]),
    ...(claims?.open ?? []).map((each): Told => ['not proven', each]),
  ]
  const lines: Told[] = [
    ...(question ? [['question', question] as const] : []),
    ...(claims ? [['asked for', claims.asked] as const] : []),
    ...(origin === undefined
      ? []
      : [['log', `${origin}, a checkpoint over ${size} entries, signed by the given key`] as const]),
    ...rowsOf('gap', manifest?.gaps),
    ...rowsOf('exception', manifest?.exceptions),
    ...rowsOf('rules', manifest?.rules),
    ...(found > 0 ? problems.slice(0, MOST_TOLD).map((each): Told => ['problem', each]) : held),
  ]
  return [...lines.map(([what, text]) => `${what.padEnd(11)} ${flat(text)}\n`), `${lastOf(checked)}\n`].join('')
}

function lastOf({ found, locked }: Checked): string {
  if (found > 0) return `NOT INTACT: ${found} ${found === 1 ? 'problem' : 'problems'}`
  return locked === 0
    ? 'intact'
    : `intact, and WITHHELD: ${locked} ${locked === 1 ? 'body' : 'bodies'} that nobody could look at`
}

const flat = (text: string): string => visible(text).replace(/\s+/g, ' ')

const rowsOf = (name: string, rows: readonly Row[] = []): Told[] =>
  rows.map(({ what, entries, by, told }) => {
    const of = entries === '' ? '' : `, entries ${entries.length > 200 ? `${entries.slice(0, 200)}…` : entries}`
    return [name, `${what}${of}: ${told}${by === undefined ? '' : ` (entry ${by})`}`]
  })

/** A key as it was given, or the file that holds it. */
const keyIn = (key: string): string => (key.includes('+') ? key : readFileSync(key, 'utf8')).trim()

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ key: { type: 'string' }, html: { type: 'string' }, json: { type: 'boolean' } },
      ...{ checkpoint: { type: 'string', multiple: true }, witness: { type: 'string', multiple: true } },
    },
  })
  const [file, more] = positionals
  if (!file || more !== undefined || !values.key) throw new Error(USAGE)
  const kept = (values.checkpoint ?? []).map((each) => readFileSync(each, 'utf8'))
  const witnesses = (values.witness ?? []).map(keyIn)
  const checked = withWitnesses(check(file, keyIn(values.key), kept, values.html), kept, witnesses)
  process.stdout.write(values.json ? `${JSON.stringify(checked)}\n` : told(checked))
  if (checked.found > 0) process.exitCode = NOT_INTACT
  else if (checked.locked > 0) process.exitCode = WITHHELD
}

try {
  main()
} catch (error) {
  process.stderr.write(error instanceof Error ? `${visible(error.message)}\n` : USAGE)
  process.exitCode = UNUSABLE
}

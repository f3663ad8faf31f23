#!/usr/bin/env node
/**
 * `node verifier/verify.ts <evidence.zip | x.tlog-proof> --key <vkey>`: checks evidence offline. Exits 0 where it holds, 5 where not,
 * 7 where it holds and something could not be looked at, 2 where it could not begin.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Trusted } from './anchors.ts'
import { checkBundle } from './bundle.ts'
import { type Checked, failed } from './checked.ts'
import type { Row } from './form.ts'
import { stampChecker } from './openssl.ts'
import { visible } from './page.ts'
import { reasonOf } from './problems.ts'
import { checkProof } from './proof.ts'
import { openZip, type Source } from './zip.ts'

const USAGE = `node verifier/verify.ts <evidence.zip | x.tlog-proof> --key <verifier key>
  --key <vkey>         the log's verifier key, or a file that holds it; from somewhere other than the evidence
  --checkpoint <file>  a checkpoint that you kept; may be given several times
  --former <vkey>      verifier key of a log that this one goes on from, for a checkpoint that you kept of that; several times
  --witness <vkey>     verifier key of a witness that cosigned one of those, or a checkpoint in the bundle; may be given several times
  --tsa-ca <file>      PEM of CAs that vouch for timestamps in the bundle, checked with openssl; may be given several times
  --commit <id>        a commit that you see in the repository of an anchor; may be given several times
  --html <file>        writes the page for people, with what this check says
  --json               one line of JSON
Exits 0 where the evidence holds, 5 where it does not, 7 where it holds and something could not be looked at, 2 where it could not be looked at.
`
const [NOT_INTACT, UNSEEN, UNUSABLE] = [5, 7, 2]
const MOST_TOLD = 20

/** What whoever checks has from elsewhere, and where the page is written. */
interface How {
  readonly key: string
  readonly kept: readonly string[]
  readonly trusted: Trusted
  readonly html: string | undefined
}

/** The page is written while the file is open. */
function check(file: string, how: How): Checked {
  const handle = openSync(file, 'r')
  try {
    const source = sourceOf(handle)
    if (source.read(0, 11).toString() !== 'c2sp.org/tl') return checkedBundle(source, how)
    const { kept, trusted, key } = how
    const more =
      [...kept, ...(trusted.witnesses ?? []), ...(trusted.commits ?? []), ...(trusted.formers ?? [])].length > 0 ||
      trusted.stamp
    return more
      ? failed(['a proof of one entry shows nothing of another checkpoint, and has no anchor'])
      : checkProof(source.read(0, source.size).toString(), key)
  } catch (error) {
    return failed([reasonOf(error)])
  } finally {
    closeSync(handle)
  }
}

function checkedBundle(source: Source, { key, kept, trusted, html }: How): Checked {
  const { page, ...checked } = checkBundle(openZip(source), key, kept, trusted)
  if (html !== undefined) write(html, page?.() ?? '')
  return checked
}

function write(file: string, page: string): void {
  if (page === '') process.stderr.write('No page was written: the evidence could not be read so far.\n')
  else writeFileSync(file, page)
}

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

type Told = readonly [what: string, text: string]

function told(checked: Checked): string {
  const { origin, size, question, claims, manifest, entries, disclosed, closed, also, problems, found, standing } =
    checked
  const held: Told[] = [
    ['entries', `${entries}: ${disclosed} parts shown as they were sealed, ${closed} with their place alone`],
    ...(standing === undefined ? [] : [['standing', standing] as const]),
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

function lastOf({ found, locked, unchecked }: Checked): string {
  if (found > 0) return `NOT INTACT: ${found} ${found === 1 ? 'problem' : 'problems'}`
  const unseen = [
    ...(locked > 0 ? [`WITHHELD: ${locked} ${locked === 1 ? 'body' : 'bodies'} that nobody could look at`] : []),
    ...(unchecked > 0
      ? [`UNCHECKED: ${unchecked} ${unchecked === 1 ? 'anchor' : 'anchors'} that could not be looked at`]
      : []),
  ]
  return unseen.length === 0 ? 'intact' : `intact, and ${unseen.join(', and ')}`
}

const flat = (text: string): string => visible(text).replace(/\s+/g, ' ')

const rowsOf = (name: string, rows: readonly Row[] = []): Told[] =>
  rows.map(({ what, entries, by, told }) => {
    const of = entries === '' ? '' : `, entries ${entries.length > 200 ? `${entries.slice(0, 200)}…` : entries}`
    return [name, `${what}${of}: ${told}${by === undefined ? '' : ` (entry ${by})`}`]
  })

/** A key as it was given, or the file that holds it. */
const keyIn = (key: string): string => (key.includes('+') ? key : readFileSync(key, 'utf8')).trim()

/** @throws Error for what is no whole id */
function idIn(text: string): string {
  const id = text.trim().toLowerCase()
  if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(id)) throw new Error('--commit takes the whole id of a commit')
  return id
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ key: { type: 'string' }, html: { type: 'string' }, json: { type: 'boolean' } },
      ...{ checkpoint: { type: 'string', multiple: true }, witness: { type: 'string', multiple: true } },
      ...{ 'tsa-ca': { type: 'string', multiple: true }, commit: { type: 'string', multiple: true } },
      ...{ former: { type: 'string', multiple: true } },
    },
  })
  const [file, more] = positionals
  const missing = !file
    ? 'Say which file: evidence.zip, or a .tlog-proof'
    : more !== undefined
      ? `One file at a time, and not ${more} too`
      : '--key is missing: the log’s verifier key, from somewhere other than whoever gave you the file'
  if (!file || more !== undefined || !values.key) throw new Error(`${missing}\n\n${USAGE}`)
  const kept = (values.checkpoint ?? []).map((each) => readFileSync(each, 'utf8'))
  const { html, commit = [], 'tsa-ca': cas = [], former = [] } = values
  const stamp = cas.length > 0 && { stamp: stampChecker(cas.map((each) => readFileSync(each, 'latin1')).join('\n')) }
  const [witnesses, formers] = [(values.witness ?? []).map(keyIn), former.map(keyIn)]
  const trusted = { witnesses, formers, commits: commit.map(idIn), ...stamp }
  const checked = check(file, { key: keyIn(values.key), kept, trusted, html })
  process.stdout.write(values.json ? `${JSON.stringify(checked)}\n` : told(checked))
  if (checked.found > 0) process.exitCode = NOT_INTACT
  else if (checked.locked + checked.unchecked > 0) process.exitCode = UNSEEN
}

try {
  main()
} catch (error) {
  process.stderr.write(error instanceof Error ? `${visible(error.message)}\n` : USAGE)
  process.exitCode = UNUSABLE
}

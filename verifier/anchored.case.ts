/** A record whose heads were shown to a witness, a timestamp authority and a repository, and bundles of it. Never used by the product. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openAnchor } from '../src/export/anchors/index.ts'
import { git, NO_GIT, NO_OPENSSL, type Outside, timestamp, witness } from '../src/export/anchors/outside.case.ts'
import { headIn, keepAnchored, parseHead } from '../src/trail/index.ts'
import { sealIn } from '../src/trail/seal/files.ts'
import { signerOf } from '../src/trail/seal/made.ts'
import { printNote } from '../src/trail/seal/note.ts'
import { type Change, type Files, folder, heads, type Json, onManifest, setUp, tearDown } from './evidence.case.ts'
import { stampChecker } from './openssl.ts'

/** Why the cases with all three are skipped, or `false`. */
export const LACKING = NO_OPENSSL || NO_GIT

const closing: (() => unknown)[] = []
/** Whatever needs a test to end with. */
const stage = { after: (done: () => unknown) => closing.push(done) } as unknown as TestContext

export let authority: Outside
export let cosigner: Outside
export let repository: Outside

export const sealFolder = (): string => sealIn(join(folder, 'data'))

/** Anchored: 101, 201 and all 305 entries by `tsa`, the last two by `wit`, the first two by `audit`. */
export async function setUpAnchored(): Promise<void> {
  await setUp()
  ;[authority, cosigner, repository] = [await timestamp(stage), await witness(stage), await git(stage)]
  for (const [name, outside, which] of [
    ['tsa', authority, [0, 1, 2]],
    ['wit', cosigner, [1, 2]],
    ['audit', repository, [0, 1]],
  ] as const) {
    const origin = headIn(sealFolder())?.origin ?? ''
    const anchor = openAnchor(outside.settings, { folder: sealFolder(), origin })
    for (const nth of which) {
      const note = heads[nth] ?? ''
      const { kind } = outside.settings
      await keepAnchored(sealFolder(), { name, kind }, note, await anchor.anchor(note, AbortSignal.timeout(20_000)))
    }
    await anchor.close()
  }
}

export async function tearDownAnchored(): Promise<void> {
  for (const done of closing) await done()
  await tearDown()
}

export const caFile = (): string => join(authority.seen(), 'ca.pem')

/** Keys, CAs and commits of those that the record was shown to. */
export const trusted = () => ({
  witnesses: [witnessKey()],
  stamp: stampChecker(readFileSync(caFile(), 'utf8')),
  commits: [commitId()],
})

export const witnessKey = (): string =>
  'vkey' in cosigner.settings && typeof cosigner.settings.vkey === 'string' ? cosigner.settings.vkey : ''

export const commitId = (): string =>
  readFileSync(join(sealFolder(), 'anchors/audit/201/proof'), 'latin1').split('\n')[0] ?? ''

/** Puts another proof in the place of one, and names it in the manifest as whoever forges would. */
export const onProof =
  (of: string, change: (proof: Buffer, files: Files) => Buffer): Change =>
  (files) => {
    const bytes = change(Buffer.from(files.get(`anchors/${of}.proof`) ?? ''), files)
    files.set(`anchors/${of}.proof`, bytes)
    onAnchors((rows) => {
      const row = rows.find(({ name, size }) => `${String(name)}/${String(size)}` === of)
      Object.assign(row ?? {}, { digest: createHash('sha256').update(bytes).digest('hex') })
    })(files)
  }

export const onAnchors = (change: (rows: Json[]) => unknown): Change =>
  onManifest((manifest) => change(manifest['anchors'] as Json[]))

/** The head of a log under the true name, as somebody who has a key (1 is the true one) signs it. */
export async function signed(size: number, root: Buffer, seed = 1): Promise<string> {
  const { vkey, sign } = signerOf(seed)
  const [name = '', id = ''] = vkey.split('+')
  const text = `${name}\n${size}\n${root.toString('base64')}\n`
  return printNote({ text, signatures: [{ name, id, bytes: await sign(Buffer.from(text)) }] })
}

export const rootOf = (nth: number): Buffer => Buffer.from(parseHead(heads[nth] ?? '')?.root ?? '')

/** A record in which much was done, bundles of it, and how to read and write one as whoever forges it would. Never used by the product. */
import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bundle } from '../src/cli/evidence/bundle.ts'
import { ZipFile } from '../src/cli/evidence/zip-file.ts'
import type { Entry, Keyring } from '../src/exchange/index.ts'
import { openTrail, parseQuery, type Question, type Trail } from '../src/trail/index.ts'
import { headIn, sealIn } from '../src/trail/seal/files.ts'
import { signerOf } from '../src/trail/seal/made.ts'
import { bodyOf, ending, idOf, NOON, opening } from '../src/trail/stores/made.ts'
import { Account } from './account.ts'
import { claimsOf } from './claims.ts'
import { checkpointBy, commitment } from './log.ts'
import { pageOf, shownOf } from './page.ts'
import { edgesOf } from './period.ts'
import { lineOf, linesOf, manifestOf } from './read.ts'
import { unlooked } from './vouched.ts'
import { unzip } from './zip.ts'

export const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
export const { vkey } = signerOf()
export const HOSTILE = '<script>alert(1)</script>\u001b[31m\u202e'
export const COUNT = 150
/** The reply of the 13th exchange: events that spell hostile text. */
const STREAMED = ['a lighthouse ', HOSTILE]
  .map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`)
  .join('')
/** Entries 9 to 38. */
export const PERIOD = 'after:2026-11-24T12:00:05Z before:2026-11-24T12:00:20Z'
/** The nth exchange has the entries 2n - 1 and 2n, from the 51st on 2n and 2n + 1: the 101st tells of rules. */
export const exchange = (nth: number): string => idOf(nth, NOON + nth * 1000)

export const [ERASED, REDACTED, HELD, GAP] = [idOf(991), idOf(992), idOf(993), idOf(994)]
const SALT = Buffer.alloc(32, 9)
const ANEW = Buffer.from('prompt 9 [masked]')
const AFTER = NOON + 200_000
const act = { at: AFTER, who: { value: 'ines', source: 'observed' }, why: `a request ${HOSTILE}` } as const

const NOTES: readonly Entry[] = [
  {
    kind: 'gap',
    exchange: GAP,
    at: NOON + 30_000,
    from: NOON + 18_000,
    to: NOON + 19_000,
    count: 3,
    reason: 'full',
    signature: 's',
  },
  {
    kind: 'erase',
    exchange: ERASED,
    ...act,
    basis: 'Art. 17',
    scope: {},
    exchanges: 1,
    sessions: 0,
    later: 0,
    notes: 0,
  },
  {
    ...{ kind: 'redact', exchange: REDACTED, ...act },
    bodies: [{ exchange: exchange(9), part: 'prompt', rules: ['x'], commitment: commitment('body', SALT, ANEW) }],
  },
  { kind: 'hold', exchange: HELD, ...act, scope: { session: 's' } },
]

/** The rules that were in force from the 51st exchange on, and their version. */
const RULES = '{"format":"gatelog-policy/1","rules":["<b>no</b>"]}'
export const POLICY = createHash('sha256').update(RULES).digest('hex')
const RULED: Entry = {
  kind: 'ruled',
  exchange: idOf(995),
  at: NOON + 50_000,
  via: 'reload',
  policy: POLICY,
  text: RULES,
}

/** The folder of all that a test makes. */
export let folder = ''
export let trail: Trail
let nth = 0

/** The first 101 entries, the first 201, and all of them. */
export const heads: string[] = []
const headNow = () => headIn(sealIn(join(folder, 'data')))?.printed ?? ''

async function fill(from: number, to: number, notes: readonly Entry[] = []): Promise<void> {
  const sealing = await openTrail({ folder: join(folder, 'data'), keyring, now: () => NOON, signer: signerOf() })
  for (let nth = from; nth <= to; nth++) {
    const at = NOON + nth * 1000
    const policy = nth > 50 && { policy: POLICY }
    const said = {
      actor: { id: 'ana', kind: 'person', name: HOSTILE, groups: [] } as const,
      session: 's',
      model: 'm',
      connection: 'c',
      ...policy,
    }
    const keep = nth === 11 ? { keep: 'metadata' as const } : { body: bodyOf(`prompt ${nth} ${HOSTILE}`) }
    await sealing.append(opening(exchange(nth), { ...said, at, ...keep }))
    const kind = nth === 12 ? 'interrupted' : 'replied'
    await sealing.append(
      ending(exchange(nth), {
        kind,
        at,
        ...policy,
        ...(nth !== 11 && { body: bodyOf(nth === 13 ? STREAMED : `reply ${nth}`) }),
      }),
    )
  }
  for (const note of notes) await sealing.append(note)
  await sealing.close()
  heads.push(headNow())
}

export async function setUp(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'gatelog-verifier-'))
  await fill(1, 50, [RULED])
  await fill(51, 100)
  await fill(101, COUNT, NOTES)
  trail = await openTrail({ folder: join(folder, 'data'), keyring, now: () => NOON })
  const none = { erased: [], bodies: [], notes: [] }
  await trail.dayFiles.revise({ ...none, by: ERASED, erased: [exchange(7)] })
  const anew = { exchange: exchange(9), part: 'prompt', bytes: ANEW, salt: SALT, findings: [] } as const
  await trail.dayFiles.revise({ ...none, by: REDACTED, bodies: [anew] })
}

export async function tearDown(): Promise<void> {
  await trail.close()
  await rm(folder, { recursive: true })
}

interface Making {
  readonly bodies?: boolean
  readonly kept?: readonly number[]
  readonly of?: Trail
}

/** Makes a bundle of an exchange, a query, or of all between two sizes; its path. */
export async function made(
  what: string | readonly [number, number?],
  { bodies = true, kept = [], of = trail }: Making = {},
): Promise<string> {
  const file = join(folder, `${++nth}.zip`)
  const question = typeof what === 'string' ? what : ''
  const bundle = new Bundle(file, { question, made: NOON + 300_000, version: '0', bodies })
  try {
    for await (const line of of.prove(questionOf(what), { bodies, kept })) bundle.take(line)
    bundle.finish()
    return file
  } finally {
    bundle.close()
  }
}

function questionOf(what: string | readonly [number, number?]): Question {
  if (typeof what !== 'string') return { between: what }
  return /^[0-9a-f-]{36}$/.test(what) ? { exchange: what } : { query: parseQuery(what, NOON), now: NOON }
}

export type Files = Map<string, Buffer>
export const read = (file: string): Files => unzip(readFileSync(file))
export const bundled = async (...args: Parameters<typeof made>): Promise<Files> => read(await made(...args))

export type Json = Record<string, unknown>
/** What is done to a bundle. */
export type Change = (files: Files) => unknown

/** Changes the lines of a file. */
export const onLines =
  (name: string, change: (lines: Json[]) => unknown): Change =>
  (files) => {
    const lines = String(files.get(name))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Json)
    change(lines)
    files.set(name, Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')))
  }

export const onManifest =
  (change: (manifest: Json) => unknown): Change =>
  (files) => {
    const manifest = JSON.parse(String(files.get('manifest.json'))) as Json
    change(manifest)
    files.set('manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`))
  }

/** Makes rows and page anew, as whoever changed the entries would. */
export function remade(files: Files): void {
  const account = new Account()
  const of = (name: string) => [...linesOf(files, name)].map((line) => lineOf(name, line))
  const [lines, context] = [of('entries.jsonl'), of('context.jsonl')]
  for (const line of lines) account.take(line)
  for (const line of context) account.context(line)
  onManifest((manifest) => Object.assign(manifest, account.rows()))(files)
  const manifest = manifestOf(files)
  const checkpoint = String(files.get('checkpoint'))
  const { origin, size } = checkpointBy(checkpoint, vkey)
  const times = [...linesOf(files, 'leaves.jsonl')].map(({ leaf }) => (JSON.parse(String(leaf)) as Json)['at'])
  const edges = manifest.range && edgesOf(times as (number | undefined)[], manifest.range.first)
  const vouched = unlooked(manifest.anchors, (lines.at(-1)?.index ?? -1) + 1)
  const page = pageOf({
    manifest,
    claims: claimsOf(manifest, { origin, size }, edges, account.open(), vouched),
    head: { origin, size, checkpoint },
    vouched,
    entries: lines.map((line) => shownOf(line, files.get(`bodies/${line.index + 1}`))),
    marks: (line) => account.marks(line),
    texts: account.texts(),
  })
  files.set('index.html', Buffer.from(page))
}

/** The zip of these files. */
export function zipped(files: Files): string {
  const file = join(folder, `${++nth}.zip`)
  const zip = new ZipFile(file)
  for (const [name, bytes] of files) zip.file(name, bytes)
  zip.end()
  zip.close()
  return file
}

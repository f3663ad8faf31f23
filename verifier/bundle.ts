/** Checks a bundle against a verifier key, from docs/trail.md alone: every file of it, each byte. Trusts nothing in it; writes nothing. */
import { createHash } from 'node:crypto'
import { Account } from './account.ts'
import { checkAnchors, type Trusted } from './anchors.ts'
import { type Checked, failed } from './checked.ts'
import { type Claims, claimsOf, heldTo } from './claims.ts'
import { type Around, checkEntry, placed } from './entry.ts'
import { filesOf, type Json, type Line, leafOf, type Manifest, MOST_PROOFS } from './form.ts'
import { Gone } from './gone.ts'
import { checkBeginnings, checkKept } from './kept.ts'
import { checkpointBy } from './log.ts'
import { MOST_SHOWN, pageOf, type Shown, shownOf, type Verdict } from './page.ts'
import { checkRange, type Edges, isAsked } from './period.ts'
import { Problems, reasonOf } from './problems.ts'
import { proofOf } from './proof.ts'
import { answers, differs } from './question.ts'
import { lineOf, linesOf, manifestOf, textOf } from './read.ts'
import { standingOf, unlooked, type Vouched } from './vouched.ts'
import { witnessed } from './witness.ts'
import type { Files } from './zip.ts'

/** One bundle while it is checked. */
interface Work extends Around {
  readonly files: Files
  readonly manifest: Manifest
  readonly problems: Problems
  readonly note: string
  readonly gone: Gone
}

/** @param kept checkpoints that the auditor kept, as signed notes */
export function checkBundle(files: Files, vkey: string, kept: readonly string[] = [], trusted: Trusted = {}): Checked {
  const problems = new Problems()
  try {
    const note = textOf(files, 'checkpoint')
    const checkpoint = checkpointBy(note, vkey)
    const manifest = manifestOf(files)
    const account = new Account()
    const work = {
      files,
      manifest,
      problems,
      note,
      checkpoint,
      bodies: manifest.bodies,
      account,
      gone: new Gone(account),
    }
    return checked(work, vkey, kept, trusted)
  } catch (error) {
    problems.add(reasonOf(error))
    return failed(problems.list, problems.count)
  }
}

function checked(work: Work, vkey: string, kept: readonly string[], trusted: Trusted): Checked {
  const { files, manifest, problems, checkpoint, account } = work
  if (textOf(files, 'vkey') !== `${vkey.trim()}\n`) problems.add('vkey is not the key that was given')
  for (const line of entriesIn(files, 'entries.jsonl')) account.take(line)
  for (const line of entriesIn(files, 'context.jsonl')) account.context(line)
  const seen = checkEntries(work)
  const edges = checkQuestion(work, seen.leaves)
  checkNames(work, seen.leaves)
  for (const { number, policy, text } of account.texts())
    if (createHash('sha256').update(text).digest('hex') !== policy)
      problems.add(`entry ${number}: its text is not that of the version of the rules`)
  const rows = account.rows()
  for (const name of ['gaps', 'exceptions', 'rules'] as const)
    if (JSON.stringify(manifest[name]) !== JSON.stringify(rows[name]))
      problems.add(`the manifest tells other ${name} than the entries`)
  const claimsWith = (vouched: readonly Vouched[]) => claimsOf(manifest, checkpoint, edges, account.open(), vouched)
  const last = [...seen.leaves.keys()].at(-1) ?? -1
  const asMade = unlooked(manifest.anchors, last + 1)
  problems.within('index.html: ', () => {
    if (textOf(files, 'index.html') !== pageIn(work, claimsWith(asMade), asMade))
      problems.add('index.html is not the page that these entries make')
  })
  const { vouched, cosigners, unchecked } = checkAnchors(work, vkey, trusted, last + 1)
  const { sizes, also: begins } = checkKept(kept, { vkey, formers: trusted.formers }, work)
  const cosigned = witnessed(kept, trusted.witnesses ?? [], cosigners)
  for (const each of cosigned.problems) problems.add(each)
  const also = [...begins, ...cosigned.also]
  const own = heldTo(claimsWith(vouched), Math.max(0, ...sizes), vouched)
  const told = {
    origin: checkpoint.origin,
    size: checkpoint.size,
    question: manifest.question,
    claims: own,
    manifest,
    ...{ vouched, unchecked, also },
  }
  const standing = standingOf(vouched)
  const { disclosed, closed, locked, leaves } = seen
  const found = { problems: problems.list, found: problems.count, ...(problems.count === 0 && { standing }) }
  const page = () => pageIn(work, own, vouched, { key: vkey, problems: problems.list, also, standing })
  return { ...told, entries: leaves.size, disclosed, closed, locked, ...found, page }
}

function* entriesIn(files: Files, name: string): Iterable<Line> {
  for (const line of linesOf(files, name)) yield lineOf(name, line)
}

/** All entries and those of context, each against the log; the leaves of the entries by index. */
function checkEntries(work: Work): { leaves: Map<number, string>; disclosed: number; closed: number; locked: number } {
  const { files, manifest, problems } = work
  const leaves = new Map<number, string>()
  let [disclosed, closed, locked] = [0, 0, 0]
  for (const [name, isEntry] of [
    ['entries.jsonl', true],
    ['context.jsonl', false],
  ] as const) {
    let last = -1
    for (const line of entriesIn(files, name)) {
      const { index } = line
      if (index <= last) problems.add(`${name} is not in the order of the log, at entry ${index + 1}`)
      last = index
      if (isEntry) leaves.set(index, line.leaf)
      else if (leaves.has(index)) problems.add(`entry ${index + 1} is there twice`)
      const shown = checkLine(line, isEntry, work)
      if (isEntry) disclosed += shown
      if (isEntry && line.entry === undefined) closed += 1
      if (isEntry && line.locked) locked += 1
    }
  }
  work.gone.excesses(problems.add)
  if (leaves.size !== manifest.entries) problems.add('the manifest tells another number of entries')
  return { leaves, disclosed, closed, locked }
}

function checkLine(line: Line, isEntry: boolean, work: Work): number {
  const { files, problems, manifest, note, gone } = work
  const number = line.index + 1
  const wrong = (what: string) => problems.add(`entry ${number}: ${what}`)
  let shown = 0
  problems.within(`entry ${number}: `, () => {
    const body = isEntry ? files.get(`bodies/${number}`) : undefined
    if (body && !manifest.bodies) wrong('a body is shown, and none was asked for')
    shown = checkEntry(line, body, isEntry ? work : { ...work, bodies: false }, wrong)
    if (isEntry) gone.take(line, wrong)
    if (isEntry && !isAsked(placed(line.leaf, line.index), line.index, manifest.asked))
      wrong('it is none of what was asked for')
    const { question, asked } = manifest
    if (isEntry && asked.kind === 'query' && isOpening(line) && !answers(line.entry, leafOf(line), question, asked))
      wrong('it does not answer the question')
    if (
      isEntry &&
      manifest.entries <= MOST_PROOFS &&
      textOf(files, `proofs/${number}.tlog-proof`) !== proofOf(line, note)
    )
      wrong('its proof is another than in its .tlog-proof')
  })
  return shown
}

const isOpening = (line: Line): line is Line & { readonly entry: Json } =>
  line.entry?.['kind'] === 'asked' || line.entry?.['kind'] === 'refused'

/** The question, what it came to, and the leaves that show that nothing is left out. */
function checkQuestion(work: Work, leaves: ReadonlyMap<number, string>): Edges | undefined {
  const { manifest, files, checkpoint, problems } = work
  const { question, asked, range } = manifest
  problems.within('manifest.json: ', () => checkBeginnings(manifest.kept ?? [], checkpoint, problems.add))
  const other = differs(question, asked)
  if (other) problems.add(other)
  const isWhole = asked.kind === 'period' || asked.kind === 'between'
  if (isWhole !== (range !== undefined)) problems.add('of a period, and of that alone, the leaves are shown')
  if (asked.kind === 'exchange' && leaves.size + manifest.unsealed === 0)
    problems.add('no entry of the exchange is here')
  if (!range) return undefined
  const indexes = [...leaves.keys()]
  const span = [indexes[0] ?? Number.POSITIVE_INFINITY, indexes.at(-1) ?? -1] as const
  const shown = [...linesOf(files, 'leaves.jsonl')].map(({ index, leaf, ...rest }) => {
    if (typeof index !== 'number' || typeof leaf !== 'string' || Object.keys(rest).length > 0)
      throw new Error('a line of leaves.jsonl is none of a leaf')
    return { index, leaf }
  })
  return checkRange({ range, leaves: shown, entries: leaves, span, asked, checkpoint }, problems.add)
}

/** Nothing may be in a bundle that nobody looked at. */
function checkNames({ files, manifest, problems }: Work, leaves: ReadonlyMap<number, string>): void {
  const own = ['manifest.json', 'checkpoint', 'vkey', 'entries.jsonl', 'context.jsonl', 'index.html']
  const anchors = (manifest.anchors ?? []).flatMap(filesOf)
  const known = new Set([...own, ...(manifest.range ? ['leaves.jsonl'] : []), ...anchors])
  for (const name of files.keys()) {
    const [, folder, number] = /^(bodies|proofs)\/([1-9]\d*)(?:\.tlog-proof)?$/.exec(name) ?? []
    const isOwn =
      folder === 'proofs' ? name.endsWith('-proof') && manifest.entries <= MOST_PROOFS : !name.endsWith('-proof')
    if (known.has(name) || (number !== undefined && isOwn && leaves.has(Number(number) - 1))) continue
    problems.add(`${name} is no file of this bundle`)
  }
}

/** The page as whoever made the bundle wrote it, or with a verdict. */
function pageIn(
  { files, manifest, checkpoint, note, account }: Work,
  claims: Claims,
  vouched: readonly Vouched[],
  verdict?: Verdict,
): string {
  const entries: Shown[] = []
  for (const line of entriesIn(files, 'entries.jsonl')) {
    if (entries.length >= MOST_SHOWN) break
    entries.push(shownOf(line, files.get(`bodies/${line.index + 1}`)))
  }
  const head = { origin: checkpoint.origin, size: checkpoint.size, checkpoint: note }
  return pageOf({
    manifest,
    claims,
    head,
    vouched,
    entries,
    marks: (line) => account.marks(line),
    texts: account.texts(),
    ...(verdict && { verdict }),
  })
}

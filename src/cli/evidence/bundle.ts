/**
 * An evidence bundle: the lines of a proof as the files of one zip, which verifier/ checks without a server. Written as it comes,
 * so that its size in memory does not grow with it; docs/trail.md says its form.
 */
import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Proving } from '#console'
import { Fault } from '#exchange'
import { scratchIn } from '#export'
import type { ProofHead, ProvenEntry } from '#trail'
import { Account } from '../../../verifier/account.ts'
import { checkAnew } from '../../../verifier/anew.ts'
import { claimsOf, notOver } from '../../../verifier/claims.ts'
import {
  ANCHORS,
  type Anchor,
  FORMAT,
  filesOf,
  type Line,
  leafOf,
  type Manifest,
  MOST_BODIES,
  MOST_PROOFS,
} from '../../../verifier/form.ts'
import { Gone } from '../../../verifier/gone.ts'
import { bytesOf, commitment } from '../../../verifier/log.ts'
import { MOST_SHOWN, pageOf, type Shown, shownOf } from '../../../verifier/page.ts'
import { edgesOf } from '../../../verifier/period.ts'
import { proofOf } from '../../../verifier/proof.ts'
import { unlooked } from '../../../verifier/vouched.ts'
import { unwritten, writing } from '../output.ts'
import { ZipFile } from './zip-file.ts'

/** What the bundle was asked for. `made`: when (ms since the Unix epoch), where that is not when it is finished. */
export interface Asked {
  readonly question: string
  readonly made?: number
  readonly version: string
  readonly bodies: boolean
}

/** Entries that are told one by one as not what was sealed. */
const MOST_WRONG = 20

type Told = Exclude<Proving, { readonly fault: unknown }>

/** Takes the lines of a proof, then makes the zip. What it writes meanwhile lies beside it, and goes when it ends. */
export class Bundle {
  readonly #asked: Asked
  readonly #file: string
  readonly #folder: string
  readonly #zip: ZipFile
  readonly #spool: number
  readonly #account = new Account()
  readonly #shown: Shown[] = []
  readonly #context: Line[] = []
  readonly #times: (number | undefined)[] = []
  readonly #wrong: string[] = []
  #more = 0
  /** By entry and salt what a body that was written anew commits to. */
  readonly #anew = new Map<string, string>()
  /** Whether something is gone, or was written anew: then an entry must say so. */
  #isSaid = false
  #head: ProofHead | undefined
  #bodies = 0
  #entries = 0
  /** The number of the last entry. */
  #last = 0

  /** @throws usage.output where nothing can be written there, disk.* */
  constructor(file: string, asked: Asked) {
    this.#asked = asked
    this.#file = file
    try {
      this.#folder = scratchIn(dirname(file), '.evidence')
      this.#zip = new ZipFile(join(this.#folder, 'zip'))
      this.#spool = openSync(join(this.#folder, 'entries'), 'wx+', 0o600)
    } catch (cause) {
      throw unwritten(file, cause)
    }
  }

  get entries(): number {
    return this.#entries
  }

  /** What its verifier will not let pass. */
  get refused(): string[] {
    const missing = this.#account.rows().exceptions.filter(({ what }) => what === 'missing')
    const against = (this.#head?.anchors ?? []).flatMap(({ name, contradicts }) =>
      contradicts === undefined ? [] : [`${name}: ${contradicts}`],
    )
    return [
      ...against.map((why) => `the verifier will refuse it: the anchor ${why}`),
      ...missing.map(({ entries, told }) => `the verifier will refuse it: entries ${entries}: ${told}`),
      ...this.#wrong.map((told) => `the verifier will refuse it: ${told}`),
      ...(this.#more > 0 ? [`the verifier will refuse it: so it is with ${this.#more} more entries`] : []),
    ]
  }

  /** What whoever asked has to know of it at once: what it does not prove, and what its verifier will not let pass. */
  get open(): string[] {
    const { anchors = [], left = [] } = this.#head ?? {}
    return [
      ...this.refused,
      ...anchors
        .filter(({ kind }) => !ANCHORS.some((each) => each === kind))
        .map(({ name }) => `not in it: a proof of the anchor ${name}: its kind is not known`),
      ...left.map((why) => `not in it: a proof of the anchor ${why}`),
      ...[...this.#notOver(), ...this.#account.open()].map((told) => `not proven: ${told}`),
    ]
  }

  #notOver(): string[] {
    const { asked, range } = this.#head ?? {}
    const edges = range && edgesOf(this.#times, range.first)
    const told = asked && edges && notOver(asked, edges)
    return told === undefined ? [] : [told]
  }

  /** The names of anchors whose proofs are in it. */
  get anchors(): string[] {
    const known = (this.#head?.anchors ?? []).filter(({ kind }) => ANCHORS.some((each) => each === kind))
    return [...new Set(known.map(({ name }) => name))]
  }

  /** How many entries there will be, and how many were asked for that are not sealed yet. */
  get head(): Pick<ProofHead, 'entries' | 'unsealed'> {
    return this.#head ?? { entries: 0, unsealed: 0 }
  }

  take(line: Told): void {
    if ('head' in line) this.#head = line.head
    else if ('leaf' in line) this.#leaf(line.leaf)
    else if ('entry' in line) this.#entry(line.entry)
    else if ('context' in line) this.#said(line.context)
    else if ('wrong' in line) this.#refuse(`entry ${line.wrong.index + 1}: ${line.wrong.told}`)
  }

  #refuse(told: string): void {
    if (this.#wrong.length < MOST_WRONG) this.#wrong.push(told)
    else this.#more += 1
  }

  /** Asks as the verifier will, once all is taken, whether an entry that is in it took what is gone, and wrote anew what was. */
  #checkSaid(): void {
    const around = { account: this.#account, gone: new Gone(this.#account) }
    for (const text of this.#lines()) {
      const line = JSON.parse(text) as Line
      const wrong = (told: string) => this.#refuse(`entry ${line.index + 1}: ${told}`)
      if (line.gone !== undefined) around.gone.take(line, wrong)
      if (line.anew) {
        const { anew, index } = line
        const commits = (salt: string) => this.#anew.get(`${index} ${salt}`) ?? ''
        const has = anew.some(({ salt }) => salt !== undefined && this.#anew.has(`${index} ${salt}`))
        checkAnew({ anew, leaf: leafOf(line), commits: has ? commits : undefined }, around, wrong)
      }
    }
    around.gone.excesses((told) => this.#refuse(told))
  }

  #leaf(leaf: { readonly index: number; readonly leaf: string }): void {
    const { at } = JSON.parse(leaf.leaf) as { readonly at?: number }
    this.#times.push(at)
    this.#zip.part('leaves.jsonl', `${JSON.stringify(leaf)}\n`)
  }

  #entry(entry: ProvenEntry): void {
    const { body, ...rest } = entry
    const line = rest as Line
    const bytes = body === undefined ? undefined : Buffer.from(body, 'base64')
    if (bytes) this.#body(line.index + 1, bytes)
    this.#entries += 1
    this.#last = line.index + 1
    this.#account.take(line)
    this.#isSaid ||= line.gone !== undefined || line.anew !== undefined
    for (const { salt } of (bytes && line.anew) || [])
      if (salt !== undefined) this.#anew.set(`${line.index} ${salt}`, commitment('body', bytesOf(salt), bytes!))
    if (this.#shown.length < MOST_SHOWN) this.#shown.push(shownOf(line, bytes))
    writeSync(this.#spool, `${JSON.stringify(line)}\n`)
  }

  /** @throws usage.option for more than a zip has room for */
  #body(number: number, bytes: Uint8Array): void {
    this.#bodies += 1
    if (this.#bodies > MOST_BODIES)
      throw new Fault('usage.option', `more than ${MOST_BODIES} bodies: ask for a shorter period, or without --bodies`)
    this.#zip.file(`bodies/${number}`, bytes)
  }

  #said(entry: ProvenEntry): void {
    this.#account.context(entry as Line)
    this.#context.push(entry as Line)
  }

  /** Makes the zip whole and puts it in its place; its size in bytes. @throws usage.output, disk.* */
  finish(): number {
    const head = this.#head
    if (!head) throw new Fault('server.unreachable', 'the proof has no head')
    if (this.#isSaid) this.#checkSaid()
    const { checkpoint, vkey } = head
    const manifest = this.#manifest(head, this.#anchors(head))
    if (head.range && this.#times.length === 0) this.#zip.file('leaves.jsonl', '')
    this.#zip.file('checkpoint', checkpoint)
    this.#zip.file('vkey', `${vkey}\n`)
    this.#zip.file('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`)
    for (const part of this.#spooled()) this.#zip.part('entries.jsonl', part)
    if (this.#entries === 0) this.#zip.file('entries.jsonl', '')
    this.#zip.file('context.jsonl', this.#context.map((line) => `${JSON.stringify(line)}\n`).join(''))
    if (this.#entries <= MOST_PROOFS)
      for (const text of this.#lines()) {
        const line = JSON.parse(text) as Line
        this.#zip.file(`proofs/${line.index + 1}.tlog-proof`, proofOf(line, checkpoint))
      }
    this.#zip.file('index.html', this.#page(manifest, checkpoint))
    const bytes = this.#zip.end()
    this.#place()
    return bytes
  }

  #place(): void {
    writing(this.#file, () => renameSync(join(this.#folder, 'zip'), this.#file))
  }

  /** Those of a kind that is known, and their files. */
  #anchors({ anchors = [] }: ProofHead): Anchor[] {
    return anchors.flatMap(({ name, size, kind, note, proof }) => {
      const known = ANCHORS.find((each) => each === kind)
      if (!known) return []
      const bytes = Buffer.from(proof, 'base64')
      const [noteFile, proofFile] = filesOf({ name, size })
      this.#zip.file(noteFile, note)
      this.#zip.file(proofFile, bytes)
      return [{ name, kind: known, size, digest: createHash('sha256').update(bytes).digest('hex') }]
    })
  }

  #manifest({ asked, unsealed, range, kept }: ProofHead, anchors: readonly Anchor[]): Manifest {
    const { question, made = Date.now(), version, bodies } = this.#asked
    const own = asked.kind === 'between' ? `entries ${asked.from + 1} to ${asked.to}` : question
    return {
      ...{ format: FORMAT, question: own, asked, made, version, bodies, entries: this.#entries, unsealed },
      ...(range && { range }),
      ...(kept && { kept }),
      ...(anchors.length > 0 && { anchors }),
      ...this.#account.rows(),
    }
  }

  #page(manifest: Manifest, checkpoint: string): string {
    const [origin = '', size = ''] = checkpoint.split('\n')
    const head = { origin, size: Number(size), checkpoint }
    const edges = manifest.range && edgesOf(this.#times, manifest.range.first)
    const vouched = unlooked(manifest.anchors, this.#last)
    return pageOf({
      manifest,
      claims: claimsOf(manifest, head, edges, this.#account.open(), vouched),
      head,
      vouched,
      entries: this.#shown,
      marks: (line) => this.#account.marks(line),
      texts: this.#account.texts(),
    })
  }

  #spooled = function* (this: Bundle): Iterable<Buffer> {
    const bytes = Buffer.alloc(65_536)
    for (let at = 0; ; ) {
      const read = readSync(this.#spool, bytes, 0, bytes.length, at)
      if (read === 0) return
      yield Buffer.from(bytes.subarray(0, read))
      at += read
    }
  }

  #lines = function* (this: Bundle): Iterable<string> {
    let rest = Buffer.alloc(0)
    for (const part of this.#spooled()) {
      rest = Buffer.concat([rest, part])
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        yield rest.toString('utf8', 0, end)
        rest = rest.subarray(end + 1)
      }
    }
  }

  /** Lets go of what lies beside it; of a bundle that was not finished nothing is left. */
  close(): void {
    closeSync(this.#spool)
    this.#zip.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/**
 * Checks the proofs of anchors that lie in a bundle, with what the auditor has from elsewhere: keys of witnesses, CAs of timestamp
 * authorities, commits. What nothing was given for is a claim; what contradicts is a problem. Reaches nobody.
 */
import { createHash } from 'node:crypto'
import { commitOf } from './commit.ts'
import { type Anchor, filesOf, type Manifest, MOST_PROOF } from './form.ts'
import { bytesOf, type Checkpoint, checkpointBy, partsOf } from './log.ts'
import type { CheckStamp } from './openssl.ts'
import { type Problems, reasonOf } from './problems.ts'
import { stampOf } from './token.ts'
import { howOf, type Proven, type Vouched } from './vouched.ts'
import { seenAt, type Witness, whyNot, witnessOf } from './witness.ts'
import type { Files } from './zip.ts'

/** What the auditor has from elsewhere. */
export interface Trusted {
  /** Verifier keys of witnesses. */
  readonly witnesses?: readonly string[]
  /** Checks timestamps with CAs that were given. */
  readonly stamp?: CheckStamp
  /** Ids of commits that stand in a repository of others. */
  readonly commits?: readonly string[]
  /** Verifier keys of logs that this one goes on from under another name. */
  readonly formers?: readonly string[]
}

interface Held {
  readonly files: Files
  readonly manifest: Manifest
  readonly checkpoint: Checkpoint
  readonly problems: Problems
}

export interface Anchored {
  readonly vouched: readonly Vouched[]
  /** Keys of witnesses that cosigned one of them. */
  readonly cosigners: ReadonlySet<string>
  /** How many could not be looked at though it was asked for. */
  readonly unchecked: number
}

/** @param last the number of the last entry of what was asked for */
export function checkAnchors(
  { files, manifest, checkpoint, problems }: Held,
  vkey: string,
  trusted: Trusted,
  last: number,
): Anchored {
  const cosigners = new Set<string>()
  const used = new Set<string>()
  let unchecked = 0
  const vouched = (manifest.anchors ?? []).map((anchor): Vouched => {
    const proven = within(() => {
      const [note, proof] = contents(files, anchor)
      checkHead(anchor, checkpointBy(textIn(note), vkey), manifest, checkpoint)
      return provenBy({ anchor, note, proof, origin: checkpoint.origin, trusted, cosigners, used })
    })
    if (proven.state === 'false') problems.add(`anchor ${anchor.name}, ${anchor.size} entries: ${proven.why}`)
    const { isAsked, ...told } = { isAsked: false, ...proven }
    if (isAsked) unchecked += 1
    return { ...anchor, last, ...told }
  })
  if (trusted.stamp && !used.has('timestamp'))
    problems.add('no CA that was given vouches for a timestamp in this bundle')
  for (const id of trusted.commits ?? [])
    if (!used.has(id)) problems.add(`no anchor of this bundle is the commit ${id.slice(0, 64)}`)
  return { vouched, cosigners, unchecked }
}

function within(check: () => Outcome): Outcome {
  try {
    return check()
  } catch (error) {
    return { state: 'false', why: reasonOf(error) }
  }
}

/** `isAsked`: it could not be looked at, though what it takes was given. */
type Outcome = Proven | (Extract<Proven, { state: 'claimed' }> & { readonly isAsked: true })

/** The note that was shown, and the proof. @throws Error */
function contents(files: Files, anchor: Anchor): [note: Buffer, proof: Buffer] {
  const [note, proof] = filesOf(anchor).map((name) => {
    const bytes = files.get(name)
    if (!bytes) throw new Error(`${name} is missing`)
    if (bytes.length > MOST_PROOF) throw new Error(`${name} is larger than ${MOST_PROOF} bytes`)
    return bytes
  }) as [Buffer, Buffer]
  if (createHash('sha256').update(proof).digest('hex') !== anchor.digest)
    throw new Error('its proof is not the one that the manifest names')
  return [note, proof]
}

/** @throws Error for what is no UTF-8: other bytes would be the same text */
function textIn(bytes: Buffer): string {
  const text = String(bytes)
  if (!Buffer.from(text).equals(bytes)) throw new Error('what should be a note is no UTF-8')
  return text
}

/** What was shown is a head of this log, and the bundle’s own goes on from it. @throws Error */
function checkHead({ size }: Anchor, shown: Checkpoint, { kept = [] }: Manifest, now: Checkpoint): void {
  if (shown.size !== size) throw new Error(`it was shown ${shown.size} entries`)
  if (size > now.size)
    throw new Error(
      `it was shown ${size} entries, and the bundle’s checkpoint is over ${now.size}: the log was rolled back`,
    )
  const own = size === now.size ? now.root : bytesOf(kept.find((one) => one.size === size)?.root ?? '')
  if (own.length === 0) throw new Error('the bundle does not show that its log goes on from what was shown')
  if (!own.equals(shown.root)) throw new Error(`it was shown ${size} other entries: two logs were signed`)
}

interface Looked {
  readonly anchor: Anchor
  readonly note: Buffer
  readonly proof: Buffer
  readonly origin: string
  readonly trusted: Trusted
  readonly cosigners: Set<string>
  /** What was given and has something to be held against. */
  readonly used: Set<string>
}

const provenBy = (looked: Looked): Outcome =>
  ({ witness: cosigned, timestamp: stamped, git: committed })[looked.anchor.kind](looked)

/** Witnesses whose keys are named where none of them was given. */
const MOST_NAMED = 3

const claimed = (anchor: Anchor, why: string): Proven & { readonly state: 'claimed' } => ({
  state: 'claimed',
  why,
  how: howOf(anchor),
})

/** @throws Error */
function cosigned({ anchor, note, proof, origin, trusted, cosigners }: Looked): Outcome {
  const signed = partsOf(textIn(proof))
  if (signed.text !== partsOf(textIn(note)).text) throw new Error('the cosignature is of something else')
  const times: number[] = []
  for (const vkey of trusted.witnesses ?? []) {
    const at = seenBy(signed, vkey)
    if (typeof at === 'string') return { ...claimed(anchor, at), isAsked: true }
    if (at === undefined) continue
    times.push(at)
    cosigners.add(vkey)
  }
  if (times.length > 0) return { state: 'checked', at: Math.max(...times) }
  const others = signed.signatures.filter(({ name }) => name !== origin).slice(0, MOST_NAMED)
  const names = others.map(({ name, id }) => `${name.slice(0, 100)}+${id}`).join(', ')
  return claimed(anchor, names === '' ? 'nobody cosigned it' : `the key of ${names} was not given`)
}

/** As `seenAt`; why not where this Node knows no such signatures. What is wrong with a key itself is told elsewhere. */
function seenBy(signed: ReturnType<typeof partsOf>, vkey: string): number | string | undefined {
  let witness: Witness
  try {
    witness = witnessOf(vkey)
  } catch {
    return undefined
  }
  try {
    return seenAt(signed, witness)
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) throw error
    return whyNot(error)
  }
}

/** @throws Error */
function stamped({ anchor, note, proof, trusted, used }: Looked): Outcome {
  const { algorithm, digest, at } = stampOf(proof)
  if (!createHash(algorithm).update(note).digest().equals(digest)) throw new Error('the timestamp is of something else')
  if (!trusted.stamp) return claimed(anchor, 'no CA of timestamp authorities was given')
  const signed = trusted.stamp(note, proof, at)
  if (signed === 'false') throw new Error('the signature of the timestamp does not hold')
  if (signed === 'stranger') return claimed(anchor, 'no CA that was given vouches for who signed it then')
  used.add('timestamp')
  if (signed !== 'holds') return { ...claimed(anchor, signed.absent), isAsked: true }
  return { state: 'checked', at }
}

/** @throws Error */
function committed({ anchor, note, proof, origin, trusted, used }: Looked): Outcome {
  const { id, at } = commitOf(proof, origin, note)
  if (!trusted.commits?.includes(id))
    return claimed(anchor, `whether its commit ${id.slice(0, 12)} is there only its repository tells`)
  used.add(id)
  if (at !== undefined) return { state: 'checked', at, clock: 'own' }
  const why = `what the commit ${id.slice(0, 12)} holds is not here`
  return { state: 'claimed', why, how: `git cat-file blob ${id}:<log>/checkpoint, and compare`, isAsked: true }
}

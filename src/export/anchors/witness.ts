/**
 * A C2SP witness: it cosigns a head once it has seen that it goes on from the last one that it cosigned. The proof kept is the
 * note with its cosignature. Sources: c2sp.org/tlog-witness, c2sp.org/tlog-cosignature.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Fault } from '#exchange'
import { consistencyProof, LogFiles, type Proven, parseCheckpoint, parseNote } from '#trail'
import { type Answer, accepted, openLine } from '../post.ts'
import { REACHED, secureUrl } from '../sinks/form.ts'
import { type AnchorKind, COMMON, type Log } from './anchor.ts'
import { cosigned, cosignedAt, parseCosigner } from './witness/cosignature.ts'

const Form = z.strictObject({
  kind: z.literal('witness'),
  url: secureUrl.describe('Its submission prefix; /add-checkpoint follows'),
  monitoring_url: secureUrl.optional().describe('Its monitoring prefix, where it is another one'),
  vkey: z
    .string()
    .refine(
      (text) => parseCosigner(text) !== undefined,
      'a verifier key of a cosigner (type 0x04, Ed25519, or 0x06, ML-DSA-44)',
    )
    .describe('Its verifier key: <name>+<id>+<base64>'),
  ...REACHED,
  ...COMMON,
})

/** How often the size that it knows is taken over from its answer before giving up. */
const TRIES = 3

export const witness: AnchorKind<typeof Form> = {
  form: Form,
  open({ url, monitoring_url = url, vkey, ca, proxy }, log) {
    const line = openLine({ ca, proxy })
    const target = new URL(`${url.replace(/\/$/, '')}/add-checkpoint`)
    const cosigner = parseCosigner(vkey)!
    let old = 0
    const post = (note: string, size: number, signal: AbortSignal) => {
      const body = `old ${old}\n${proofFor(log, old, size)}\n${note}`
      return line.send({ method: 'POST', url: target, headers: { 'content-type': 'text/plain' }, body, signal })
    }
    return {
      async anchor(note, signal) {
        const size = parseCheckpoint(parseNote(note)?.text ?? '')?.size ?? 0
        let answer = await post(note, size, signal)
        for (let tries = 1; answer.status === 409 && tries < TRIES; tries++) {
          old = sizeIn(target.host, answer, size)
          answer = await post(note, size, signal)
        }
        accepted(target.host, answer)
        const proof = `${note}${answer.text}`
        const at = cosignedAt(proof, cosigner)
        if (at === undefined) throw new Fault('export.answer', `${target.host}: no cosignature of ${cosigner.name}`)
        old = size
        return { at, proof: Buffer.from(proof) }
      },
      async known(signal) {
        const id = createHash('sha256').update(log.origin).digest('hex')
        const place = new URL(`${monitoring_url.replace(/\/$/, '')}/${id}/checkpoint`)
        const answer = await line.send({ method: 'GET', url: place, headers: {}, body: '', signal })
        if (answer.status === 404) return undefined
        accepted(place.host, answer)
        return answer.text
      },
      close: () => line.close(),
    }
  },
  trusts: ({ vkey }) => ({ witnesses: [vkey] }),
  async prove({ note, proof }, { witnesses = [] }) {
    const printed = Buffer.from(proof).toString()
    if (parseNote(printed)?.text !== parseNote(note)?.text) return { state: 'false', why: 'it is of something else' }
    const cosigners = witnesses.map(parseCosigner).filter((each) => each !== undefined)
    const all = cosigners.map((each) => cosigned(printed, each))
    const at = all.flatMap((each) => (each.state === 'valid' ? [each.at] : [])).sort((one, other) => other - one)[0]
    if (at !== undefined) return { state: 'checked', at }
    if (all.some(({ state }) => state === 'false')) return { state: 'false', why: 'the cosignature does not hold' }
    if (all.some(({ state }) => state === 'unknown')) return claimed('this Node knows no ML-DSA-44')
    return claimed(
      cosigners.length > 0 ? 'it bears no cosignature of a witness that is known' : 'no witness is known here',
    )
  },
}

const claimed = (why: string): Proven => ({ state: 'claimed', why, how: 'gatelog verify --witness <vkey>' })

/** The lines of the proof that a tree of `size` goes on from one of `old`. */
function proofFor({ folder }: Log, old: number, size: number): string {
  const hashes = consistencyProof(new LogFiles(folder, size).node, old, size)
  return hashes.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('')
}

/** The size that a witness knows. One above ours is a log that was put back: whoever seals hears of it from `known`. */
function sizeIn(host: string, { text }: Answer, most: number): number {
  const size = /^(0|[1-9]\d{0,15})\n$/.test(text) ? Number(text) : Number.NaN
  if (size <= most) return size
  throw new Fault('export.refused', `${host} knows a head of ${text.slice(0, 20).trim()} entries, here are ${most}`)
}

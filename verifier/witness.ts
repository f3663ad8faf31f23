/**
 * Cosignatures of checkpoints that an auditor kept, against the keys of witnesses that the auditor trusts. Written from
 * c2sp.org/tlog-cosignature for this verifier alone; reaches nobody.
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { bytesOf, partsOf, type Signature } from './log.ts'

/** What the cosignatures came to: sentences. */
export interface Witnessed {
  readonly also: readonly string[]
  readonly problems: readonly string[]
}

export interface Witness {
  readonly name: string
  /** 8 hexadecimal digits. */
  readonly id: string
  readonly kind: Kind
  readonly raw: Buffer
}

/** A kind of cosignature: of its key and signature the bytes, and what is signed. */
interface Kind {
  readonly key: number
  readonly signature: number
  keyOf(raw: Buffer): KeyObject
  signed(name: string, time: bigint, text: string): Buffer
}

const KINDS: Readonly<Record<number, Kind>> = {
  4: {
    ...{ key: 32, signature: 64 },
    keyOf: (raw) => publicKey({ kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }),
    signed: (_, time, text) => Buffer.from(`cosignature/v1\ntime ${time}\n${text}`),
  },
  6: {
    ...{ key: 1312, signature: 2420 },
    keyOf: (raw) => publicKey({ kty: 'AKP', alg: 'ML-DSA-44', pub: raw.toString('base64url') }),
    signed(name, time, text) {
      const [origin = '', size = '', root = ''] = text.split('\n')
      const numbers = Buffer.alloc(16)
      numbers.writeBigUInt64BE(BigInt(size), 8)
      const at = Buffer.alloc(8)
      at.writeBigUInt64BE(time)
      return Buffer.concat([Buffer.from('subtree/v1\n\0'), short(name), at, short(origin), numbers, bytesOf(root)])
    },
  },
}

const publicKey = (key: Readonly<Record<string, string>>) => createPublicKey({ key, format: 'jwk' })

/** A text after its length in one byte. @throws Error for one that is longer */
function short(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length > 255) throw new Error('a name is too long to be cosigned')
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}

/** @throws Error for one that is no key of a cosigner */
export function witnessOf(vkey: string): Witness {
  const [, name = '', id = '', material = ''] =
    /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(vkey.trim()) ?? []
  const bytes = Buffer.from(material, 'base64')
  const kind = KINDS[bytes[0] ?? 0]
  if (!kind || bytes.length !== kind.key + 1) throw new Error('the key of a witness is none of type 4 or 6')
  if (createHash('sha256').update(`${name}\n`).update(bytes).digest('hex').slice(0, 8) !== id)
    throw new Error(`the id of the key of ${name} is wrong`)
  return { name, id, kind, raw: bytes.subarray(1) }
}

/** When a witness saw a checkpoint, ms since the Unix epoch; undefined where it has no line of that key. @throws Error for a false one */
export function seenAt({ text, signatures }: { text: string; signatures: readonly Signature[] }, witness: Witness) {
  const { name, id, kind, raw } = witness
  const own = signatures.filter((one) => one.name === name && one.id === id)
  const times = own.map(({ bytes }) => {
    const time = bytes.length === 8 + kind.signature ? bytes.readBigUInt64BE() : 0n
    const holds =
      time > 0n && time < 2n ** 43n && verify(null, kind.signed(name, time, text), kind.keyOf(raw), bytes.subarray(8))
    if (!holds) throw new Error(`the cosignature of ${name} is false`)
    return Number(time) * 1000
  })
  return times.length === 0 ? undefined : Math.max(...times)
}

/**
 * @param kept checkpoints that the auditor has, cosigned or not, as signed notes
 * @param vkeys keys of witnesses, from elsewhere: each must have cosigned one of them
 * @param others those of these keys that cosigned something else that is looked at
 */
export function witnessed(
  kept: readonly string[],
  vkeys: readonly string[],
  others: ReadonlySet<string> = new Set(),
): Witnessed {
  const [also, problems]: [string[], string[]] = [[], []]
  for (const vkey of vkeys)
    try {
      const witness = witnessOf(vkey)
      const seen = kept.map(partsOf).flatMap((note) => {
        const at = seenAt(note, witness)
        return at === undefined ? [] : [{ at, size: note.text.split('\n')[1] }]
      })
      if (seen.length === 0 && !others.has(vkey))
        problems.push(`no checkpoint that was given is cosigned by ${witness.name}`)
      for (const { at, size } of seen)
        also.push(
          `${witness.name} cosigned the checkpoint over ${size} entries at ${new Date(at).toISOString()}, by its own clock.`,
        )
    } catch (error) {
      problems.push(whyNot(error))
    }
  return { also, problems }
}

/** What is wrong with a cosignature, or that this Node does not know its kind. */
export const whyNot = (error: unknown): string =>
  error instanceof Error && error.constructor === Error ? error.message : 'a cosignature cannot be checked by this Node'

/**
 * The root of an entry's salts: half of it chance, half of it a proof that whoever wrote the entry had the record's key. And
 * the MACs of documents, under the same key and another label. Keeps its keys to itself; knows no file.
 */
import { hash, randomFillSync } from 'node:crypto'

const ROOT_BYTES = 32
const CHANCE_BYTES = 16
const DIGEST_BYTES = 32
const BLOCK_BYTES = 64
const POOL_BYTES = 8192

/** What an entry's proof is over. `body`: SHA-256 of its body, where it has one; as bytes, or as Latin-1 text. */
export interface Proven {
  readonly seq: number
  readonly json: string
  readonly body: Uint8Array | string | undefined
}

/** chance (16), seq (8, big endian), SHA-256(JSON) (32), whether there is a body (1), its SHA-256 (32, else zeros). */
const MESSAGE_BYTES = CHANCE_BYTES + 8 + DIGEST_BYTES + 1 + DIGEST_BYTES
/** Stands in a list of salts in the place of a part's number. */
const PROOF = 255
const LABEL = Buffer.from('gatelog entry 1\0')
/** Of a document: SHA-256 of kind, of id and of JSON, so that nothing moves from one to the next. */
const DOCUMENT_LABEL = Buffer.from('gatelog document 1\0')
/** `earlier` is of a record whose documents bore no MACs. */
const SINCE = { now: Buffer.from('gatelog since 2\0'), earlier: Buffer.from('gatelog since 1\0') } as const

/** HMAC-SHA-256 (RFC 2104) by two plain hashes over memory that is filled anew each time: a third of what setting up Node's own costs. */
class Mac {
  readonly message: Buffer
  readonly #inner: Buffer
  readonly #outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c)

  constructor(key: Uint8Array, label: Uint8Array, bytes: number) {
    this.#inner = Buffer.alloc(BLOCK_BYTES + label.length + bytes, 0x36)
    for (const [at, byte] of key.entries()) {
      this.#inner[at] = byte ^ 0x36
      this.#outer[at] = byte ^ 0x5c
    }
    this.#inner.set(label, BLOCK_BYTES)
    this.message = this.#inner.subarray(BLOCK_BYTES + label.length)
  }

  /** Of the message as it stands. */
  digest(): Buffer {
    this.#outer.write(hash('sha256', this.#inner, 'latin1'), BLOCK_BYTES, 'latin1')
    return Buffer.from(hash('sha256', this.#outer, 'latin1'), 'latin1')
  }
}

/** A document as the head file keeps it. */
export interface Document {
  readonly kind: string
  readonly id: string
  readonly json: string
}

/** Proves with the first of its keys, and takes the proofs of all. Each has 32 bytes. */
export class Proofs {
  readonly #macs: readonly Mac[]
  readonly #marks: readonly Mac[]
  readonly #earlier: readonly Mac[]
  readonly #documents: readonly Mac[]
  #pool = Buffer.alloc(0)
  #at = 0

  constructor(keys: readonly [Uint8Array, ...Uint8Array[]]) {
    this.#macs = keys.map((key) => new Mac(key, LABEL, MESSAGE_BYTES))
    this.#marks = keys.map((key) => new Mac(key, SINCE.now, 8))
    this.#earlier = keys.map((key) => new Mac(key, SINCE.earlier, 8))
    this.#documents = keys.map((key) => new Mac(key, DOCUMENT_LABEL, 3 * DIGEST_BYTES))
  }

  /** A new root for the salts of an entry. */
  root(entry: Proven): Uint8Array {
    const root = Buffer.alloc(ROOT_BYTES)
    this.#chance().copy(root)
    this.#over(this.#macs[0]!, root, entry).copy(root, CHANCE_BYTES, 0, ROOT_BYTES - CHANCE_BYTES)
    return root
  }

  #chance(): Buffer {
    if (this.#at >= this.#pool.length) {
      this.#pool = randomFillSync(Buffer.alloc(POOL_BYTES))
      this.#at = 0
    }
    this.#at += CHANCE_BYTES
    return this.#pool.subarray(this.#at - CHANCE_BYTES, this.#at)
  }

  #over(mac: Mac, root: Uint8Array, { seq, json, body }: Proven): Buffer {
    const { message } = mac
    message.set(root.subarray(0, CHANCE_BYTES))
    message.writeBigUInt64BE(BigInt(seq), CHANCE_BYTES)
    const at = CHANCE_BYTES + 8
    message.write(hash('sha256', json, 'latin1'), at, 'latin1')
    message[at + DIGEST_BYTES] = body ? 1 : 0
    if (typeof body === 'string') message.write(body, at + DIGEST_BYTES + 1, 'latin1')
    else if (body) message.set(body, at + DIGEST_BYTES + 1)
    else message.fill(0, at + DIGEST_BYTES + 1)
    return mac.digest()
  }

  /** Salts that a redaction left, and behind them a proof of them and of the entry as it is now. */
  left(salts: Uint8Array, entry: Proven): Buffer {
    return Buffer.concat([salts, Buffer.of(PROOF), this.root(withSalts(entry, salts))])
  }

  /** Whether salts, as a row keeps them, were made here for this very entry. */
  proves(salts: Uint8Array, entry: Proven): boolean {
    if (salts.byteLength === ROOT_BYTES) return this.#proves(salts, entry)
    const end = salts.byteLength - ROOT_BYTES
    return salts[end - 1] === PROOF && this.#proves(salts.subarray(end), withSalts(entry, salts.subarray(0, end - 1)))
  }

  #proves(root: Uint8Array, entry: Proven): boolean {
    const proof = Buffer.from(root.buffer, root.byteOffset + CHANCE_BYTES, ROOT_BYTES - CHANCE_BYTES)
    return this.#macs.some((mac) => this.#over(mac, root, entry).subarray(0, proof.length).equals(proof))
  }

  /** 32 bytes that only who has the key can make, of this very document in its very place. */
  document(of: Document): Buffer {
    return macOf(this.#documents[0]!, of)
  }

  isDocument(mac: Uint8Array, of: Document): boolean {
    return this.#documents.some((own) => macOf(own, of).equals(mac))
  }

  /** A proof, hexadecimal, that entries up to `seq` were there before any was proven, and that every document bears its MAC. */
  mark(seq: number): string {
    return marked(this.#marks[0]!, seq)
  }

  isMark(seq: number, mark: string): boolean {
    return this.#marks.some((mac) => marked(mac, seq) === mark)
  }

  /** The same of a version that gave documents none: whoever has such a mark cannot make the other of it. */
  isEarlierMark(seq: number, mark: string): boolean {
    return this.#earlier.some((mac) => marked(mac, seq) === mark)
  }
}

const withSalts = (entry: Proven, salts: Uint8Array): Proven => ({
  ...entry,
  json: `${entry.json}\n${Buffer.from(salts).toString('hex')}`,
})

function macOf(mac: Mac, { kind, id, json }: Document): Buffer {
  for (const [at, text] of [kind, id, json].entries())
    mac.message.write(hash('sha256', text, 'latin1'), at * DIGEST_BYTES, 'latin1')
  return mac.digest()
}

function marked(mac: Mac, seq: number): string {
  mac.message.writeBigUInt64BE(BigInt(seq))
  return mac.digest().toString('hex')
}

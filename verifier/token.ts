/**
 * Reads what a timestamp says: what is stamped, and when. Its signature is not checked here. Strictly DER, as RFC 3161 wants it, so
 * that no other reader finds another time in the same bytes. Pure.
 */

/** A value in its place: `from` is where its contents begin, `end` is behind them. */
interface Part {
  readonly tag: number
  readonly from: number
  readonly end: number
}

const [INTEGER, OCTETS, OID, SEQUENCE, TIME, EXPLICIT] = [0x02, 0x04, 0x06, 0x30, 0x18, 0xa0]
const SIGNED_DATA = '2a864886f70d010702'
const TST_INFO = '2a864886f70d0109100104'

/** Digests that are taken, by their object identifiers. */
const DIGESTS: Readonly<Record<string, string>> = {
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
}

export interface Stamp {
  /** As Node names it. */
  readonly algorithm: string
  /** Of what is stamped. */
  readonly digest: Buffer
  /** ms since the Unix epoch. */
  readonly at: number
}

const MOST_PARTS = 64
const wrong = (): Error => new Error('it is no timestamp in DER')

/** The response of an authority. @throws Error for what is none, and for one that was refused */
export function stampOf(bytes: Buffer): Stamp {
  const [response, ...more] = partsIn(bytes, { tag: 0, from: 0, end: bytes.length })
  if (more.length > 0) throw wrong()
  const [status, token] = within(bytes, response, SEQUENCE, 2)
  const [granted] = within(bytes, status, SEQUENCE, 1)
  if (!['00', '01'].includes(hexOf(bytes, granted, INTEGER))) throw new Error('the authority granted no timestamp')
  const [type, content] = within(bytes, token, SEQUENCE, 2)
  if (hexOf(bytes, type, OID) !== SIGNED_DATA) throw wrong()
  const [signed] = within(bytes, content, EXPLICIT, 1)
  const [, , inner] = within(bytes, signed, SEQUENCE, 4)
  const [innerType, innerContent] = within(bytes, inner, SEQUENCE, 2)
  if (hexOf(bytes, innerType, OID) !== TST_INFO) throw wrong()
  const [octets] = within(bytes, innerContent, EXPLICIT, 1)
  if (octets?.tag !== OCTETS) throw wrong()
  const [info, ...rest] = partsIn(bytes, octets)
  if (rest.length > 0) throw wrong()
  const [, , imprint, , time] = within(bytes, info, SEQUENCE, 5)
  return { ...imprintOf(bytes, imprint), at: timeOf(bytes, time) }
}

function imprintOf(bytes: Buffer, imprint: Part | undefined): Pick<Stamp, 'algorithm' | 'digest'> {
  const [kind, digest] = within(bytes, imprint, SEQUENCE, 2)
  const [name] = within(bytes, kind, SEQUENCE, 1)
  const algorithm = DIGESTS[hexOf(bytes, name, OID)]
  if (algorithm === undefined) throw new Error('it stamps by a digest that is not taken here')
  return { algorithm, digest: Buffer.from(hexOf(bytes, digest, OCTETS), 'hex') }
}

function timeOf(bytes: Buffer, time: Part | undefined): number {
  const text = Buffer.from(hexOf(bytes, time, TIME), 'hex').toString('latin1')
  const [, year, month, day, hour, minute, second, rest = ''] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(text) ?? []
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${rest.slice(0, 4)}Z`)
  if (!(at > 0)) throw wrong()
  return at
}

/** The parts of one that has this tag, at least so many. */
function within(bytes: Buffer, part: Part | undefined, tag: number, least: number): Part[] {
  if (part?.tag !== tag) throw wrong()
  const parts = partsIn(bytes, part)
  if (parts.length < least) throw wrong()
  return parts
}

function hexOf(bytes: Buffer, part: Part | undefined, tag: number): string {
  if (part?.tag !== tag) throw wrong()
  return bytes.toString('hex', part.from, part.end)
}

function partsIn(bytes: Buffer, { from, end }: Part): Part[] {
  const parts: Part[] = []
  for (let at = from; at < end; at = parts.at(-1)?.end ?? end) {
    if (parts.length === MOST_PARTS) throw wrong()
    parts.push(partAt(bytes, at, end))
  }
  return parts
}

/** Tags of one byte; lengths in the shortest form alone (X.690 §10.1). */
function partAt(bytes: Buffer, at: number, end: number): Part {
  const [tag = 0, first = 0] = bytes.subarray(at, Math.min(at + 2, end))
  if (at + 2 > end || (tag & 0x1f) === 0x1f) throw wrong()
  const more = first < 0x80 ? 0 : first & 0x7f
  const from = at + 2 + more
  if (first === 0x80 || more > 4 || from > end) throw wrong()
  const length = more === 0 ? first : bytes.readUIntBE(at + 2, more)
  const isShortest = more === 0 || (length >= 0x80 && length >= 2 ** (8 * (more - 1)))
  if (!isShortest || from + length > end) throw wrong()
  return { tag, from, end: from + length }
}

/** The name constraints of a CA (RFC 5280 §4.2.1.10), written and read as DER by hand. Signs nothing, knows no host. */
import type { X509Certificate } from 'node:crypto'

export const NAME_CONSTRAINTS = '2.5.29.30'

/** `id-ce`, below which are the extensions that every certificate may have: 2.5.29. */
const COMMON = Buffer.from([0x55, 0x1d])
const OCTET_STRING = 0x04
const BIT_STRING = 0x03
const EXTENSIONS = 0xa3
const SEQUENCE = 0x30
const PERMITTED = 0xa0
const EXCLUDED = 0xa1
const DNS_NAME = 0x82
const IP_ADDRESS = 0x87
/** Address and mask, all zeros: every address there is. */
const EVERY_IPV4 = new Uint8Array(8)
const EVERY_IPV6 = new Uint8Array(32)

/**
 * The extension's value: only these names and what is below them, and no IP address at all.
 * @param permitted ASCII host names without a leading dot
 */
export function constraintsFor(permitted: readonly string[]): Uint8Array {
  const names = permitted.map((name) => subtree(DNS_NAME, Buffer.from(name, 'latin1')))
  const excluded = [subtree(IP_ADDRESS, EVERY_IPV4), subtree(IP_ADDRESS, EVERY_IPV6)]
  return tlv(SEQUENCE, Buffer.concat([tlv(PERMITTED, Buffer.concat(names)), tlv(EXCLUDED, Buffer.concat(excluded))]))
}

/** `GeneralSubtree` with the default minimum, which DER leaves out. */
const subtree = (tag: number, value: Uint8Array): Buffer => tlv(SEQUENCE, tlv(tag, value))

/** X.690 §8.1: tag, length in as few bytes as will do, value. */
function tlv(tag: number, value: Uint8Array): Buffer {
  const { length } = value
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), value])
}

/** The permitted names of an extension's value; none where it permits by other means or can't be read. */
export const permittedBy = (value: Uint8Array): string[] => namesIn(value, PERMITTED) ?? []

/** The DNS names of one half of an extension's value; undefined where it has no such half, or no DNS name in it. */
function namesIn(value: Uint8Array, half: number): string[] | undefined {
  const [outer] = parts(value)
  const found = outer && parts(outer.value).find(({ tag }) => tag === half)
  const bases = found && parts(found.value).flatMap(({ value: each }) => parts(each).slice(0, 1))
  const names = bases?.filter(({ tag }) => tag === DNS_NAME)
  return names?.length ? names.map(({ value: name }) => Buffer.from(name).toString('latin1')) : undefined
}

/** What one certificate says of the DNS names below it. */
export interface Limits {
  /** undefined where all are permitted that are not excluded: names of other kinds limit no DNS name. */
  readonly permitted: readonly string[] | undefined
  readonly excluded: readonly string[]
}

/** The limits of a certificate. An extension that cannot be read permits nothing. */
export function limitsOf(certificate: X509Certificate): Limits {
  const value = extensionOf(certificate, 30)
  if (!value) return { permitted: undefined, excluded: [] }
  if (parts(value).length !== 1) return { permitted: [], excluded: [] }
  return { permitted: namesIn(value, PERMITTED), excluded: namesIn(value, EXCLUDED) ?? [] }
}

/** Whether a host is within the limits of every certificate of a chain. */
export const within = (all: readonly Limits[], host: string): boolean =>
  all.every(({ permitted, excluded }) => (!permitted || covers(permitted, host)) && !covers(excluded, host))

interface Part {
  readonly tag: number
  readonly value: Uint8Array
}

/** What follows one another in a value; ends where it is broken. */
function parts(bytes: Uint8Array): Part[] {
  const found: Part[] = []
  for (let at = 0; at + 2 <= bytes.length; ) {
    const first = bytes[at + 1] as number
    const more = first < 0x80 ? 0 : first & 0x7f
    if (more > 2) return found
    const size = more === 0 ? first : bytes.subarray(at + 2, at + 2 + more).reduce((sum, byte) => sum * 256 + byte, 0)
    const from = at + 2 + more
    if (from + size > bytes.length) return found
    found.push({ tag: bytes[at] as number, value: bytes.subarray(from, from + size) })
    at = from + size
  }
  return found
}

/** An extension's value by the last part of its number below 2.5.29; undefined where the certificate has none. */
function extensionOf({ raw }: X509Certificate, nth: number): Uint8Array | undefined {
  const [certificate] = parts(raw)
  const [signed] = parts(certificate?.value ?? NOTHING)
  const [list] = parts(parts(signed?.value ?? NOTHING).find(({ tag }) => tag === EXTENSIONS)?.value ?? NOTHING)
  const wanted = Buffer.concat([COMMON, Buffer.from([nth])])
  const all = parts(list?.value ?? NOTHING).map(({ value }) => parts(value))
  return all.find(([id]) => id && wanted.equals(id.value))?.find(({ tag }) => tag === OCTET_STRING)?.value
}

const NOTHING = new Uint8Array()

/** Whether a certificate may sign others (`keyCertSign`), or does not say. */
export function maySign(certificate: X509Certificate): boolean {
  const value = extensionOf(certificate, 15)
  const bits = value && parts(value).find(({ tag }) => tag === BIT_STRING)
  return !bits || ((bits.value[1] ?? 0) & 0x04) !== 0
}

/** Whether a host is one of these names or below one. `permitted` as from `permittedBy`. */
export const covers = (permitted: readonly string[], host: string): boolean =>
  permitted.some((name) => {
    const base = name.replace(/^\./, '').toLowerCase()
    return base === '' || host === base || host.endsWith(`.${base}`)
  })

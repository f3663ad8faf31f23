/** Queries and answers of RFC 3161, checked whole: what was asked, whose signature, and who vouches for it. Pure. */
import { createHash, verify, X509Certificate } from 'node:crypto'
import { type ContentInfo, DigestAlgorithmIdentifier, SignedData, type SignerInfo } from '@peculiar/asn1-cms'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import { MessageImprint, PKIStatus, TimeStampReq, TimeStampResp, TSTInfo } from '@peculiar/asn1-tsp'
import { type BaseBlock, fromBER } from 'asn1js'
import { Fault } from '#exchange'
import { distrusted } from './chain.ts'

export interface Query {
  /** SHA-256 of what is stamped. */
  readonly hash: Uint8Array
  /** A positive number, its highest bit not set. */
  readonly nonce: Uint8Array
  readonly policy: string | undefined
}

const OID = {
  sha256: '2.16.840.1.101.3.4.2.1',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
} as const

const DIGESTS: Readonly<Record<string, string>> = {
  [OID.sha256]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

const exact = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer

/** The DER of a query that wants the authority's certificate in the answer. */
export function printQuery({ hash, nonce, policy }: Query): Buffer {
  const messageImprint = new MessageImprint({
    hashAlgorithm: new DigestAlgorithmIdentifier({ algorithm: OID.sha256, parameters: null }),
    hashedMessage: new OctetString(exact(hash)),
  })
  const more = policy === undefined ? {} : { reqPolicy: policy }
  const query = new TimeStampReq({ messageImprint, nonce: exact(nonce), certReq: true, ...more })
  return Buffer.from(AsnConvert.serialize(query))
}

export interface Expected {
  readonly hash: Uint8Array
  readonly nonce: Uint8Array
  /** PEM of the CAs that may vouch for the authority. */
  readonly trusted: string
}

/** What an authority signed, whoever it is. */
export interface Token {
  /** ms since the Unix epoch. */
  readonly at: number
  readonly signer: X509Certificate
  /** All that came along. */
  readonly certificates: readonly X509Certificate[]
}

/** The time that the authority vouches for, ms since the Unix epoch. @throws export.refused, export.answer */
export function checkedTime(host: string, der: Uint8Array, { trusted, ...expected }: Expected): number {
  const token = readToken(host, der, expected)
  const why = distrusted(token, trusted)
  if (why !== undefined) throw new Fault('export.answer', `${host}: ${why}`)
  return token.at
}

/** A response whose signature holds; without a nonce to hold it to where it is a kept one. @throws export.refused, export.answer */
export function readToken(
  host: string,
  der: Uint8Array,
  expected: Omit<Expected, 'trusted' | 'nonce'> & { nonce?: Uint8Array },
): Token {
  const wrong = (why: string, cause?: unknown) => new Fault('export.answer', `${host}: ${why}`, { cause })
  try {
    return tokenIn(host, der, expected, wrong)
  } catch (error) {
    throw error instanceof Fault ? error : wrong('no timestamp', error)
  }
}

type Wrong = (why: string) => Fault
type Held = Parameters<typeof readToken>[2]

function tokenIn(host: string, der: Uint8Array, { hash, nonce }: Held, wrong: Wrong): Token {
  const { status, timeStampToken } = AsnConvert.parse(exact(der), TimeStampResp)
  if (status.status !== PKIStatus.granted && status.status !== PKIStatus.grantedWithMods)
    throw new Fault('export.refused', `${host}: status ${status.status}`)
  if (!timeStampToken) throw wrong('no token')
  const signed = AsnConvert.parse((timeStampToken as ContentInfo).content, SignedData)
  const { eContentType, eContent } = signed.encapContentInfo
  const content = eContent?.single?.buffer ?? eContent?.any
  if (eContentType !== OID.tstInfo || !content) throw wrong('the token holds no time')
  const info = AsnConvert.parse(content, TSTInfo)
  const { hashAlgorithm, hashedMessage } = info.messageImprint
  if (hashAlgorithm.algorithm !== OID.sha256 || !same(hashedMessage.buffer, hash))
    throw wrong('it is for something else')
  if (nonce && !(info.nonce && same(info.nonce, nonce))) throw wrong('the nonce is not the one that was sent')
  const signer = signerOf(signed, wrong)
  const attributes = attributesIn((timeStampToken as ContentInfo).content, wrong)
  checkSignature(signed.signerInfos[0]!, { content, attributes }, signer, wrong)
  return { at: info.genTime.getTime(), signer, certificates: certificatesOf(signed) }
}

const same = (one: ArrayBuffer, other: Uint8Array): boolean => Buffer.from(one).equals(Buffer.from(other))

const certificatesOf = ({ certificates }: SignedData): X509Certificate[] =>
  [...(certificates ?? [])].flatMap(({ certificate }) =>
    certificate ? [new X509Certificate(Buffer.from(AsnConvert.serialize(certificate)))] : [],
  )

/** The certificate that the one signer names, by issuer and serial number or by key. */
function signerOf(signed: SignedData, wrong: Wrong): X509Certificate {
  const [signer, ...others] = signed.signerInfos
  if (!signer || others.length > 0) throw wrong('it has not one signer')
  const { issuerAndSerialNumber: named } = signer.sid
  const found = [...(signed.certificates ?? [])].find(({ certificate }) => {
    const { issuer, serialNumber } = certificate?.tbsCertificate ?? {}
    if (!named || !issuer || !serialNumber) return false
    const issuers = [issuer, named.issuer].map((name) => Buffer.from(AsnConvert.serialize(name)))
    return issuers[0]!.equals(issuers[1]!) && same(serialNumber, Buffer.from(named.serialNumber))
  })
  if (!found?.certificate) throw wrong('the signer’s certificate is not in it')
  return new X509Certificate(Buffer.from(AsnConvert.serialize(found.certificate)))
}

/** What is signed: the time, and the DER of the attributes that tell its digest. */
interface Signed {
  readonly content: ArrayBuffer
  readonly attributes: Uint8Array
}

/** The first signer's attributes as they lie in the token, which no decoder gives back whole; their tag is that of a SET. */
function attributesIn(signedData: ArrayBuffer, wrong: Wrong): Buffer {
  const partsOf = (block: unknown): readonly BaseBlock[] => {
    const { value } = (block as { readonly valueBlock: { readonly value?: unknown } }).valueBlock
    return Array.isArray(value) ? value : []
  }
  const signer = partsOf(partsOf(fromBER(signedData).result).at(-1)).at(0)
  const found = partsOf(signer).find(({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === 0)
  if (!found) throw wrong('its signature has no attributes')
  const bytes = Buffer.from(found.valueBeforeDecodeView)
  bytes[0] = 0x31
  return bytes
}

/** RFC 5652 §5.4: what is signed is the DER of the attributes as a SET, one of which is the digest of the content. */
function checkSignature(
  signer: SignerInfo,
  { content, attributes }: Signed,
  certificate: X509Certificate,
  wrong: Wrong,
) {
  const digest = DIGESTS[signer.digestAlgorithm.algorithm]
  const { signedAttrs } = signer
  if (!digest || !signedAttrs) throw wrong('a signature of a kind that is not known')
  const attributeOf = (type: string) => signedAttrs.find(({ attrType }) => attrType === type)?.attrValues[0]
  const told = attributeOf(OID.messageDigest)
  const hash = createHash(digest).update(Buffer.from(content)).digest()
  if (!told || !same(AsnConvert.parse(told, OctetString).buffer, hash))
    throw wrong('the digest is not that of the time')
  if (!verify(digest, attributes, certificate.publicKey, Buffer.from(signer.signature.buffer)))
    throw wrong('the signature does not hold')
}

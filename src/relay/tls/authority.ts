/**
 * A certificate authority in memory: made, read, asked for leaves. Its root signs once and its key is then forgotten;
 * what stays is the key of the one below it. Stores nothing.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  X509Certificate,
} from 'node:crypto'
import { Fault } from '#exchange'
import { constraintsFor, type Limits, limitsOf, maySign, NAME_CONSTRAINTS } from './constraints.ts'

const DAY_MS = 86_400_000
/** Clocks of clients may be behind. */
const SKEW_MS = DAY_MS

/** PEM texts: the certificate that signs first, then those above it; and its key (PKCS #8). */
export interface AuthorityFiles {
  readonly chain: string
  readonly key: string
}

/** What the certificates of an authority say. */
export interface Certified {
  readonly chain: string
  /** SHA-256 of the certificate at the top, hex in pairs: what trust stores show. */
  readonly fingerprint: string
  readonly subject: string
  /** Milliseconds since the Unix epoch: the narrowest of the chain. */
  readonly from: number
  readonly until: number
  /** Names that it may vouch for, and all below them; undefined where nothing constrains it. */
  readonly permitted: readonly string[] | undefined
  /** Of every certificate of the chain: a name must be within all of them. */
  readonly limits: readonly Limits[]
  /** The certificate that clients must trust, PEM. */
  readonly top: string
  readonly signing: X509Certificate
}

/** One that can sign. */
export interface Authority extends Certified, AuthorityFiles {}

/** Loaded when it is first needed: it takes 90 ms, and a gateway that signs nothing never does. */
async function library() {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}
type Library = Awaited<ReturnType<typeof library>>

export interface NewAuthority {
  readonly permitted: readonly string[]
  readonly days: number
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

/** Makes a root and the CA below it, both held to `permitted`. EC P-256. The root's key is never returned. */
export async function makeAuthority({ permitted, days, now }: NewAuthority): Promise<AuthorityFiles> {
  const x509 = await library()
  const [root, below] = [pair(), pair()]
  const mark = randomBytes(3).toString('hex')
  const names = { root: `CN=Gatelog root ${mark}, O=Gatelog`, below: `CN=Gatelog CA ${mark}, O=Gatelog` }
  const dates = { notBefore: new Date(now - SKEW_MS), notAfter: new Date(now + days * DAY_MS) }
  const signingKey = await cryptoKey(root.privateKey, 'sign')
  const certify = async (key: KeyObject, subject: string, depth: number) =>
    x509.X509CertificateGenerator.create({
      ...dates,
      serialNumber: serial(),
      subject,
      issuer: names.root,
      publicKey: await cryptoKey(key, 'verify'),
      signingKey,
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      extensions: [
        ...authorityExtensions(x509, permitted, depth),
        await x509.SubjectKeyIdentifierExtension.create(await cryptoKey(key, 'verify')),
        await x509.AuthorityKeyIdentifierExtension.create(await cryptoKey(root.publicKey, 'verify')),
      ],
    })
  const chain = [await certify(below.publicKey, names.below, 0), await certify(root.publicKey, names.root, 1)]
  return { chain: chain.map((each) => `${each.toString('pem')}\n`).join(''), key: pem(below.privateKey) }
}

function authorityExtensions(x509: Library, permitted: readonly string[], depth: number) {
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags
  return [
    new x509.BasicConstraintsExtension(true, depth, true),
    new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.Extension(NAME_CONSTRAINTS, true, constraintsFor(permitted)),
  ]
}

/** A request for a company's CA to sign (PKCS #10): the key made for it, and the request, both PEM. */
export async function requestAuthority(permitted: readonly string[]): Promise<{ key: string; request: string }> {
  const x509 = await library()
  const { privateKey, publicKey } = pair()
  const keys = { privateKey: await cryptoKey(privateKey, 'sign'), publicKey: await cryptoKey(publicKey, 'verify') }
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: `CN=Gatelog CA ${randomBytes(3).toString('hex')}, O=Gatelog`,
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: authorityExtensions(x509, permitted, 0),
  })
  return { key: pem(privateKey), request: `${request.toString('pem')}\n` }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** Reads an authority and holds it together. @throws ca.invalid naming what is wrong */
export function openAuthority({ chain, key }: AuthorityFiles): Authority {
  const certified = readAuthority(chain)
  if (!certified.signing.checkPrivateKey(keyOf(key)))
    throw new Fault('ca.invalid', 'the key does not belong to the certificate')
  return { ...certified, key }
}

/** The same without its key: one that signs no more. @throws ca.invalid naming what is wrong */
export function readAuthority(chain: string): Certified {
  const certificates = certificatesIn(chain)
  const [signing] = certificates
  const top = certificates.at(-1)
  if (!signing || !top) throw new Fault('ca.invalid', 'there is no certificate')
  if (!signing.ca) throw new Fault('ca.invalid', 'the first certificate is not one of a CA')
  for (const [at, each] of certificates.slice(0, -1).entries())
    if (!each.verify((certificates[at + 1] as X509Certificate).publicKey))
      throw new Fault('ca.invalid', `certificate ${at + 1} is not signed by the next one`)
  if (!maySign(signing)) throw new Fault('ca.invalid', 'the first certificate may not sign others')
  return {
    ...{ chain: certificates.map(String).join(''), signing },
    fingerprint: top.fingerprint256,
    subject: signing.subject.replaceAll('\n', ', '),
    from: Math.max(...certificates.map((each) => Date.parse(each.validFrom))),
    until: Math.min(...certificates.map((each) => Date.parse(each.validTo))),
    permitted: limitsOf(signing).permitted,
    limits: certificates.map(limitsOf),
    top: String(top),
  }
}

function certificatesIn(text: string): X509Certificate[] {
  try {
    return (text.match(CERTIFICATE) ?? []).map((each) => new X509Certificate(each))
  } catch (cause) {
    throw new Fault('ca.invalid', 'a certificate cannot be read', { cause })
  }
}

function keyOf(text: string): KeyObject {
  try {
    return createPrivateKey(text)
  } catch (cause) {
    throw new Fault('ca.invalid', 'the key cannot be read: PEM without a passphrase is wanted', { cause })
  }
}

/** A leaf for one host, with a key of its own. PEM; what stands between it and a root goes with it. `until` in ms. */
export interface Leaf {
  readonly cert: string
  readonly key: string
  readonly until: number
}

/** Signs a leaf for `host`, a DNS name in lower case, good from an hour ago for `days` at most. */
export async function makeLeaf(authority: Authority, host: string, now: number, days: number): Promise<Leaf> {
  const x509 = await library()
  const { publicKey, privateKey } = pair()
  const signer = createPrivateKey(authority.key)
  const until = Math.min(now + days * DAY_MS, authority.until)
  const issuer = new x509.X509Certificate(authority.signing.raw)
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: [{ CN: [host.length <= 64 ? host : 'Gatelog'] }],
    issuer: issuer.subjectName,
    notBefore: new Date(Math.max(now - 3_600_000, authority.from)),
    notAfter: new Date(until),
    publicKey: await cryptoKey(publicKey, 'verify'),
    signingKey: await cryptoKey(signer, 'sign'),
    signingAlgorithm: { ...algorithmOf(signer), hash: 'SHA-256' },
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
      await x509.AuthorityKeyIdentifierExtension.create(await cryptoKey(signer, 'verify')),
    ],
  })
  const sent = certificatesIn(authority.chain).filter((each) => !each.checkIssued(each))
  return { cert: [`${leaf.toString('pem')}\n`, ...sent].join(''), key: pem(privateKey), until }
}

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

const pem = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }))

/** 127 random bits: positive, and never zero at its front. */
const serial = (): string => `4${randomBytes(16).toString('hex').slice(1)}`

/** A key as WebCrypto takes it; a private one also stands for its public half. */
async function cryptoKey(key: KeyObject, use: 'sign' | 'verify'): Promise<CryptoKey> {
  const wanted = use === 'verify' && key.type === 'private' ? createPublicKey(key) : key
  return wanted.toCryptoKey(algorithmOf(key) as Parameters<KeyObject['toCryptoKey']>[0], true, [use])
}

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' }

/** @throws ca.invalid where the key is of a kind that clients do not all take */
function algorithmOf(key: KeyObject): { name: string; namedCurve?: string; hash: string } {
  if (key.asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const namedCurve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? '']
  if (!namedCurve) throw new Fault('ca.invalid', 'the key is neither RSA nor EC P-256, P-384, P-521')
  return { name: 'ECDSA', namedCurve, hash: 'SHA-256' }
}

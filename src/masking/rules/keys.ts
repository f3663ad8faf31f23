/** Keys and credentials known by their structure: private keys, JSON Web Tokens, age keys, passwords in addresses. */
import type { MaskingRule } from '../rule.ts'
import { BASE62, BASE64, HEX, sample } from './sample.ts'

const BEGIN = `-----BEGIN ${'RSA PRIVATE'} KEY-----`
const END = `-----END ${'RSA PRIVATE'} KEY-----`

/** Between the lines of a key: white space, escaped line breaks, the quotes and plus signs of source code. */
const GAP = `(?:[\\s"'\`,+>|\\\\]|\\\\[nrt]){0,40}`
const HEADER = `${GAP}[A-Z][A-Za-z-]{3,20}: [^\\n\\r"'\\\\]{1,80}`
/** Only runs of base64 are swallowed, so that prose or code about keys stays; the gap after them waits. */
const BODY = `(?:${HEADER}){0,4}(?:${GAP}[A-Za-z0-9+/=]{16,})+`
const TAIL = `(?:${GAP}[A-Za-z0-9+/=]{0,15}){0,3}${GAP}-----END [A-Z0-9 ]{0,40}KEY(?: BLOCK)?-----`

export const KEYS: readonly MaskingRule[] = [
  {
    id: 'private-key',
    description:
      'PEM private key (RFC 7468), OpenSSH and PGP ones too; masked from its first line on, also where its last is missing',
    literals: ['-----BEGIN '],
    secret: `-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:${BODY})?(?:${TAIL})?`,
    examples: {
      match: [
        () => `${BEGIN}\n${sample(BASE64, 64)}\n${sample(BASE64, 64, 2)}==\n${END}`,
        () => `${BEGIN}\\n${sample(BASE64, 64)}\\n${END}`,
        () =>
          `${BEGIN}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${sample(HEX, 32)}\n\n${sample(BASE64, 64)}\n${END}`,
        () => BEGIN,
      ],
      miss: [() => `-----BEGIN ${'PUBLIC'} KEY-----\n${sample(BASE64, 64)}`, () => '-----BEGIN CERTIFICATE-----'],
    },
  },
  {
    id: 'putty-key',
    description: 'Private part of a PuTTY key file',
    literals: ['Private-Lines: '],
    before: 'Private-Lines: \\d{1,3}\\s{1,2}',
    secret: '[A-Za-z0-9+/=]{40,}(?:\\s{1,2}[A-Za-z0-9+/=]{8,})*',
    examples: {
      match: [() => ['Private-Lines: 2\n', `${sample(BASE64, 64)}\n${sample(BASE64, 40, 2)}`, '\nPrivate-MAC: 0']],
      miss: [() => 'Private-Lines: 4\nnone'],
    },
  },
  {
    id: 'jwt',
    description: 'JSON Web Token (RFC 7519): two or three base64url parts, the first two of JSON objects',
    literals: ['eyJ'],
    secret: `eyJ[A-Za-z0-9_-]{8,400}\\.eyJ[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*[A-Za-z0-9_-])?`,
    examples: {
      match: [() => `eyJ${sample(BASE62, 33)}.eyJ${sample(BASE62, 60, 2)}.${sample(BASE62, 43, 3)}`],
      miss: [() => `eyJ${sample(BASE62, 60)}`, () => `eyJ${sample(BASE62, 30)}.${sample(BASE62, 30)}`],
    },
  },
  {
    id: 'age-key',
    description: 'age identity (bech32)',
    literals: ['AGE-SECRET-KEY-1'],
    secret: 'AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58,}',
    examples: {
      match: [() => `AGE-SECRET-KEY-1${sample('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}`],
      miss: [() => 'AGE-SECRET-KEY-1QQQQ'],
    },
  },
  {
    id: 'url-password',
    description: 'Password in an address, scheme://user:password@host (RFC 3986 §3.2.1)',
    literals: ['://'],
    before: `://[^\\s:/@"'\`<>\\\\]{0,64}:`,
    secret: `[^\\s/"'\`<>\\\\]{3,200}`,
    after: '[@]',
    checks: ['no-stand-in'],
    examples: {
      match: [
        () => ['postgres://app:', sample(BASE62, 12), '@db.internal:5432/main'],
        () => ['mongodb+srv://app:', `p@${sample(BASE62, 10)}`, '@cluster.example.net/db'],
        () => ['redis://:', `p:${sample(BASE62, 10)}!`, '@cache:6379/0'],
      ],
      miss: [
        () => 'http://localhost:3000/path?x=a@b.example',
        () => 'postgres://user:password@localhost/db',
        () => 'https://$' + '{user}:$' + '{password}@host/',
        () => 'git@github.com:a/b.git https://host:8080/@scope',
      ],
    },
  },
]

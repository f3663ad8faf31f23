/** Keys known by their structure: private keys in every wrapping, JSON Web Tokens. Data, never code that scans. */
import type { MaskingRule } from '../rule.ts'
import { either } from './spelling.ts'

const BEGIN = 'BEGIN RSA<> PRIVATE KEY-----'
const END = '-----END RSA<> PRIVATE KEY-----'

/** Before a line, as tools print files: its number, and a tab, a colon, a bar or an arrow that is no ASCII. */
const NUMBER = `[0-9]{1,6}(?:[\\t:|]|[^\\t-~]|\\\\t)`
/** Between the lines of a key: white space, escaped line breaks, the quotes and plus signs of source code, numbers. */
const GAP = `(?:[\\s"'\`,+>|\\\\]|\\\\[nrt]|${NUMBER}){0,40}`
const HEADER = `${GAP}[A-Z][A-Za-z-]{3,20}: [^\\n\\r"'\\\\]{1,80}`
/** Only runs of base64 are swallowed, so that prose or code about keys stays; the gap after them waits. */
const BODY = `(?:${HEADER}){0,4}(?:${GAP}[A-Za-z0-9+/=]{16,})+`
const TAIL = `(?:${GAP}[A-Za-z0-9+/=]{0,15}){0,3}${GAP}-----END [A-Z0-9 ]{0,40}KEY(?: BLOCK)?-----`

/** What base64 makes of the first line of a PEM key, by its kind. */
const WRAPPED = ['', 'RSA ', 'EC ', 'DSA ', 'OPENSSH ', 'ENCRYPTED '].map((kind) =>
  wholeQuanta(`-----BEGIN ${kind}PRIVATE KEY-----`),
)

/** Base64 of the whole groups of three bytes of `text`. */
function wholeQuanta(text: string): string {
  return btoa(text.slice(0, text.length - (text.length % 3)))
}

const QUOTE = `\\\\{0,4}["']`
/** From the name of a key's member or setting to its value. */
const GETS = `(?:${QUOTE})?\\]?\\s{0,4}(?:=|:)\\s{0,4}(?:${QUOTE})?`

export const KEYS: readonly MaskingRule[] = [
  {
    id: 'private-key',
    description:
      'PEM private key (RFC 7468), OpenSSH and PGP ones too; masked from its BEGIN on, also where END is missing',
    literals: ['-----BEGIN '],
    before: '\\-{5}',
    secret: `BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:${BODY})?(?:${TAIL})?`,
    proof: 'pem',
    examples: {
      match: [
        `-----{{${BEGIN}\nMII<base64:61>\n<base64:64:2>==\n${END}}}`,
        `-----{{${BEGIN}\\nMII<base64:61>\\n${END}}}`,
        `-----{{${BEGIN}\\\\n<base64:64>\\\\n<base64:64:2>\\\\n${END}}}`,
        `-----{{${BEGIN}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,<HEX:32>\n\n<base64:64>\n${END}}}`,
        `-----{{BEGIN PGP PRIVATE<> KEY BLOCK-----\n\nlQ<base64:62>\n=<base64:4>\n-----END PGP PRIVATE<> KEY BLOCK-----}}`,
        `-----{{${BEGIN}}}`,
        `     1→-----{{${BEGIN}\n     2→MII<base64:61>\n    10→<base64:64:2>==\n   11→${END}}}`,
        `     1\t-----{{${BEGIN}\n     2\tMII<base64:61>\n     3\t<base64:64:2>==\n     4\t${END}}}`,
        `k.pem:1:-----{{${BEGIN}\n2:MII<base64:61>\n3:<base64:64:2>==\n4:${END}}}`,
        `1\\t-----{{${BEGIN}\\n2\\tMII<base64:61>\\n3\\t<base64:64:2>==\\n4\\t${END}}}`,
      ],
      miss: ['-----BEGIN PUBLIC<> KEY-----\n<base64:64>', '-----BEGIN CERTIFICATE-----'],
    },
  },
  {
    id: 'private-key-base64',
    description: 'PEM private key that is base64 once more, as in Kubernetes secrets and variables of CI',
    literals: WRAPPED,
    secret: `${either(WRAPPED)}[A-Za-z0-9+/_-]{40,}={0,2}`,
    examples: {
      match: WRAPPED.map((begin) => `${begin}<base64:200>==`),
      miss: [`${WRAPPED[0]} and no more`, `${btoa('-----BEGIN CERTIFICATE-----')}<base64:60>`],
    },
  },
  {
    id: 'ssh2-private-key',
    description: 'Private key of ssh.com (SSH2, draft-ietf-secsh-publickeyfile style)',
    literals: ['---- BEGIN SSH2 ENCRYPTED PRIVATE KEY'],
    before: '\\-{4} ',
    secret: `BEGIN SSH2 ENCRYPTED PRIVATE KEY \\-\\-\\-\\-(?:${BODY})?`,
    examples: {
      match: ['---- {{BEGIN SSH2 ENCRYPTED<> PRIVATE KEY ----\nComment: a key\n<base64:70>\n<base64:40:2>==}}'],
      miss: ['---- BEGIN SSH2 PUBLIC KEY ----\n<base64:70>'],
    },
  },
  {
    id: 'putty-key',
    description: 'Private part of a PuTTY key file',
    literals: ['Private-Lines: '],
    before: 'Private-Lines: \\d{1,3}(?:\\s{1,2}|\\\\{1,4}[nr]){1,2}',
    secret: '[A-Za-z0-9+/=]{40,}(?:(?:\\s{1,2}|(?:\\\\{1,4}[nr]){1,2})[A-Za-z0-9+/=]{8,})*',
    examples: {
      match: [
        'Private-Lines: 2\n{{<base64:64>\n<base64:40:2>}}\nPrivate-MAC: 0',
        'Private-Lines: 1\\n{{<base64:64>}}\\nPrivate-MAC: 0',
      ],
      miss: ['Private-Lines: 4\nnone'],
    },
  },
  {
    id: 'jwt',
    description: 'JSON Web Token (RFC 7519): two or three base64url parts, the first two of JSON objects',
    literals: ['eyJ'],
    secret: `eyJ[A-Za-z0-9_-]{8,400}\\.eyJ[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*[A-Za-z0-9_-])?`,
    proof: 'jwt',
    examples: {
      match: ['eyJ<base62:33>.eyJ<base62:60:2>.<base62:43:3>', 'eyJ<base62:33>.eyJ<base62:60:2>'],
      miss: ['eyJ<base62:60>', 'eyJ<base62:30>.<base62:30>'],
    },
  },
  {
    id: 'jwe',
    description: 'Encrypted JSON Web Token (RFC 7516): five base64url parts',
    literals: ['eyJ'],
    secret: `eyJ[A-Za-z0-9_-]{20,400}\\.[A-Za-z0-9_-]{0,1000}\\.[A-Za-z0-9_-]{16,24}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{20,24}`,
    proof: 'jwt',
    examples: {
      match: ['eyJ<base62:60>.<base62:86:2>.<base62:16:3>.<base62:80:4>.<base62:22:5>'],
      miss: ['eyJ<base62:60>.<base62:342:2>'],
    },
  },
  {
    id: 'jwt-base64',
    description: 'JSON Web Token that is base64 once more, as in Kubernetes secrets',
    literals: ['ZXlKaGJHY2lPaU', 'ZXlKMGVYQWlPaU', 'ZXlKcmFXUWlPaU'],
    secret: '(?:ZXlKaGJHY2lPaU|ZXlKMGVYQWlPaU|ZXlKcmFXUWlPaU)[A-Za-z0-9+/]{60,}={0,2}',
    examples: { match: ['token: {{ZXlKaGJHY2lPaU<base62:200>==}}'], miss: ['ZXlKaGJHY2lPaU<base62:20>'] },
  },
  {
    id: 'age-key',
    description: 'age identity (bech32), X25519 or post-quantum or of a plugin',
    literals: ['AGE-SECRET-KEY-', 'AGE-PLUGIN-'],
    secret: 'AGE-(?:SECRET-KEY|PLUGIN-[A-Z0-9]{1,20})-(?:PQ-)?1[02-9AC-HJ-NP-Z]{40,}',
    examples: {
      match: ['AGE-SECRET-KEY-1<bech32:58>', 'AGE-PLUGIN-YUBIKEY-1<bech32:48>'],
      miss: ['AGE-SECRET-KEY-1QQQQ', 'AGE-PLUGIN-YUBIKEY'],
    },
  },
  {
    id: 'jwk-private',
    description: 'Private members of a JSON Web Key (RFC 7518 §6): d, p, q, dp, dq, qi of RSA and EC, k of oct',
    literals: ['kty'],
    before: `kty[^{}\\[\\]]*[^A-Za-z0-9](?:d|p|q|dp|dq|qi|k)${QUOTE}\\s{0,4}:\\s{0,4}${QUOTE}`,
    secret: '[A-Za-z0-9_-]{22,}',
    examples: {
      match: [
        '{"kty":"EC","crv":"P-256","x":"<base62:43>","d":"{{<base62:43:2>}}"}',
        '{\\"kty\\": \\"oct\\", \\"k\\": \\"{{<base62:43:2>}}\\"}',
      ],
      miss: ['{"kty":"EC","crv":"P-256","x":"<base62:43>","y":"<base62:43:2>"}'],
    },
  },
  {
    id: 'kubeconfig-key',
    description: 'Client key of a kubeconfig, base64 of PEM',
    literals: ['client-key-data'],
    before: `client-key-data${GETS}`,
    secret: '[A-Za-z0-9+/]{60,}={0,2}',
    examples: {
      match: ['client-key-data: {{<base64:400>==}}\n'],
      miss: ['client-certificate-data: <base64:80>', 'client-key-data: none'],
    },
  },
  {
    id: 'openshift-token',
    description: 'OpenShift OAuth access or authorize token',
    literals: ['sha256~'],
    secret: 'sha256~[A-Za-z0-9_-]{43}',
    notAfter: '[A-Za-z0-9_-]',
    examples: { match: ['sha256~<base62:43>'], miss: ['sha256~<base62:20>', 'sha256~<base62:60>'] },
  },
  {
    id: 'kubernetes-bootstrap-token',
    description: 'Kubernetes bootstrap token of kubeadm join --token',
    literals: ['--token ', 'token-secret', 'bootstrap-token'],
    inWord: true,
    before: `--token[ ]|token-secret${GETS}|bootstrap-token${GETS}`,
    secret: '(?:[a-z0-9]{6}\\.)?[a-z0-9]{16}',
    notAfter: '[A-Za-z0-9._-]',
    checks: ['generated'],
    examples: {
      match: [
        'kubeadm join 10.0.0.1:6443 --token {{<base36:6:5>.<base36:16:7>}} \\',
        'token-secret: {{<base36:16:6>}}\n',
      ],
      miss: ['kubeadm join --token abcdef.0123456789abcdef', '--token none'],
    },
  },
]

/** Secrets that only their name gives away: `name = value` in every spelling. Data, never code that scans. */
import type { Check } from '../checks.ts'
import type { MaskingRule, Sample } from '../rule.ts'
import { TAIL } from './naming.ts'
import { ANY, either, NOT_BARE_END, QUOTED, SPACED, spellings } from './spelling.ts'

const list = (words: string, last = ''): readonly string[] => words.split(', ').map((word) => word + last)

const PASSWORDS = list('password, passwd, passwort, passphrase, passcode, pwd, _pass, -pass, requirepass, masterauth')
const KEYS = list(
  'api, access, secret, app, application, service, account, subscription, license, admin, deploy, auth, server, project, ' +
    'integration, consumer, storage',
  ' key',
)
const CRYPTOGRAPHIC = list(
  'private, encryption, encrypt, validation, decryption, signing, sign, signature, master, session, hmac, aes, cookie, jwt, shared, crypto, root, hash',
  ' key',
)
const CREDENTIALS = list('credential, _auth, auth code, webhook url, otp seed, pepper, vault pass')

interface Names {
  readonly id: string
  readonly what: string
  /** More may follow them in a longer name. */
  readonly names: readonly string[]
  /** Nothing may follow these. */
  readonly exact?: readonly string[]
  /** Shortest value. Characters. */
  readonly least: number
  readonly quoted: Check
  readonly bare: Check
  /** Words that make another thing of it, where they stand directly before. */
  readonly notBehind?: readonly string[]
  /** What looks like it and is none. */
  readonly misses?: readonly Sample[]
}

/** Tokens that tell a place in a list, a form's origin, a device or a key's fingerprint: no credentials. */
const NO_CREDENTIALS =
  'page, next, previous, continuation, sync, cursor, scroll, resume, pagination, publickey, public_key, csrf, xsrf, ' +
  'requestverification, antiforgery, authenticity, device, push, apns, fcm, cancellation, erc20, bpe'

const KEY = { quoted: 'generated', bare: 'generated' } as const
const FAMILIES: readonly Names[] = [
  {
    id: 'password',
    what: 'password, passphrase or passcode',
    names: PASSWORDS,
    exact: ['pass', '_pw'],
    least: 7,
    quoted: 'password',
    bare: 'bare-password',
  },
  { id: 'secret', what: 'secret of a client, an application, a session', names: ['secret'], least: 10, ...KEY },
  {
    id: 'token',
    what: 'token of access, refresh, a session',
    names: ['token'],
    least: 14,
    quoted: 'token',
    bare: 'token',
    notBehind: list(NO_CREDENTIALS),
    misses: [
      '"nextPageToken": "<base62:24>"',
      'next_page_token: <base62:24>\n',
      'PublicKeyToken=<hex:16>',
      'const TOKEN_ADDRESS = "0x<hex:40>"',
      'image: token-service:<hex:40>',
      'csrf_token=<hex:40>',
      'device token: <hex:64>',
    ],
  },
  { id: 'api-key', what: 'key to an interface', names: KEYS, least: 14, ...KEY },
  { id: 'crypto-key', what: 'key that signs or encrypts', names: CRYPTOGRAPHIC, least: 14, ...KEY },
  { id: 'credential', what: 'credential under a general name', names: CREDENTIALS, least: 10, ...KEY },
]

const literalsOf = ({ names, exact = [] }: Names): readonly string[] => [...names.flatMap(spellings), ...exact]
const nameOf = ({ names, exact }: Names): string =>
  `(?:${either(names.flatMap(spellings))}${TAIL}${exact ? `|${either(exact)}` : ''})`
/** As the examples write it. */
const writtenOf = ({ names }: Names): string => names[0]!.replaceAll(' ', '_')

/** Characters of a value without quotes, and of its last one. */
const PLAIN = ['[A-Za-z0-9+/_!%~.-]', '[A-Za-z0-9+/_!%~-]'] as const
const PASSWORD = ['[A-Za-z0-9+/_!@#%^*~$?.-]', '[A-Za-z0-9+/_!@#%^*~$?-]'] as const

/** Values in quotes, up to the quote that ends them. */
const quoted = (family: Names): MaskingRule => ({
  id: family.id,
  description: `Value in quotes of something named as a ${family.what}`,
  literals: literalsOf(family),
  fold: true,
  inWord: true,
  ...(family.notBehind ? { notBehind: family.notBehind } : {}),
  before: `${nameOf(family)}${QUOTED}`,
  secret: `[^\\s"'\`\\\\<>]{${family.least},400}`,
  after: `["'\`\\\\]`,
  checks: [family.quoted],
  examples: { match: quotedSamples(writtenOf(family)), miss: missesOf(family) },
})

/** Values without quotes, up to white space or a mark. */
const bare = (family: Names): MaskingRule => ({
  id: `bare-${family.id}`,
  description: `Value without quotes of something named as a ${family.what}`,
  literals: literalsOf(family),
  fold: true,
  inWord: true,
  ...(family.notBehind ? { notBehind: family.notBehind } : {}),
  before: `${nameOf(family)}${SPACED}`,
  secret: bareValue(family.bare === 'bare-password' ? PASSWORD : PLAIN, family.least),
  notAfter: NOT_BARE_END,
  checks: [family.bare],
  examples: { match: bareSamples(writtenOf(family)), miss: missesOf(family) },
})

function bareValue([any, last]: readonly [string, string], least: number): string {
  return `(?:base64:)?${any}{${least - 1},300}${last}={0,2}`
}

function quotedSamples(name: string): readonly Sample[] {
  return [
    `const ${name} = "{{<base62:20>}}"`,
    `"${name}": "{{<base62:32:2>}}",`,
    `{\\"${name}\\": \\"{{<base62:28:4>}}\\"}`,
    `os.environ['${name.toUpperCase()}'] = '{{<base62:24:3>}}'`,
    `set("${name}", "{{<base62:24:5>}}")`,
    `{"name": "${name}", "value": "{{<base62:24:7>}}"}`,
    `| ${name} | \`{{<base62:24:6>}}\` |`,
    `string ${name} = @"{{<base62:24:5>}}";`,
    `variable "${name}" {\n  default = "{{<base62:24:5>}}"\n}`,
    `**${name}:** \`{{<base62:24:5>}}\``,
  ]
}

function bareSamples(name: string): readonly Sample[] {
  return [
    `export ${name.toUpperCase()}={{<base62:22:2>}}\nnext`,
    `${name}: {{<hex:40:3>}}\n`,
    `https://host.test/path?${name}={{<base62:24:5>}}&page=2`,
    `<${name}>{{<base62:24:6>}}</${name}>`,
    `| ${name} | {{<base62:24:7>}} |`,
    `the ${name} is {{<base62:24:9>}}.`,
    `tool --${name} {{<base62:24:8>}} run`,
    `# ${name}: {{<base62:24:5>}}`,
  ]
}

function missesOf(family: Names): readonly Sample[] {
  const name = writtenOf(family)
  return [
    ...(family.misses ?? []),
    `${name} = "changeme12345678901"`,
    `${name}: "$\{${name.toUpperCase()}_FROM_ENV_1}"`,
    `${name} = "process.env.SECRET_1"`,
    `${name}: "Enter your value 1 here"`,
    `${name} = getSecretValue2(name)`,
    `${name}=$(gh auth token)`,
    `const ${name} = platformUtils$1.getSafeProp(auth, 'x')`,
    `${name}=your_value_here_1234`,
    `${name}: vault:secret/data/app1#value`,
    `${name}_id = "<base62:24>"`,
    `${name}Name: tls-<hex:10>\n`,
    `${name}_url = "<base62:24>"`,
    `client(${name}=settings2.API_TOKEN)`,
  ]
}

const UUID = `[0-9a-f]{8}(?:\\-[0-9a-f]{4}){3}\\-[0-9a-f]{12}`
const UUID_NAMES = [
  'password',
  'secret',
  'token',
  ...spellings('api key'),
  ...spellings('access key'),
  ...spellings('auth key'),
]

export const ASSIGNMENT: readonly MaskingRule[] = [
  ...FAMILIES.map(quoted),
  ...FAMILIES.map(bare),
  {
    id: 'uuid-secret',
    description: 'UUID as the value of something whose name ends in password, secret, token or key',
    literals: UUID_NAMES,
    fold: true,
    inWord: true,
    before: `${either(UUID_NAMES)}${ANY}`,
    secret: UUID,
    notAfter: '[0-9A-Za-z-]',
    checks: ['entropy:2.8'],
    examples: {
      match: ['api_key: {{<hex:8>-<hex:4:2>-<hex:4:3>-<hex:4:4>-<hex:12:5>}}\n'],
      miss: [
        'token_id: <hex:8>-<hex:4:2>-<hex:4:3>-<hex:4:4>-<hex:12:5>',
        'token: 00000000-0000-0000-0000-000000000000',
      ],
    },
  },
]

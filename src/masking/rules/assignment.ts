/** Secrets that only their name gives away: `name = value` in every spelling. Data, never code that scans. */
import type { Check } from '../checks.ts'
import type { MaskingRule, Sample } from '../rule.ts'
import { BARE_END, either, QUOTED, SPACED, spellings, TAIL } from './spelling.ts'

/** A family of names: [id, what it is, names, shortest value, check in quotes, check without]. */
type Names = readonly [id: string, what: string, names: readonly string[], least: number, quoted: Check, bare: Check]

const PASSWORDS: readonly string[] = [
  'password',
  'passwd',
  'passwort',
  'passphrase',
  'passcode',
  'pwd',
  '_pass',
  '-pass',
  'requirepass',
  'masterauth',
]
const KEYS: readonly string[] = [
  ...[
    'api key',
    'access key',
    'app key',
    'application key',
    'service key',
    'account key',
    'subscription key',
    'license key',
  ],
  ...[
    'admin key',
    'deploy key',
    'auth key',
    'server key',
    'project key',
    'integration key',
    'consumer key',
    'storage key',
  ],
]
const CRYPTOGRAPHIC: readonly string[] = [
  ...[
    'private key',
    'encryption key',
    'encrypt key',
    'signing key',
    'sign key',
    'signature key',
    'master key',
    'session key',
  ],
  ...[
    'hmac key',
    'aes key',
    'cookie key',
    'jwt key',
    'shared key',
    'crypto key',
    'root key',
    'secret key base',
    'hash key',
  ],
]
const CREDENTIALS: readonly string[] = [
  'credential',
  'auth code',
  'authcode',
  'webhook url',
  'otp seed',
  'pepper',
  'vault pass',
]

const FAMILIES: readonly Names[] = [
  ['password', 'password, passphrase or passcode', PASSWORDS, 7, 'password', 'bare-password'],
  ['secret', 'secret of a client, an application, a session', ['secret'], 10, 'generated', 'generated'],
  ['token', 'token of access, refresh, a session, a device', ['token'], 14, 'generated', 'generated'],
  ['api-key', 'key to an interface', KEYS, 14, 'generated', 'generated'],
  ['crypto-key', 'key that signs or encrypts', CRYPTOGRAPHIC, 14, 'generated', 'generated'],
  ['credential', 'credential under a general name', CREDENTIALS, 10, 'generated', 'generated'],
]

/** Characters of a value without quotes, and of its last one. */
const PLAIN = ['[A-Za-z0-9+/_!%~.-]', '[A-Za-z0-9+/_!%~-]'] as const
const PASSWORD = ['[A-Za-z0-9+/_!@#%^*~$.-]', '[A-Za-z0-9+/_!@#%^*~$-]'] as const

/** Values in quotes, up to the quote that ends them. */
const quoted = ([id, what, names, least, check]: Names): MaskingRule => ({
  id,
  description: `Value in quotes of something named as a ${what}`,
  literals: names.flatMap(spellings),
  fold: true,
  inWord: true,
  before: `${either(names.flatMap(spellings))}${TAIL}${QUOTED}`,
  secret: `[^\\s"'\`\\\\<>]{${least},400}`,
  after: `["'\`\\\\]`,
  checks: [check],
  examples: { match: quotedSamples(names[0]!.replaceAll(' ', '_')), miss: misses(names[0]!.replaceAll(' ', '_')) },
})

/** Values without quotes, up to white space or a mark. */
const bare = ([id, what, names, least, , check]: Names): MaskingRule => ({
  id: `bare-${id}`,
  description: `Value without quotes of something named as a ${what}`,
  literals: names.flatMap(spellings),
  fold: true,
  inWord: true,
  before: `${either(names.flatMap(spellings))}${TAIL}${SPACED}`,
  secret: bareValue(check === 'bare-password' ? PASSWORD : PLAIN, least),
  after: BARE_END,
  checks: [check],
  examples: { match: bareSamples(names[0]!.replaceAll(' ', '_')), miss: misses(names[0]!.replaceAll(' ', '_')) },
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
  ]
}

function misses(name: string): readonly Sample[] {
  return [
    `${name} = "changeme12345678901"`,
    `${name}: "$\{${name.toUpperCase()}_FROM_ENV_1}"`,
    `${name} = "process.env.SECRET_1"`,
    `${name}: "Enter your value 1 here"`,
    `${name} = getSecretValue2(name)`,
    `${name}=$(gh auth token)`,
    `${name}=your_value_here_1234`,
    `${name}: vault:secret/data/app1#value`,
    `${name}_id = "<base62:24>"`,
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
    before: `${either(UUID_NAMES)}${SPACED}(?:\\\\{0,4}["'\`])?`,
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

/** Secrets that only their name gives away: name = "value", headers, environment lines. Kept conservative. */
import type { MaskingRule } from '../rule.ts'
import { BASE62, sample } from './sample.ts'

const NAMES = [
  ...['password', 'passwd', 'passphrase', 'secret', 'api_key', 'apikey', 'api-key', 'token', 'credential'],
  ...[
    'access_key',
    'accesskey',
    'access-key',
    'private_key',
    'auth_key',
    'encryption_key',
    'signing_key',
    'pwd',
    '_pass',
  ],
]
const NAME = `(?:${NAMES.map((name) => name.replaceAll('-', '\\-')).join('|')})`

const ENV_NAMES = [
  ...['password', 'passwd', 'passphrase', '_pass', '_pwd', 'secret', 'token'],
  ...['api_key', 'apikey', 'secret_key', 'private_key', 'access_key', 'auth_key'],
]

export const ASSIGNMENT: readonly MaskingRule[] = [
  {
    id: 'assigned-secret',
    description: 'Quoted value of something named password, secret, token, api_key and the like',
    literals: NAMES,
    fold: true,
    inWord: true,
    before: `${NAME}[A-Za-z0-9_-]{0,16}(?:\\\\{0,4}["'\`])?\\]?\\s{0,8}(?:=>|:=|==?|:)\\s{0,8}@?\\\\{0,4}["'\`]`,
    secret: `[^\\s"'\`\\\\<>]{8,200}`,
    after: `["'\`\\\\]`,
    checks: ['assigned'],
    examples: {
      match: [
        () => ['const dbPassword = "', `Tr0ub4dor&${sample(BASE62, 3)}`, '"'],
        () => ['"api_key": "', sample(BASE62, 32), '",'],
        () => ["os.environ['CLIENT_SECRET'] = '", sample(BASE62, 24, 3), "'"],
        () => ['{\\"auth_token\\": \\"', sample(BASE62, 28, 4), '\\"}'],
      ],
      miss: [
        () => 'password = "changeme123"',
        () => 'token: "$' + '{TOKEN_FROM_ENV_1}"',
        () => 'secret = "process.env.SECRET_1"',
        () => 'password: "Enter your password"',
        () => 'tokenType = "access_token"',
        () => 'apiKey: "YOUR_API_KEY_42"',
      ],
    },
  },
  {
    id: 'environment-secret',
    description: 'Unquoted value of name_secret=…, as in .env files, shells and logs',
    literals: ENV_NAMES.map((name) => `${name}=`),
    fold: true,
    inWord: true,
    before: `(?:${ENV_NAMES.join('|')})=`,
    secret: '[A-Za-z0-9+/=_!@#%^*~:-]{8,200}',
    notAfter: `[A-Za-z0-9+/=_!@#%^*~:.("'\`$[{-]`,
    checks: ['assigned'],
    examples: {
      match: [() => ['export DB_PASSWORD=', `hunter2X!${sample(BASE62, 5)}`, '\nnext']],
      miss: [
        () => 'TOKEN=$(gh auth token)',
        () => 'API_KEY=your_api_key_here1',
        () => 'PASSWORD=secret',
        () => 'client(token=settings2.API_TOKEN)',
      ],
    },
  },
  {
    id: 'authorization',
    description: 'Credential of an Authorization header (RFC 9110 §11.6.2), bearer or basic',
    literals: ['authorization'],
    fold: true,
    before: `authorization(?:\\\\{0,4}["'\`])?\\s{0,4}[:=,]\\s{0,4}(?:\\\\{0,4}["'\`])?(?:bearer|basic|token)\\s{1,4}`,
    secret: '[A-Za-z0-9_~+/.=-]{15,511}[A-Za-z0-9_~+/=-]',
    notAfter: '[A-Za-z0-9_~+/=-]',
    checks: ['mixed', 'no-stand-in'],
    examples: {
      match: [() => ['curl -H "Authorization: Bearer ', sample(BASE62, 40), '"']],
      miss: [() => 'Authorization: Bearer YOUR_TOKEN_HERE_123', () => 'authorization: bearer token'],
    },
  },
]

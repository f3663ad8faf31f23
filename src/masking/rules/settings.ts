/** Passwords in lines of configuration files that name them by place. Data, never code that scans. */
import type { Check } from '../checks.ts'
import type { MaskingRule, Sample } from '../rule.ts'
import { either } from './spelling.ts'

interface Line {
  readonly id: string
  readonly what: string
  readonly literals: readonly string[]
  /** From the literal's end to the secret. */
  readonly to: string
  readonly secret?: string
  readonly after?: string
  readonly inWord?: true
  readonly check?: Check
  readonly match: readonly Sample[]
  readonly miss: readonly Sample[]
}

const VALUE = `[^\\s"'\`\\\\<>;,]{7,128}`

const LINES: readonly Line[] = [
  {
    id: 'pre-shared-key',
    what: 'pre-shared key of a wireless network or a tunnel (wpa_supplicant, NetworkManager, ipsec.secrets)',
    literals: ['psk=', 'psk =', 'psk: ', 'PSK ', 'psk '],
    to: `\\s{0,4}["']?`,
    match: [
      'network={\n  ssid="home"\n  psk="{{Zx9!<base62:7>}}"\n}',
      '10.0.0.1 : PSK "{{Zx9!<base62:7>}}"',
      'psk={{Zx9!<base62:7>}}\n',
    ],
    miss: ['key-mgmt=wpa-psk', 'psk="your passphrase"', 'PSK authentication2'],
  },
  {
    id: 'ldap-root-password',
    what: 'root of an OpenLDAP directory',
    literals: ['rootpw ', 'rootpw\t'],
    to: '\\s{0,8}',
    match: ['rootdn cn=admin\nrootpw {{Zx9!<base62:7>}}\n'],
    miss: ['rootpw {SSHA}', 'rootpw secret'],
  },
  {
    id: 'network-device-password',
    what: 'user or line of a router or switch (secret 0 …, password 7 …)',
    literals: [
      'secret 0 ',
      'secret 5 ',
      'secret 8 ',
      'secret 9 ',
      'password 0 ',
      'password 7 ',
      'key 0 ',
      'key 7 ',
      'sha256-password ',
    ],
    to: '',
    match: [
      'username me privilege 15 password 0 {{Zx9!<base62:7>}}\n',
      'enable secret 9 {{$9$<base62:14>$<base62:40>}}\n',
    ],
    miss: ['secret 0 and secret 1', 'the key 7 opens it'],
  },
  {
    id: 'proxy-credential',
    what: 'statistics page, user of HAProxy or of a Redis access list',
    literals: ['stats auth ', 'insecure-password ', ' on >'],
    inWord: true,
    to: '(?:[A-Za-z0-9_.-]{1,40}:)?',
    secret: `[^\\s"'\`\\\\<>;,:]{7,128}`,
    match: ['  stats auth me:{{Zx9!<base62:7>}}\n', 'user default on >{{Zx9!<base62:7>}} ~* +@all'],
    miss: ['stats auth admin:password', 'turned on >more'],
  },
  {
    id: 'snmp-user',
    what: 'SNMPv3 user: createUser name SHA "…"',
    literals: ['createUser '],
    to: `[^\\s]{1,40}[ ](?:MD5|SHA)(?:-\\d{1,3})?[ ]["']?`,
    match: ['createUser me SHA "{{Zx9!<base62:7>}}" AES\n'],
    miss: ['createUser (name)', 'createUser me SHA "password" AES'],
  },
  {
    id: 'sasl-password',
    what: 'line of Postfix’s sasl_passwd: [host]:587 user:password',
    literals: [']:587 ', ']:465 ', ']:25 '],
    inWord: true,
    to: '\\s{0,8}[^\\s:]{1,80}:',
    match: ['[smtp.acme.test]:587 mailer:{{Zx9!<base62:7>}}\n'],
    miss: ['[::1]:587 is open'],
  },
  {
    id: 'oracle-thin-password',
    what: 'jdbc:oracle:thin:user/password@…',
    literals: ['jdbc:oracle:'],
    to: '(?:thin|oci8?):[A-Za-z0-9_$#]{1,40}/',
    secret: `[^\\s"'\`@/<>]{4,64}`,
    after: '[@]',
    check: 'address-password',
    match: ['jdbc:oracle:thin:app/{{<base62:14>}}@db:1521/ORCL'],
    miss: ['jdbc:oracle:thin:@db:1521/ORCL', 'jdbc:oracle:thin:scott/tiger@db:1521/X'],
  },
  {
    id: 'pgpass-other-port',
    what: 'line of a .pgpass file with another port',
    literals: [':5433:', ':6432:', ':6543:', ':26257:', ':5439:'],
    inWord: true,
    to: '[A-Za-z0-9_*-]{1,63}:[A-Za-z0-9_*.-]{1,63}:',
    match: ['db.internal:6432:main:app:{{Zx9!<base62:7>}}\n'],
    miss: ['host:5433:5433', 'db:6432:main:app:password'],
  },
  {
    id: 'composer-bearer',
    what: 'bearer token of Composer’s auth.json',
    literals: ['"bearer"'],
    inWord: true,
    to: '\\s{0,4}:\\s{0,4}\\{\\s{0,8}"[^"\\n]{1,80}"\\s{0,4}:\\s{0,4}"',
    check: 'credential',
    match: ['{"bearer": {"repo.acme.test": "{{<hex:40>}}" } }'],
    miss: ['{"bearer": {"repo.acme.test": "token"}}', '"bearer": "http"'],
  },
  {
    id: 'encoded-password',
    what: 'element of FileZilla and others with encoding="base64"',
    literals: ['encoding="base64">'],
    inWord: true,
    to: '',
    secret: '[A-Za-z0-9+/]{8,200}={0,2}',
    after: '[<]',
    check: 'base64-secret',
    match: [`<Pass encoding="base64">{{${btoa('Zx9!kPw3vTq')}}}</Pass>`],
    miss: [`<Pass encoding="base64">${btoa('password')}</Pass>`, '<data encoding="base64">'],
  },
  {
    id: 'server-crypto-key',
    what: 'machineKey of ASP.NET: validationKey, decryptionKey',
    literals: ['validationKey="', 'decryptionKey="'],
    to: '',
    secret: '[0-9A-Fa-f]{32,128}',
    check: 'varied',
    match: ['<machineKey validationKey="{{<HEX:128>}}" />'],
    miss: ['<machineKey validationKey="AutoGenerate,IsolateApps" />'],
  },
  {
    id: 'wordpress-salt',
    what: 'keys and salts of WordPress',
    literals: ['AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT'],
    inWord: true,
    to: `["'],?\\s{0,8}["']`,
    secret: '[ !#-&(-~]{32,80}',
    after: `["']`,
    check: 'entropy:4',
    match: [`define('SECURE_AUTH_KEY', '{{<base62:20>|*<base62:20:2>=^ <base62:20:3>}}');`],
    miss: [`define('AUTH_KEY', 'put your unique phrase here');`, `define('AUTH_KEY', getenv('AUTH_KEY_1'));`],
  },
]

export const SETTINGS: readonly MaskingRule[] = [
  ...LINES.map(
    ({ id, what, literals, to, secret = VALUE, after, inWord, check = 'bare-password', match, miss }): MaskingRule => ({
      id,
      description: `Configuration: ${what}`,
      literals,
      ...(inWord ? { inWord } : {}),
      before: `${either(literals)}${to}`,
      secret,
      ...(after ? { after } : { notAfter: '[A-Za-z0-9]' }),
      checks: [check],
      examples: { match, miss },
    }),
  ),
  {
    id: 'openvpn-static-key',
    description: 'Static key of OpenVPN, from its first line on',
    source: 'community.openvpn.net: --secret, --tls-auth',
    literals: ['-----BEGIN OpenVPN Static key V1-----'],
    before: '-----BEGIN OpenVPN Static key V1-----(?:\\s|\\\\{1,4}[nr]){1,4}',
    secret: '[0-9a-f]{32}(?:(?:\\s|\\\\{1,4}[nr]){1,4}[0-9a-f]{32}){3,15}',
    examples: {
      match: ['-----BEGIN OpenVPN Static key V1-----\n{{<hex:32>\n<hex:32:2>\n<hex:32:3>\n<hex:32:4>}}\n-----END'],
      miss: ['-----BEGIN OpenVPN Static key V1-----\nnone'],
    },
  },
]

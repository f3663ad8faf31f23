/** Credentials as arguments of calls that take them by place: `basicAuth("user", "…")`. Data, never code that scans. */
import type { Check } from '../checks.ts'
import type { MaskingRule, Sample } from '../rule.ts'
import { either } from './spelling.ts'

const QUOTE = `\\\\{0,4}["'\`]`
/** One argument that is not the secret: a string, or an expression without brackets in brackets. */
const OTHER = `(?:[^,()"'\`;]{0,60}(?:\\([^()]{0,60}\\))?|[@bfru$]{0,2}(?:${QUOTE})[^"'\`\\n]{0,120}["'\`])`

interface Call {
  readonly id: string
  readonly what: string
  /** In lower case, as they are written before the bracket. */
  readonly names: readonly string[]
  /** How many arguments stand before the secret, at most. */
  readonly after: 1 | 2 | 3
  readonly check: Check
  readonly match: readonly Sample[]
  readonly miss: readonly Sample[]
}

const CALLS: readonly Call[] = [
  {
    id: 'call-basic-auth',
    what: 'user and password of HTTP authentication, mail or a login',
    names: [
      ...['basicauth', 'basic_auth', 'basicauthentication', 'digestauth', 'networkcredential', 'credentials.basic'],
      ...['usernamepasswordcredentials', 'usernamepasswordcredential', 'passwordauthentication', 'pscredential'],
      ...['usernamepasswordauthenticationtoken', '.login', '.authenticate', 'auth=', 'auth = ', 'auth: '],
    ],
    after: 1,
    check: 'password',
    match: [
      'req.SetBasicAuth("deploy", "{{Zx9!<base62:9>}}")',
      "requests.get(url, auth=('me', '{{Zx9!<base62:9>}}'))",
      'smtp.login("bot@acme.test", "{{Zx9!<base62:9>}}")',
    ],
    miss: [
      'req.SetBasicAuth(user, password)',
      'auth=("user", "password")',
      'page.login("first.last@acme.test", "second.last@acme.test")',
    ],
  },
  {
    id: 'call-connect',
    what: 'user and password of a database',
    names: ['getconnection', 'dbi->connect', 'new pdo', 'mysqli_connect', 'new mysqli', 'mysql_connect', 'oci_connect'],
    after: 3,
    check: 'password',
    match: [
      'DriverManager.getConnection(url, "app", "{{Zx9!<base62:9>}}")',
      "new PDO('mysql:host=db;dbname=shop', 'app', '{{Zx9!<base62:9>}}')",
      'DBI->connect($dsn, "app", "{{Zx9!<base62:9>}}")',
    ],
    miss: ["new PDO('mysql:host=db', $user, $pass)", 'getConnection("jdbc/main_db_1", "app")'],
  },
  {
    id: 'call-sign',
    what: 'key that signs or checks a token or a message',
    names: [
      'jwt.sign',
      'jwt.verify',
      'jwt.encode',
      'jwt.decode',
      'createhmac',
      'hmac.new',
      'aes.encrypt',
      'aes.decrypt',
    ],
    after: 1,
    check: 'generated',
    match: [
      "jwt.sign({ sub: id }, '{{<base62:32>}}')",
      "crypto.createHmac('sha256', '{{<hex:40>}}')",
      'jwt.decode(token, "{{<base62:40>}}", algorithms=["HS256"])',
    ],
    miss: ["jwt.sign(payload, process.env.JWT_SECRET_1, { expiresIn: '12h34m56s' })", "createHmac('sha256', key)"],
  },
]

/** Objects in braces count as one argument, for payloads. */
const ARGUMENT = `(?:${OTHER}|\\{[^{}]{0,200}\\})\\s{0,40},\\s{0,40}`

export const CALL_RULES: readonly MaskingRule[] = [
  ...CALLS.map(({ id, what, names, after, check, match, miss }): MaskingRule => {
    const called = names.map((name) => `${name}(`)
    return {
      id,
      description: `Argument of a call: ${what}`,
      literals: called,
      fold: true,
      inWord: true,
      before: `${either(called)}\\s{0,40}(?:${ARGUMENT}){1,${after}}[@bfru$]{0,2}${QUOTE}`,
      secret: `[^\\s"'\`\\\\]{8,200}`,
      after: `["'\`\\\\]`,
      checks: [check],
      examples: { match, miss },
    }
  }),
  {
    id: 'secure-string',
    description: 'Password that PowerShell makes a secure string of: ConvertTo-SecureString "…"',
    source: 'learn.microsoft.com: ConvertTo-SecureString',
    literals: ['convertto-securestring'],
    fold: true,
    before: `convertto-securestring(?:[ ]{1,4}-(?:string|asplaintext|force))*[ ]{1,4}${QUOTE}`,
    secret: `[^\\s"'\`]{7,200}`,
    after: `["']`,
    checks: ['password'],
    examples: {
      match: [
        'ConvertTo-SecureString "{{Zx9!<base62:9>}}" -AsPlainText -Force',
        "ConvertTo-SecureString -String '{{Zx9!<base62:9>}}' -AsPlainText",
      ],
      miss: ['ConvertTo-SecureString $env:PASSWORD1 -AsPlainText', 'ConvertTo-SecureString "password" -AsPlainText'],
    },
  },
]

/** Credentials in sentences and tables, where a pair or a column tells. Data, never code that scans. */
import type { MaskingRule } from '../rule.ts'

const VALUE = `[^\\s"'\`\\\\<>|,;]{6,127}[^\\s"'\`\\\\<>|,;.:)]`

export const PROSE: readonly MaskingRule[] = [
  {
    id: 'credential-pair',
    description: 'Password behind a user: login: user / password, credentials user:password',
    literals: ['login', 'log in', 'credentials', 'creds', 'credential'],
    fold: true,
    before:
      '(?:login|log in|credentials?|creds)(?:[ ](?:with|as|is|are|for[ ][a-z0-9 ]{1,30}))?[ ]?:?[ ]{1,2}`?[a-z0-9_.@-]{1,60}`?(?:[ ]?[/:|][ ]?|[ ]and[ ])`?',
    secret: VALUE,
    notAfter: '[A-Za-z0-9]',
    checks: ['bare-password'],
    examples: {
      match: [
        'login: me / {{Zx9!<base62:7>}}',
        'Log in with admin / {{Zx9!<base62:7>}} on the box',
        'credentials: me:{{Zx9!<base62:7>}}\n',
      ],
      miss: ['login: user / password', 'login with GitHub and Google2FA', 'credentials: https://x.test/a1'],
    },
  },
  {
    id: 'password-column',
    description: 'Last column of a table in markdown, or of comma-separated values, that is headed as a password',
    literals: [
      '| password',
      '| passwort',
      '| secret',
      '| token',
      '| api key',
      ',password',
      ',passwd',
      ',secret',
      ',api_key',
      ',token',
    ],
    fold: true,
    inWord: true,
    before:
      '\\| (?:password|passwort|secret|token|api key)[ ]{0,20}\\|[ ]{0,4}\\r?\\n[ |:-]{3,200}\\r?\\n(?:\\|[^\\n]*\\|[ ]{0,4}\\r?\\n)*\\|(?:[^|\\n]*\\|)*[ ]{0,20}`?' +
      '|,(?:password|passwd|secret|api_key|token)"?\\r?\\n(?:[^\\n{}()=]*,[^\\n{}()=]*\\n)*(?:[^,\\n{}()=]*,)+"?',
    secret: VALUE,
    after: '`?[ ]{0,40}[|][ ]{0,4}(?:[\\r\\n]|$)|"?(?:[\\r\\n]|$)',
    checks: ['bare-password'],
    examples: {
      match: [
        '| user | password |\n|---|---|\n| me | {{Zx9!<base62:7>}} |\n',
        'id,name,password\n1,bob,x\n2,ann,{{Zx9!<base62:7>}}\n',
      ],
      miss: [
        '| user | password |\n|---|---|\n| Zx9!kPw3vT | x |\n',
        'name,password\nZx9!kPw3vT,x\n',
        '| password | must be set |\n',
      ],
    },
  },
]

/** Passwords in SQL statements. Data, never code that scans. */
import type { MaskingRule } from '../rule.ts'

const VALUE = `[^\\s"'\`\\\\]{7,128}`

export const SQL: readonly MaskingRule[] = [
  {
    id: 'sql-identified-by',
    description: 'Password of a database user: IDENTIFIED BY, IDENTIFIED WITH … BY (MySQL, MariaDB, Oracle)',
    source: 'dev.mysql.com: CREATE USER; docs.oracle.com: CREATE USER, CREATE DATABASE LINK',
    literals: ['identified '],
    fold: true,
    before: `identified\\s{1,8}(?:with\\s{1,4}[a-z0-9_'"]{1,40}\\s{1,4})?(?:by|as)\\s{1,8}(?:password\\s{1,4})?\\\\{0,4}["'\`]`,
    secret: VALUE,
    after: `["'\`\\\\]`,
    checks: ['password'],
    examples: {
      match: [
        "CREATE USER 'app'@'%' IDENTIFIED BY '{{Zx9!<base62:9>}}';",
        "alter user app identified with caching_sha2_password by '{{Zx9!<base62:9>}}'",
        'CREATE DATABASE LINK l CONNECT TO u IDENTIFIED BY "{{Zx9!<base62:9>}}"',
      ],
      miss: ["CREATE USER app IDENTIFIED BY 'password'", 'rows are identified by "first_name_1"'],
    },
  },
  {
    id: 'sql-insert-password',
    description: 'Value of an INSERT whose columns name a password, secret or token',
    source: 'ISO/IEC 9075-2: insert statement',
    literals: ['insert into'],
    fold: true,
    before: `insert into[^;()]+\\([^;()]*(?:passw|secret|token|api_?key)[^;()]*\\)(?:\\s|\\\\{1,4}n){0,20}values(?:\\s|\\\\{1,4}n){0,20}\\((?:[^;)]*,)?\\s{0,20}n?\\\\{0,4}'`,
    secret: VALUE,
    after: `['\\\\]`,
    checks: ['password'],
    examples: {
      match: [
        "INSERT INTO users (name, password) VALUES ('bob', '{{Zx9!<base62:9>}}');",
        "INSERT INTO t (id, api_token)\\nVALUES (1, '{{<base62:32>}}')",
      ],
      miss: [
        "INSERT INTO users (name, mail) VALUES ('Zx9!kPw3vTq7', 'x')",
        "insert into users (password) values ('?')",
      ],
    },
  },
]

/** Passwords on further command lines, where an option of its own bears them. Data, never code that scans. */
import type { MaskingRule, Sample } from '../rule.ts'
import { command } from './shell.ts'

/** [id, what, command, option that precedes the secret, a match, a miss]. */
const ROWS: readonly (readonly [
  id: string,
  what: string,
  command: string,
  option: string,
  match: Sample,
  miss: Sample,
])[] = [
  [
    'lftp-command',
    'lftp -u user,password',
    'lftp',
    '[ ]\\-u[ ]?[A-Za-z0-9_.@-]{1,40},',
    'lftp -u me,{{Zx9!<base62:9>}} sftp://h',
    'lftp -u me sftp://h',
  ],
  ['unzip-command', 'unzip -P', 'unzip', '[ ]\\-P[ ]?', 'unzip -P {{Zx9!<base62:9>}} a.zip', 'unzip -o a.zip -d out1'],
  ['seven-zip-command', '7z -p', '7z', '[ ]\\-p', '7z x -p{{Zx9!<base62:9>}} a.7z', '7z x -pPASSWORD a.7z'],
  [
    'gpg-command',
    'gpg --passphrase',
    'gpg',
    '[ ]\\-\\-passphrase[= ]',
    'gpg --batch --passphrase {{Zx9!<base62:9>}} -d a',
    'gpg --passphrase-file /run/p1',
  ],
  [
    'openssl-key',
    'openssl enc -k, -K',
    'openssl enc',
    '[ ]\\-[kK][ ]',
    'openssl enc -aes-256-cbc -k {{Zx9!<base62:9>}} -in a',
    'openssl enc -kfile key1',
  ],
  [
    'mosquitto-command',
    'mosquitto_pub, mosquitto_sub -P',
    'mosquitto_',
    '[ ](?:\\-P|\\-\\-pw)[ ]',
    'mosquitto_pub -u me -P {{Zx9!<base62:9>}} -t a',
    'mosquitto_sub -h host -p 1883',
  ],
  [
    'nuget-command',
    'dotnet nuget push -k, --api-key',
    'nuget push',
    '[ ](?:\\-k|\\-\\-api-key|\\-ApiKey)[ ]',
    'dotnet nuget push a.nupkg -k {{<hex:40>}} -s n',
    'nuget push a.nupkg -s https://n',
  ],
  [
    'gh-secret-command',
    'gh secret set -b, --body',
    'gh secret set',
    '[ ](?:\\-b[ =]?|\\-\\-body[ =])',
    'gh secret set DEPLOY -b"{{<hex:40>}}" -R a/b',
    'gh secret set DEPLOY < file1',
  ],
  [
    'key-vault-command',
    'az keyvault secret set --value',
    'az keyvault secret set',
    '[ ]\\-\\-value[ =]',
    'az keyvault secret set -n a --value "{{Zx9!<base62:9>}}"',
    'az keyvault secret set --file ./a1',
  ],
  [
    'cf-login',
    'cf, ibmcloud login -p',
    'cf login',
    '[ ]\\-p[ ]',
    'cf login -u me -p {{Zx9!<base62:9>}}',
    'cf login --sso',
  ],
  [
    'bw-login',
    'bw login mail password',
    'bw login',
    '[ ][^ \\n]{1,60}@[^ \\n]{1,60}[ ]',
    'bw login me@acme.test {{Zx9!<base62:9>}}',
    'bw login me@acme.test --method 0',
  ],
  [
    'nmcli-command',
    'nmcli … password',
    'nmcli',
    '[ ](?:password|wifi-sec\\.psk)[ ]',
    'nmcli dev wifi connect home password {{Zx9!<base62:9>}}',
    'nmcli dev wifi list',
  ],
]

const AWS = '[ ](?:[^\\n;|\\\\]|\\\\[\\s\\S])*[ ]\\-\\-(?:secret-string|value)[ =]["\']?'
const VALUE = `[^\\s:"'\`\\\\$<>|&;(){}]{7,128}`

/** Where what follows tells, too. */
const OTHERS: readonly MaskingRule[] = [
  {
    id: 'net-use-command',
    description: 'Password on a command line: net use, in front of /user:',
    literals: ['net use'],
    fold: true,
    before: 'net use(?:[ ][a-z]:|[ ][*])?[ ]\\\\{2,4}[^ \\n]{3,80}[ ]',
    secret: VALUE,
    after: '[ ]/[uUpP]',
    checks: ['bare-password'],
    examples: {
      match: ['net use Z: \\\\srv\\share {{Zx9!<base62:9>}} /user:me'],
      miss: ['net use Z: \\\\srv\\share Zx9!<base62:9>', 'net use Z: \\\\srv\\share /persistent:no'],
    },
  },
  {
    id: 'piped-password',
    description: 'Password that echo or printf hands to sudo -S, chpasswd or a store of secrets',
    literals: ['echo ', 'printf '],
    before: `(?:echo|printf)[ ](?:-n[ ])?["']?(?:[a-z][a-z0-9_-]{0,31}:)?`,
    secret: VALUE,
    after:
      '["\']?[ ]?[|][ ]?(?:sudo[ ](?:-S|chpasswd)|chpasswd|passwd|gcloud secrets|docker secret|docker login|gpg[ ]|openssl[ ])',
    checks: ['bare-password'],
    examples: {
      match: [
        "echo 'root:{{Zx9!<base62:9>}}' | chpasswd",
        'echo "{{Zx9!<base62:9>}}" | sudo -S apt update',
        'printf "{{Zx9!<base62:9>}}" | gcloud secrets create db --data-file=-',
      ],
      miss: ['echo "Zx9!<base62:9>" | tee a.txt', 'echo "$PASSWORD1" | docker login --password-stdin'],
    },
  },
  {
    id: 'aws-secret-command',
    description: 'Value on a command line: aws secretsmanager --secret-string, aws ssm put-parameter --value',
    source: 'docs.aws.amazon.com: AWS CLI command reference',
    literals: ['aws secretsmanager', 'aws ssm'],
    before: `aws (?:secretsmanager|ssm)${AWS}`,
    secret: VALUE,
    checks: ['bare-password'],
    examples: {
      match: [
        'aws secretsmanager create-secret --name db --secret-string "{{Zx9!<base62:9>}}"',
        "aws ssm put-parameter --name /db/pw --type SecureString --value '{{Zx9!<base62:9>}}'",
      ],
      miss: ['aws secretsmanager get-secret-value --secret-id db-1', 'aws ssm put-parameter --value "$DB_PW1"'],
    },
  },
]

export const COMMAND_LINES: readonly MaskingRule[] = [
  ...ROWS.map(([id, what, literal, option, match, miss]) =>
    command([id, what, literal, option], { match: [match], miss: [miss] }),
  ),
  ...OTHERS,
]

/** Credentials in commands and in the files that command-line tools keep. Data, never code that scans. */
import type { MaskingRule } from '../rule.ts'
import { ANY, either } from './spelling.ts'

const WORD = `[^\\s"'\`\\\\$<>|&;(){}]`
/** The rest of a command up to the option that bears the password; a backslash carries it over the end of a line. */
const OPTIONS = '(?:[^\\n;|\\\\]|\\\\[\\s\\S])*'

/** [id, what, commands, option that precedes the password, longest user before a colon]. */
const COMMANDS: readonly (readonly [id: string, what: string, command: string, option: string])[] = [
  ['mysql-command', 'mysql, mysqldump, mysqladmin -p…', 'mysql', '[ ](?:\\-p|\\-\\-password[= ])'],
  ['mariadb-command', 'mariadb -p…', 'mariadb', '[ ](?:\\-p|\\-\\-password[= ])'],
  ['sshpass-command', 'sshpass -p', 'sshpass', '[ ]\\-p[ ]?'],
  ['docker-login', 'docker or podman login -p', 'docker login', '[ ](?:\\-p|\\-\\-password)[= ]'],
  ['podman-login', 'podman login -p', 'podman login', '[ ](?:\\-p|\\-\\-password)[= ]'],
  ['helm-registry-login', 'helm registry login -p', 'helm registry login', '[ ](?:\\-p|\\-\\-password)[= ]'],
  ['az-login', 'az login -p', 'az login', '[ ](?:\\-p|\\-\\-password)[= ]'],
  ['oc-login', 'oc login -p', 'oc login', '[ ](?:\\-p|\\-\\-password|\\-\\-token)[= ]'],
  ['sqlcmd-command', 'sqlcmd -P', 'sqlcmd', '[ ]\\-P[ ]?'],
  ['redis-command', 'redis-cli -a', 'redis-cli', '[ ](?:\\-a|\\-\\-pass)[ ]'],
  ['mongo-command', 'mongosh, mongodump -p', 'mongo', '[ ](?:\\-p|\\-\\-password)[= ]?'],
  ['ldap-command', 'ldapsearch, ldapadd, ldapmodify -w', 'ldap', '[ ]\\-w[ ]'],
  ['smbclient-command', 'smbclient -U user%password', 'smbclient', `[ ]\\-U[ ]?["']?[A-Za-z0-9_.\\\\-]{1,40}%`],
  ['rdesktop-command', 'rdesktop, xfreerdp /p:', 'xfreerdp', '[ ]/p:'],
  ['snmp-command', 'snmpwalk -A, -X', 'snmp', '[ ]\\-[AX][ ]'],
  ['keytool-command', 'keytool, jarsigner -storepass', 'keytool', '[ ]\\-(?:storepass|keypass)[ ]'],
  ['openssl-pass', 'openssl -passin, -passout pass:', 'openssl', '[ ]\\-pass(?:in|out)?[ ]["\']?pass:'],
  ['wget-password', 'wget --password', 'wget', '[ ]\\-\\-(?:http\\-|ftp\\-)?password[= ]'],
  [
    'htpasswd-command',
    'htpasswd -b file user password',
    'htpasswd',
    '[ ]\\-[A-Za-z]*b[A-Za-z]*(?:[ ][^ \\n]{1,80}){2}[ ]',
  ],
  ['net-user-command', 'net user name password /add', 'net user', '[ ][A-Za-z0-9_.-]{1,40}[ ]'],
]

/** The rule for a secret that stands behind an option of a command. */
export const command = (
  [id, what, literal, option]: (typeof COMMANDS)[number],
  examples: MaskingRule['examples'],
): MaskingRule => ({
  id,
  description: `Password on a command line: ${what}`,
  literals: [literal],
  before: `${either([literal])}[a-z0-9]{0,12}${OPTIONS}${option}["']?`,
  secret: `${WORD}{6,128}`,
  notAfter: `[$(]`,
  checks: ['bare-password'],
  examples,
})

const COMMAND_EXAMPLES: Readonly<Record<string, MaskingRule['examples']>> = {
  'mysql-command': {
    match: ['mysqldump -u root -p{{Zx9!<base62:8>}} shop'],
    miss: ['mysql -u root -p shop', 'mysql -p"$DB_PASS1"'],
  },
  'mariadb-command': { match: ['mariadb --password={{Zx9!<base62:8>}} -u root'], miss: ['mariadb -p shop'] },
  'sshpass-command': {
    match: [`sshpass -p '{{Zx9!<base62:8>}}' ssh host`],
    miss: ['sshpass -p "$SSHPASS1" ssh host', 'sshpass -f file'],
  },
  'docker-login': {
    match: ['docker login -u me -p {{Zx9<base62:12>}} registry.test'],
    miss: ['docker login -p $TOKEN1 registry.test'],
  },
  'podman-login': {
    match: ['podman login --password={{Zx9<base62:12>}} q.test'],
    miss: ['podman login --password-stdin'],
  },
  'helm-registry-login': {
    match: ['helm registry login -u me -p {{Zx9<base62:12>}} r.test'],
    miss: ['helm registry login r.test'],
  },
  'az-login': {
    match: ['az login --service-principal -u app -p {{Zx9~<base62:12>}} --tenant t'],
    miss: ['az login --identity'],
  },
  'oc-login': {
    match: ['oc login -u dev -p {{Zx9<base62:12>}} https://api.test:6443'],
    miss: ['oc login --token=$OC_TOKEN1'],
  },
  'sqlcmd-command': {
    match: ['sqlcmd -S db -U sa -P {{Zx9!<base62:8>}} -Q x'],
    miss: ['sqlcmd -S db -E -Q "select 1"'],
  },
  'redis-command': {
    match: ['redis-cli -h cache -a {{Zx9<base62:12>}} ping'],
    miss: ['redis-cli -h cache ping', 'redis-cli -a password ping'],
  },
  'mongo-command': { match: ['mongodump -u app -p {{Zx9<base62:12>}} --db x'], miss: ['mongosh --port 27017'] },
  'ldap-command': {
    match: ['ldapsearch -x -D cn=a -w {{Zx9!<base62:8>}} -b dc=x'],
    miss: ['ldapsearch -x -W -b dc=x'],
  },
  'smbclient-command': { match: ['smbclient //host/share -U svc%{{Zx9!<base62:8>}}'], miss: ['smbclient -L host -N'] },
  'rdesktop-command': { match: ['xfreerdp /v:host /u:me /p:{{Zx9!<base62:8>}}'], miss: ['xfreerdp /v:host /u:me'] },
  'snmp-command': { match: ['snmpwalk -v3 -u me -A {{Zx9!<base62:8>}} host'], miss: ['snmpwalk -v2c -c public host'] },
  'keytool-command': {
    match: ['keytool -list -keystore k.jks -storepass {{Zx9!<base62:8>}}'],
    miss: ['keytool -storepass changeit'],
  },
  'openssl-pass': {
    match: ['openssl pkcs12 -in a.p12 -passin pass:{{Zx9!<base62:8>}}'],
    miss: ['openssl rsa -passin pass:password1', 'openssl x509 -in a.pem'],
  },
  'wget-password': {
    match: ['wget --user=me --password={{Zx9!<base62:8>}} ftp.test/x'],
    miss: ['wget --password=$PASS1 x'],
  },
  'htpasswd-command': {
    match: ['htpasswd -cb .htpasswd admin {{Zx9!<base62:8>}}'],
    miss: ['htpasswd -c .htpasswd admin'],
  },
  'net-user-command': { match: ['net user backup {{Zx9!<base62:8>}} /add'], miss: ['net user backup /delete'] },
}

export const SHELL: readonly MaskingRule[] = [
  ...COMMANDS.map((row) => command(row, COMMAND_EXAMPLES[row[0]]!)),
  {
    id: 'curl-user',
    description: 'Password of curl -u user:password, --user, --proxy-user',
    literals: ['curl'],
    before: `curl${OPTIONS}[ ](?:\\-[a-zA-Z]*[uU]|\\-\\-(?:proxy\\-)?user)[= ]{0,2}(?:\\\\{0,4}["'])?[^\\s:"'\`\\\\$<>]{0,64}:`,
    secret: `[^\\s"'\`\\\\<>|]{4,200}`,
    checks: ['no-stand-in', 'entropy:1.5'],
    examples: {
      match: [
        'curl -u deploy:{{<base62:14>}} https://a.test/x',
        `curl -s --user 'me:{{Zx9!<base62:8>}}' https://a.test`,
        'curl -X POST -u :{{<hex:40>}} https://a.test',
      ],
      miss: [
        'curl -u "$USER:$PASS" https://a.test',
        'curl -u user:password https://a.test',
        'curl https://a.test:8080/x',
      ],
    },
  },
  {
    id: 'curl-key',
    description: 'Key in the place of the user, curl -u key: with an empty password',
    literals: ['curl'],
    before: `curl${OPTIONS}[ ](?:\\-[a-zA-Z]*[uU]|\\-\\-user)[= ]{0,2}(?:\\\\{0,4}["'])?`,
    secret: '[A-Za-z0-9_~.!-]{12,200}',
    after: '[:]',
    checks: ['credential'],
    examples: {
      match: ['curl https://a.test/v1 -u {{<base62:32>}}:', 'curl -u "{{<hex:32:2>}}:" https://a.test'],
      miss: ['curl -u "some.longer-name:$PASS" https://a.test', 'curl --user-agent x1234567890123: y'],
    },
  },
  {
    id: 'bundler-credential',
    description: 'Credential of a gem server in Bundler variables, BUNDLE_GEMS__EXAMPLE__COM=user:password',
    literals: ['bundle_'],
    fold: true,
    before: `bundle_[a-z0-9]{1,40}(?:__[a-z0-9_]{1,40}){1,4}${ANY}`,
    secret: '[A-Za-z0-9_.-]{1,64}:[A-Za-z0-9_.~+/-]{8,128}',
    notAfter: '[A-Za-z0-9@/]',
    checks: ['entropy:2.5'],
    examples: {
      match: [
        'export BUNDLE_GEMS__ACME__COM={{<hex:8>:<hex:8:2>}}\n',
        'BUNDLE_ENTERPRISE__ACME__COM: "{{me:<base62:20>}}"',
      ],
      miss: ['BUNDLE_GEMS__ACME__COM=$CREDENTIAL', 'BUNDLE_PATH: vendor/bundle'],
    },
  },
  {
    id: 'netrc-password',
    description: 'Password of a .netrc line: machine … login … password …',
    literals: ['login '],
    before: 'login[ \\t]+[^\\s]{1,80}\\s{1,8}password[ \\t]+',
    secret: '[^\\s"\'`$<>]{4,200}',
    checks: ['bare-password'],
    examples: {
      match: ['machine api.test login me password {{<base62:12>}}\n', 'login me\n  password {{Zx9!<base62:8>}}\n'],
      miss: ['login me password <password>', 'please login with your password again'],
    },
  },
  {
    id: 'pgpass-line',
    description: 'Password of a .pgpass line: host:5432:database:user:password',
    literals: [':5432:', ':3306:', ':1433:'],
    before: ':(?:5432|3306|1433):[A-Za-z0-9_*-]{1,63}:[A-Za-z0-9_*-]{1,63}:',
    secret: '[^\\s"\'`$<>]{4,200}',
    checks: ['no-stand-in'],
    examples: {
      match: ['db.internal:5432:main:app:{{Zx9!<base62:8>}}\n', '*:5432:*:app:{{<base62:16>}}'],
      miss: ['db.internal:5432:main:app:password', 'host:5432:5432'],
    },
  },
  {
    id: 'npmrc-auth',
    description: 'Credential of an .npmrc line: _authToken, _auth, _password',
    literals: ['_authToken', '_auth=', '_auth =', '_password=', '_password ='],
    inWord: true,
    before: `_(?:authToken|auth|password)[ ]{0,2}=[ ]{0,2}["']?`,
    secret: '[A-Za-z0-9+/_.~-]{8,400}={0,2}',
    notAfter: '[A-Za-z0-9+/_.~=(\\[{$-]',
    checks: ['no-stand-in', 'mixed'],
    examples: {
      match: [
        '//registry.test/:_authToken={{<hex:8>-<hex:4>-<hex:4>-<hex:4>-<hex:12>}}\n',
        '_auth={{<base64:30>==}}\n',
      ],
      miss: ['//registry.test/:_authToken=${NPM_TOKEN}', '_auth=$AUTH_12345'],
    },
  },
  {
    id: 'docker-auth',
    description: 'Credential of a Docker config.json: "auth": base64 of user:password',
    literals: ['auths'],
    before: `auths[^}]{0,200}auth(?:\\\\{0,4}")\\s{0,4}:\\s{0,4}(?:\\\\{0,4}")`,
    secret: '[A-Za-z0-9+/]{8,510}={0,2}',
    notAfter: '[A-Za-z0-9+/=]',
    checks: ['basic-pair'],
    proof: 'basic-pair',
    examples: {
      match: [`{"auths": {"registry.test": {"auth": "{{${btoa('me:Zx9kPw3!')}}}" } } }`],
      miss: ['{"auths": {"registry.test": {}}}', '{"auths": {"r.test": {"auth": "none"}}}'],
    },
  },
  {
    id: 'htpasswd-hash',
    description: 'Line of an .htpasswd or shadow file: user and a salted hash (crypt, bcrypt, apr1, yescrypt)',
    literals: [':$apr1$', ':$2y$', ':$2a$', ':$2b$', ':$6$', ':$5$', ':$1$', ':$y$', '{SSHA}', '{SHA}'],
    inWord: true,
    before: ':|\\{SSHA\\}|\\{SHA\\}',
    secret: '\\$(?:apr1|2[aby]|[156y])\\$[A-Za-z0-9./$]{20,120}|[A-Za-z0-9+/]{27,60}=',
    notAfter: '[A-Za-z0-9./$=]',
    examples: {
      match: [
        'admin:{{$apr1$<base62:8>$<base62:22>}}\n',
        'root:{{$6$<base62:16>$<base62:86>}}:19000:0:',
        '{SSHA}{{<base64:32>=}}',
      ],
      miss: ['root:$6$', ':$1$ is the first', '{SHA}: a hash'],
    },
  },
]

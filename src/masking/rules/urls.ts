/** Passwords and signatures inside addresses (RFC 3986 §3.2.1) and connection strings. Data, never code that scans. */
import type { MaskingRule } from '../rule.ts'

/** [id, what it opens, schemes]; a scheme also counts with a driver (`postgresql+asyncpg`) or `s` for TLS behind it. */
const SCHEMES: readonly (readonly [string, string, readonly string[]])[] = [
  ['postgres-password', 'PostgreSQL, CockroachDB, Redshift', ['postgres', 'pgsql', 'cockroach', 'redshift']],
  ['mysql-password', 'MySQL, MariaDB', ['mysql', 'mariadb']],
  ['mongodb-password', 'MongoDB', ['mongodb']],
  ['redis-password', 'Redis, Valkey', ['redis', 'valkey']],
  ['amqp-password', 'RabbitMQ and other AMQP brokers', ['amqp']],
  ['kafka-password', 'Kafka', ['kafka']],
  ['mqtt-password', 'MQTT broker', ['mqtt']],
  ['nats-password', 'NATS', ['nats']],
  ['stomp-password', 'STOMP broker', ['stomp']],
  ['sqlserver-password', 'Microsoft SQL Server', ['mssql', 'sqlserver']],
  ['oracle-password', 'Oracle Database', ['oracle']],
  ['clickhouse-password', 'ClickHouse', ['clickhouse']],
  ['cassandra-password', 'Cassandra, Scylla', ['cassandra', 'scylla']],
  ['neo4j-password', 'Neo4j', ['neo4j', 'bolt']],
  ['couchdb-password', 'CouchDB, Couchbase', ['couchdb', 'couchbase']],
  ['elasticsearch-password', 'Elasticsearch, OpenSearch', ['elasticsearch', 'opensearch']],
  ['influxdb-password', 'InfluxDB', ['influxdb']],
  ['snowflake-password', 'Snowflake', ['snowflake']],
  ['ldap-password', 'LDAP directory', ['ldap']],
  ['smtp-password', 'mail server', ['smtp', 'imap', 'pop3']],
  ['ftp-password', 'FTP server', ['ftp', 'sftp']],
  ['ssh-password', 'SSH server', ['ssh', 'scp', 'rsync']],
  ['smb-password', 'file share', ['smb', 'cifs', 'webdav']],
  ['proxy-password', 'SOCKS proxy', ['socks']],
  ['stream-password', 'camera or stream', ['rtsp', 'rtmp']],
]

const USER = `://[^\\s:/@"'\`<>\\\\]{0,64}:`
const PASSWORD = `[^\\s/"'\`<>\\\\]{3,200}`

const inAddress = ([id, what, schemes]: (typeof SCHEMES)[number]): MaskingRule => ({
  id,
  description: `Password in the address of: ${what}`,
  literals: schemes,
  fold: true,
  inWord: true,
  before: `(?:${schemes.join('|')})[a-z0-9]{0,3}(?:\\+[a-z0-9]{1,16})?${USER}`,
  secret: PASSWORD,
  after: '[@]',
  checks: ['address-password'],
  examples: {
    match: [
      `${schemes[0]}://app:{{<base62:12>}}@db.internal:1234/main`,
      `${schemes[0]}s://svc:{{p@<base62:10:2>!}}@10.2.3.4/x`,
      `${schemes[0]}+tls://:{{<base62:16:3>}}@host`,
    ],
    miss: [
      `${schemes[0]}://app:password@localhost/x`,
      `${schemes[0]}://app:some-long-random-string@localhost/x`,
      `${schemes[0]}://app:data.parameter.db.value@localhost/x`,
      `${schemes[0]}://$\{user}:$\{secret}@host`,
      `${schemes[0]}://host:1234/a@b`,
    ],
  },
})

export const URLS: readonly MaskingRule[] = [
  ...SCHEMES.map(inAddress),
  {
    id: 'url-password',
    description: 'Password in an address of any other scheme, scheme://user:password@host',
    literals: ['://'],
    before: USER,
    secret: PASSWORD,
    after: '[@]',
    checks: ['address-password'],
    examples: {
      match: ['https://deploy:{{<base62:14>}}@git.corp.test/x.git', 'x://:{{p:<base62:10>!}}@cache:6379/0'],
      miss: [
        'http://localhost:3000/path?x=a@b.example',
        'x://user:password@localhost/db',
        'https://${user}:${password}@host/',
        'https://<user>:<password>@host/',
        'git@github.com:a/b.git https://host:8080/@scope',
      ],
    },
  },
  {
    id: 'url-token',
    description:
      'Token in place of a user in the address of a repository, https://x-access-token:…@, https://oauth2:…@',
    literals: ['x-access-token:', 'oauth2:', 'x-token-auth:', 'x-oauth-basic:', 'gitlab-ci-token:'],
    before: '(?:x\\-access\\-token|oauth2|x\\-token\\-auth|x\\-oauth\\-basic|gitlab\\-ci\\-token):',
    secret: '[A-Za-z0-9_.~=-]{16,255}',
    after: '[@]',
    checks: ['no-stand-in'],
    examples: {
      match: ['git clone https:x-access-token:{{<base62:40>}}@github.com/a/b'],
      miss: ['oauth2:accounts', 'x-access-token:${TOKEN}@github.com'],
    },
  },
  ...signed(),
  {
    id: 'connection-string-password',
    description: 'Password of an ADO.NET, ODBC, OLE DB or JDBC connection string: Password=…; Pwd=…;',
    literals: ['password=', 'pwd=', 'password =', 'pwd ='],
    fold: true,
    inWord: true,
    before: `(?:password|pwd)[ ]?=[ ]?[{']?`,
    secret: `[^\\s;"'\`\\\\<>{}]{4,128}`,
    after: '[;}]',
    checks: ['string-password', 'entropy:2'],
    examples: {
      match: [
        'Server=db;User Id=app;Password={{Zx9!<base62:8>}};Encrypt=true',
        'Driver={ODBC};Uid=app;Pwd={{a,b(c<base62:6>}};',
        'jdbc:sqlserver://db:1433;user=sa;password={{<base62:12:2>}};x=1',
      ],
      miss: [
        'Password=;User=',
        'Pwd=%PASSWORD%;',
        'password=password;',
        'type SmtpPassword = string;',
        'Password = SecretString;',
        'let password=getIt2();',
      ],
    },
  },
]

/** Signatures and tokens that are a parameter of an address. */
function signed(): readonly MaskingRule[] {
  return [
    {
      id: 'aws-signed-url',
      description: 'Signature of a presigned Amazon S3 address (AWS Signature Version 4)',
      literals: ['x-amz-signature'],
      fold: true,
      before: 'x\\-amz\\-signature(?:=|%3d)',
      secret: '[0-9a-f]{64}',
      notAfter: '[0-9a-f]',
      examples: {
        match: ['https://b.s3.test/k?X-Amz-Expires=60&X-Amz-Signature={{<hex:64>}}&x=1'],
        miss: ['X-Amz-Signature=<hex:32>', 'X-Amz-SignedHeaders=host'],
      },
    },
    {
      id: 'google-signed-url',
      description: 'Signature of a Google Cloud Storage address',
      literals: ['x-goog-signature'],
      fold: true,
      before: 'x\\-goog\\-signature(?:=|%3d)',
      secret: '[0-9a-f]{128,1024}',
      notAfter: '[0-9a-f]',
      examples: { match: ['?X-Goog-Signature={{<hex:512>}}'], miss: ['X-Goog-Signature=<hex:16>'] },
    },
    {
      id: 'cloudfront-signature',
      description: 'Signature of a CloudFront address or cookie',
      literals: ['CloudFront-Signature=', 'Key-Pair-Id='],
      before: 'CloudFront\\-Signature=|Key\\-Pair\\-Id=[A-Z0-9]{8,24}&Signature=',
      secret: '[A-Za-z0-9~_-]{128,}',
      examples: {
        match: ['CloudFront-Signature={{<base62:340>__}}; Path=/', 'Key-Pair-Id=APKA1234&Signature={{<base62:340>}}'],
        miss: ['CloudFront-Signature=none', 'Key-Pair-Id=APKA1234'],
      },
    },
  ]
}

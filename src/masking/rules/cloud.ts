/** Amazon Web Services, Google Cloud, Microsoft Azure and Alibaba Cloud (each provider's own documentation). */
import type { MaskingRule } from '../rule.ts'
import { BASE62, BASE64, prefixed, sample, UPPER } from './sample.ts'

const SEPARATOR = `[\\s"'\`\\\\:=|,>()]{1,8}`
const AWS_NAMES = ['aws_secret', 'awssecret', 'aws-secret', 'secretaccesskey', 'secret_access_key', 'secret-access-key']
const BEDROCK_LONG = `ABSK${'QmVkcm9ja0FQSUtleS'}`
const BEDROCK = `bedrock-api-key-${'YmVkcm9jay5hbWF6b25hd3MuY29t'}`

export const CLOUD: readonly MaskingRule[] = [
  {
    id: 'aws-access-key-id',
    description: 'AWS access key id (long-lived AKIA, temporary ASIA, bearer and context-specific)',
    literals: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    secret: 'A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}',
    notAfter: '[A-Za-z0-9]',
    checks: ['undocumented'],
    examples: {
      match: [() => `AKIA${sample(UPPER, 16)}`, () => `ASIA${sample(UPPER, 16, 2)}`],
      miss: [() => `AKIA${'IOSFODNN7'}EXAMPLE`, () => `AKIA${sample(UPPER, 17)}`],
    },
  },
  {
    id: 'aws-secret-access-key',
    description: 'AWS secret access key, where its name stands before it',
    literals: AWS_NAMES,
    fold: true,
    inWord: true,
    before: `(?:aws[_-]?)?secret[_-]?(?:access[_-]?)?(?:key)?${SEPARATOR}`,
    secret: '[A-Za-z0-9/+]{40}',
    notAfter: '[A-Za-z0-9/+=]',
    checks: ['mixed', 'undocumented'],
    examples: {
      match: [
        () => ['AWS_SECRET_ACCESS_KEY=', sample(BASE64, 40), ''],
        () => ['"secretAccessKey": "', sample(BASE64, 40, 2), '"'],
      ],
      miss: [() => `aws_secret_access_key = "${'a'.repeat(40)}"`, () => sample(BASE64, 40)],
    },
  },
  {
    id: 'aws-session-token',
    description: 'AWS session token, where its name stands before it',
    literals: ['session_token', 'sessiontoken', 'security_token', 'security-token'],
    fold: true,
    inWord: true,
    before: `(?:session|security)[_-]?token${SEPARATOR}`,
    secret: '[A-Za-z0-9/+]{100,}={0,2}',
    examples: {
      match: [() => ['AWS_SESSION_TOKEN=', sample(BASE64, 300), '']],
      miss: [() => `session_token=${sample(BASE64, 40)}`],
    },
  },
  prefixed({
    id: 'aws-bedrock-key',
    description: 'Amazon Bedrock long-term API key',
    prefixes: [BEDROCK_LONG],
    body: '[A-Za-z0-9+/=]',
    min: 60,
  }),
  prefixed({
    id: 'aws-bedrock-short-key',
    description: 'Amazon Bedrock short-term API key',
    prefixes: [BEDROCK],
    body: '[A-Za-z0-9+/=_-]',
    min: 20,
  }),
  prefixed({
    id: 'google-api-key',
    description: 'Google API key (Maps, Gemini, Firebase)',
    prefixes: ['AIza'],
    body: '[A-Za-z0-9_-]',
    min: 35,
  }),
  prefixed({
    id: 'google-oauth-secret',
    description: 'Google OAuth client secret',
    prefixes: ['GOCSPX-'],
    body: '[A-Za-z0-9_-]',
    min: 28,
  }),
  prefixed({
    id: 'google-oauth-token',
    description: 'Google OAuth access token',
    prefixes: ['ya29.'],
    body: '[A-Za-z0-9_-]',
    min: 30,
  }),
  {
    id: 'azure-storage-key',
    description: 'Azure Storage, Cosmos DB or Service Bus account key, where its name stands before it',
    literals: ['accountkey', 'account_key', 'sharedaccesskey', 'storage_key'],
    fold: true,
    inWord: true,
    before: `(?:account_?|sharedaccess|storage_)key\\\\?["']?\\]?${SEPARATOR}`,
    secret: '[A-Za-z0-9+/]{43,}={1,2}',
    examples: {
      match: [
        () => ['AccountName=a;AccountKey=', `${sample(BASE64, 86)}==`, ';EndpointSuffix=core.windows.net'],
        () => ['"AccountKey": "', `${sample(BASE64, 86, 2)}==`, '"'],
      ],
      miss: [() => 'AccountKey=<your key>'],
    },
  },
  {
    id: 'azure-client-secret',
    description: 'Microsoft Entra client secret, from the mark inside it on',
    literals: Array.from({ length: 10 }, (_, digit) => `${digit}Q~`),
    inWord: true,
    secret: '\\dQ~[A-Za-z0-9_~.-]{30,33}[A-Za-z0-9_~-]',
    examples: {
      match: [() => ['abC', `8Q~${sample(BASE62, 34)}`, '']],
      miss: [() => `abC8Q~${sample(BASE62, 12)}`],
    },
  },
  {
    id: 'azure-sas',
    description: 'Signature of an Azure shared access signature URL',
    literals: ['&sig=', '?sig=', ';sig='],
    before: '[?&;]sig=',
    secret: '[A-Za-z0-9%/+]{40,}={0,2}',
    examples: {
      match: [() => ['https://a.blob.core.windows.net/c?sp=r&sig=', `${sample(BASE62, 43)}%3D`, '']],
      miss: [() => 'https://a.example/?sig=short'],
    },
  },
  prefixed({
    id: 'alibaba-access-key',
    description: 'Alibaba Cloud access key id',
    prefixes: ['LTAI'],
    body: '[A-Za-z0-9]',
    min: 17,
  }),
]

/** Amazon Web Services and Amazon's other programmes (docs.aws.amazon.com); data, never code that scans. */
import type { MaskingRule } from '../rule.ts'
import { tokens } from './format.ts'

const SEPARATOR = `[\\s"'\`\\\\:=|,>()]{1,8}`

/** What only its name gives away. */
const NAMED: readonly MaskingRule[] = [
  {
    id: 'aws-secret-access-key',
    description: 'AWS secret access key, where its name stands before it',
    source: 'docs.aws.amazon.com: IAM, managing access keys: 40 characters',
    literals: ['aws_secret', 'awssecret', 'aws-secret', 'secretaccesskey', 'secret_access_key', 'secret-access-key'],
    fold: true,
    inWord: true,
    before: `(?:aws[_-]?)?secret[_-]?(?:access[_-]?)?(?:key)?${SEPARATOR}`,
    secret: '[A-Za-z0-9/+]{40}',
    notAfter: '[A-Za-z0-9/+=]',
    checks: ['mixed', 'undocumented'],
    examples: {
      match: ['AWS_SECRET_ACCESS_KEY={{<base64:40>}}', '"secretAccessKey": "{{<base64:40:2>}}"'],
      miss: [`aws_secret_access_key = "${'a'.repeat(40)}"`, '<base64:40>'],
    },
  },
  {
    id: 'aws-session-token',
    description: 'AWS session token, where its name stands before it',
    source: 'docs.aws.amazon.com: IAM, temporary credentials: the length is not fixed',
    literals: ['session_token', 'sessiontoken', 'security_token', 'security-token'],
    fold: true,
    inWord: true,
    before: `(?:session|security)[_-]?token${SEPARATOR}`,
    secret: '[A-Za-z0-9/+%]{100,}={0,2}',
    examples: {
      match: ['AWS_SESSION_TOKEN={{<base64:300>}}'],
      miss: ['session_token=<base64:40>'],
    },
  },
]

export const AWS: readonly MaskingRule[] = [
  ...NAMED,
  ...tokens([
    {
      id: 'aws-access-key-id',
      description: 'AWS access key id: long-lived AKIA, temporary ASIA, bearer ABIA, context-specific ACCA',
      format: ['(AKIA|ASIA|ABIA|ACCA)<base32:16>', 'A3T<BASE36:1><base32:16>'],
      source: 'docs.aws.amazon.com: IAM identifiers, unique id prefixes',
      exact: true,
      checks: ['varied', 'undocumented'],
      miss: [`AKIA${'IOSFODNN7'}EXAMPLE`, 'AKIA<base32:17>'],
    },
    {
      id: 'aws-sts-token',
      description: 'AWS session token, by the beginning that all of them share',
      format: '(IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)<encoded64:80..>',
      source: 'seen in public tokens: the first bytes of the encoded structure are fixed',
    },
    {
      id: 'aws-bedrock-key',
      description: 'Amazon Bedrock long-term API key',
      format: `ABSK${'QmVkcm9ja0FQSUtleS'}<padded:60..260>`,
      source: 'docs.aws.amazon.com: Bedrock API keys; base64 of BedrockAPIKey- and more',
    },
    {
      id: 'aws-short-bedrock',
      description: 'Amazon Bedrock short-term API key: a signed address',
      format: `bedrock-api-key-${'YmVkcm9jay5hbWF6b25hd3MuY29t'}<anybase64:20..>`,
      source: 'docs.aws.amazon.com: Bedrock API keys; base64 of bedrock.amazonaws.com and a signature',
    },
    {
      id: 'aws-appsync-key',
      description: 'AWS AppSync API key',
      format: 'da2-<base36:26>',
      source: 'docs.aws.amazon.com: AppSync, API keys begin with da2-',
      exact: true,
    },
    {
      id: 'amazon-mws-token',
      description: 'Amazon MWS authorisation token',
      format: 'amzn.mws.<uuid>',
      source: 'developer documentation of Amazon MWS: MWSAuthToken',
    },
    {
      id: 'amazon-oauth-secret',
      description: 'Login with Amazon client secret',
      format: 'amzn1.oa2-cs.v1.<hex:64>',
      source: 'developer.amazon.com: Login with Amazon, security profile',
    },
    {
      id: 'amazon-oauth-token',
      description: 'Login with Amazon access or refresh token',
      format: '(Atza|Atzr|Atzc)|<anybase64:40..>',
      source: 'developer.amazon.com: Login with Amazon, tokens begin with Atza| or Atzr|',
    },
  ]),
]

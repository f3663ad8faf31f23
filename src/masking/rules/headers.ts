/** Credentials in headers and cookies (RFC 9110 §11.6, RFC 6265). Data, never code that scans. */
import type { MaskingRule } from '../rule.ts'
import { either } from './spelling.ts'

const QUOTE = `(?:\\\\{0,4}["'\`])?`
/** Between a header's name and its value: a colon, quotes, a comma of a call, a bracket of a subscript. */
const GETS = `${QUOTE}[\\])]?\\s{0,4}(?::|=>?|,|%3a)\\s{0,4}[bfru@$]?${QUOTE}`
const VALUE = '[A-Za-z0-9_~+/.=-]'
const LAST = '[A-Za-z0-9_~+/=-]'

/** [id, what, schemes]. */
const SCHEMES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'authorization',
    'bearer or other token',
    ['bearer', 'token', 'oauth', 'apikey', 'api-key', 'key', 'jwt', 'ssws', 'geniekey', 'personal', 'splunk'],
  ],
]

/** [id, whose, header names]; the value is masked where it is no word. */
const NAMED: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'header-api-key',
    'any interface',
    ['x-api-key', 'x-apikey', 'x-app-key', 'x-access-key', 'x-api-token', 'x-api-secret'],
  ],
  [
    'header-auth-token',
    'any interface',
    ['x-auth-token', 'x-access-token', 'x-auth-key', 'x-session-token', 'x-user-token'],
  ],
  ['header-gitlab-token', 'GitLab', ['private-token', 'job-token', 'deploy-token', 'x-gitlab-token']],
  ['header-vault-token', 'HashiCorp Vault', ['x-vault-token']],
  ['header-consul-token', 'HashiCorp Consul and Nomad', ['x-consul-token', 'x-nomad-token']],
  ['header-datadog-key', 'Datadog', ['dd-api-key', 'dd-application-key']],
  ['header-azure-key', 'Azure services', ['ocp-apim-subscription-key', 'x-functions-key', 'aeg-sas-key']],
  ['header-jfrog-key', 'JFrog Artifactory', ['x-jfrog-art-api']],
  ['header-shopify-token', 'Shopify', ['x-shopify-access-token', 'x-shopify-storefront-access-token']],
  ['header-postmark-token', 'Postmark', ['x-postmark-server-token', 'x-postmark-account-token']],
  ['header-cloudflare-key', 'Cloudflare', ['x-auth-user-service-key']],
  ['header-figma-token', 'Figma', ['x-figma-token']],
  ['header-rapidapi-key', 'RapidAPI', ['x-rapidapi-key', 'x-mashape-key']],
  ['header-algolia-key', 'Algolia', ['x-algolia-api-key']],
  ['header-fastly-key', 'Fastly', ['fastly-key']],
  ['header-circleci-token', 'CircleCI', ['circle-token']],
  ['header-newrelic-key', 'New Relic', ['x-insert-key', 'x-query-key', 'x-license-key']],
  ['header-honeycomb-key', 'Honeycomb', ['x-honeycomb-team']],
  ['header-trello-signature', 'webhook signature', ['x-hub-signature', 'x-trello-webhook']],
  ['header-linode-token', 'Kubernetes and cloud metadata', ['x-aws-ec2-metadata-token', 'x-amz-access-token']],
]

const COOKIES: readonly string[] = [
  ...['sessionid', 'phpsessid', 'jsessionid', 'asp.net_sessionid', 'connect.sid', 'laravel_session'],
  ...[
    'user_session',
    'auth_session',
    '__secure-next-auth.session-token',
    'next-auth.session-token',
    '.aspxauth',
    'wordpress_logged_in',
  ],
]

export const HEADERS: readonly MaskingRule[] = [
  {
    id: 'authorization-basic',
    description: 'User and password of an Authorization header, base64 (RFC 7617)',
    literals: ['basic '],
    fold: true,
    before: 'basic[ ]{1,4}',
    secret: '[A-Za-z0-9+/]{8,510}={0,2}',
    notAfter: '[A-Za-z0-9+/=]',
    checks: ['basic-pair', 'entropy:2.5', 'undocumented'],
    proof: 'basic-pair',
    examples: {
      match: [
        `Authorization: Basic {{${btoa('deploy:Zx9kPw3!')}}}`,
        `{'Authorization': 'Basic {{${btoa('svc:a-b_c.d1:e')}}}'}`,
      ],
      miss: ['Basic authentication', 'the Basic English of 1930', 'authorization: basic none'],
    },
  },
  ...SCHEMES.map(
    ([id, what, schemes]): MaskingRule => ({
      id,
      description: `Credential of an Authorization header (RFC 9110 §11.6.2): ${what}`,
      literals: ['authorization'],
      fold: true,
      before: `authorization${GETS}(?:${either(schemes)}[ ]{1,4}(?:token=)?${QUOTE})?`,
      secret: `${VALUE}{15,1000}${LAST}`,
      notAfter: LAST,
      checks: ['credential'],
      examples: {
        match: [
          'curl -H "Authorization: Bearer {{<base62:40>}}"',
          '"Authorization": "token {{<hex:40>}}"',
          `headers['Authorization'] = 'Token {{<hex:32:5>}}'`,
          'req.Header.Set("Authorization", "SSWS {{<base62:42:2>}}")',
          'Authorization: {{<base62:48:3>}}',
          "Authorization:  {{<hex:8:3>-<hex:4:2>-<hex:4:3>-<hex:4:4>-<hex:12:5>}}'",
        ],
        miss: [
          'Authorization: Bearer YOUR_TOKEN_HERE_123',
          'authorization: bearer token',
          'authorization = getAuthorizationHeader2()',
        ],
      },
    }),
  ),
  {
    id: 'bearer-token',
    description: 'Token after the word Bearer, where no header stands before it (RFC 6750)',
    literals: ['bearer '],
    fold: true,
    before: `bearer[ ]{1,4}${QUOTE}`,
    secret: `${VALUE}{19,1000}${LAST}`,
    notAfter: LAST,
    checks: ['credential'],
    examples: {
      match: ['auth = "Bearer {{<base62:40>}}"', 'use Bearer {{<hex:40>}}.'],
      miss: ['Bearer authentication_scheme_of_2012', 'a bearer of the standard', 'Bearer ${token}'],
    },
  },
  ...NAMED.map(
    ([id, whose, names]): MaskingRule => ({
      id,
      description: `Header that carries a key or token: ${whose}`,
      literals: names,
      fold: true,
      before: `${either(names)}${GETS}`,
      secret: `${VALUE}{11,510}${LAST}`,
      notAfter: LAST,
      checks: ['credential'],
      examples: {
        match: names.map((name) => `-H '${name}: {{<hex:32>}}'`),
        miss: [`${names[0]}: your-key-here-123456`, `"${names[0]}": process.env.KEY_12345678`],
      },
    }),
  ),
  {
    id: 'session-cookie',
    description: 'Cookie that is a session: whoever bears it is logged in',
    literals: COOKIES,
    fold: true,
    before: `${either(COOKIES)}=`,
    secret: '[A-Za-z0-9_%.:~+/-]{15,1000}[A-Za-z0-9_%~+/-]',
    notAfter: '[A-Za-z0-9_%~+/-]',
    checks: ['credential'],
    examples: {
      match: [
        'Cookie: a=b; sessionid={{<base36:32>}}; c=d',
        'Set-Cookie: connect.sid={{s%3A<base62:32>.<base62:43:2>}}; Path=/',
      ],
      miss: ['sessionid=$SESSION_ID_FROM_LOGIN', 'PHPSESSID=deleted'],
    },
  },
  {
    id: 'cookie-header',
    description: 'Cookie of a request or reply whose name tells a session, a login or a token (RFC 6265)',
    literals: ['cookie'],
    fold: true,
    inWord: true,
    before: `cookie${QUOTE}\\s{0,4}[:,=]\\s{0,4}${QUOTE}(?:[^=;\\s"']+=[^;\\n"']*;[ ]?)*[a-z0-9_.-]*(?:sess|sid|auth|token|jwt|login|remember)[a-z0-9_.-]{0,24}=`,
    secret: '[A-Za-z0-9_%.:~+/-]{15,1000}[A-Za-z0-9_%~+/-]',
    notAfter: '[A-Za-z0-9_%~+/-]',
    checks: ['credential'],
    examples: {
      match: [
        'Cookie: theme=dark; session={{<hex:48>}}; lang=en',
        'Set-Cookie: auth_token={{<base62:43>}}; Path=/; Secure',
      ],
      miss: ['Cookie: lang=en; theme=dark', 'cookie: session=deleted'],
    },
  },
]

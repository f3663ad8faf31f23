/** Private keys in addresses and forms, their spaces and line breaks percent-encoded (RFC 3986 §2.1); data alone. */
import type { MaskingRule } from '../rule.ts'

const SPACE = '(?:%20|\\+)'

export const PERCENT: readonly MaskingRule[] = [
  {
    id: 'private-key-percent',
    description: 'PEM private key in a percent-encoded value, from BEGIN to the value’s end',
    source: 'RFC 7468, RFC 3986 §2.1, and application/x-www-form-urlencoded',
    literals: ['-----BEGIN%20', '-----BEGIN+'],
    before: '\\-{5}',
    secret: `BEGIN(?:${SPACE}[A-Z0-9]{1,12}){0,3}${SPACE}PRIVATE${SPACE}KEY(?:${SPACE}BLOCK)?-----(?:[A-Za-z0-9+/=_.,-]|%[0-9A-Fa-f]{2})*`,
    examples: {
      match: [
        'key=-----{{BEGIN%20RSA%20PRIVATE<>%20KEY-----%0AMII<base62:61>%0A<base62:40:2>%2B%2F%3D%0A-----END%20RSA%20PRIVATE%20KEY-----}}&a=1',
        '-----{{BEGIN+PRIVATE<>+KEY-----%0D%0AMII<base62:61>}}',
      ],
      miss: ['-----BEGIN%20CERTIFICATE-----%0A<base62:60>', '-----BEGIN%20PUBLIC%20KEY-----%0A<base62:60>'],
    },
  },
]

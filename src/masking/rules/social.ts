/** Social networks and what belongs to them; data, never code that scans. */
import { tokens } from './format.ts'

export const SOCIAL = tokens([
  {
    id: 'facebook-token',
    description: 'Facebook Graph API access token',
    format:
      '(EAAB|EAAC|EAAD|EAAE|EAAF|EAAG|EAAH|EAAI|EAAJ|EAAK|EAAL|EAAM|EAAN|EAAO|EAAP|EAAQ|EAAR|EAAS|EAAT|EAAU|EAAV|EAAW|EAAX|EAAY|EAAZ)<base62:90..>',
    source: 'developers.facebook.com: access tokens; seen in public tokens',
  },
  {
    id: 'instagram-token',
    description: 'Instagram access token',
    format: '(IGQV|IGAA|IGQW)<base64url:90..>',
    source: 'developers.facebook.com: Instagram API; seen in public tokens',
  },
  {
    id: 'threads-token',
    description: 'Threads access token',
    format: 'THQ(V|W)<base62:90..>',
    source: 'developers.facebook.com: Threads API; seen in public tokens',
  },
  {
    id: 'twitter-bearer',
    description: 'X (Twitter) application bearer token',
    format: 'AAAAAAAAAAAAAAAAAAAA<encoded64:60..120>',
    source: 'docs.x.com: bearer tokens; all of them begin with zero bytes',
    checks: ['mixed'],
  },
  {
    id: 'linkedin-client-secret',
    description: 'LinkedIn client secret',
    format: 'WPL_AP(0|1).<dotted:16..60>',
    source: 'seen in public tokens',
  },
  {
    id: 'pinterest-token',
    description: 'Pinterest access token',
    format: ['pina_<base62:60..200>', 'pinr.<base62:60..200>'],
    source: 'developers.pinterest.com: access tokens begin with pina_',
  },
  {
    id: 'tiktok-token',
    description: 'TikTok user access token',
    format: '(act|rft|clt).<base62:60..120>(|!<digits:4>.<base36:2..4>)',
    source: 'developers.tiktok.com: tokens begin with act., rft. or clt.',
    checks: ['varied', 'mixed'],
  },
])

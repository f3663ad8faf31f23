/** Planning, documents, design, content and files as a service; data, never code that scans. */
import { tokens } from './format.ts'

export const SAAS = tokens([
  {
    id: 'linear-key',
    description: 'Linear API key, OAuth token or webhook secret',
    format: ['lin_api_<base62:40>', 'lin_oauth_<hex:64>', 'lin_wh_<base62:36..48>'],
    source: 'linear.app/developers: personal API keys and OAuth',
  },
  {
    id: 'notion-token',
    description: 'Notion integration token',
    format: ['ntn_<base62:40..50>', 'secret_<base62:43>'],
    source: 'developers.notion.com: token changes of September 2024, ntn_ in place of secret_',
    exact: true,
  },
  {
    id: 'figma-token',
    description: 'Figma personal, OAuth or plan access token',
    format: ['(figd|figo|figu|figor|figur|figoh|figdr)_<base64url:38..48>'],
    source: 'figma.com/developers: access tokens begin with figd_',
  },
  {
    id: 'asana-token',
    description: 'Asana personal access token',
    format: '(0|1|2)/<digits:13..20>(|/<digits:13..20>):<hex:32>',
    source: 'developers.asana.com: personal access tokens',
    exact: true,
  },
  {
    id: 'clickup-token',
    description: 'ClickUp personal token',
    format: 'pk_<digits:6..9>_<BASE36:32>',
    source: 'developer.clickup.com: personal tokens begin with pk_',
  },
  {
    id: 'trello-token',
    description: 'Trello token',
    format: 'ATTA<hex:64><HEX:8>',
    source: 'developer.atlassian.com: Trello tokens begin with ATTA',
  },
  {
    id: 'contentful-token',
    description: 'Contentful management token',
    format: 'CFPAT-<base64url:43>',
    source: 'contentful.com/developers: personal access tokens begin with CFPAT-',
  },
  {
    id: 'sanity-token',
    description: 'Sanity token',
    format: 'sk<base62:80..>',
    source: 'sanity.io/docs: tokens begin with sk',
  },
  {
    id: 'tally-key',
    description: 'Tally form key',
    format: 'tly-<base62:40..60>',
    source: 'tally.so/help: API keys begin with tly-',
  },
  {
    id: 'frameio-token',
    description: 'Frame.io token',
    format: 'fio-u-<base64url:60..80>',
    source: 'developer.frame.io: developer tokens begin with fio-u-',
  },
  {
    id: 'adobe-client-secret',
    description: 'Adobe client secret',
    format: 'p8e-<base64url:32>',
    source: 'developer.adobe.com: client secrets begin with p8e-',
  },
  {
    id: 'dropbox-token',
    description: 'Dropbox access token',
    format: 'sl.(|u.|B)<base64url:100..>',
    source: 'dropbox.com/developers: short-lived tokens begin with sl.',
  },
  {
    id: 'mapbox-token',
    description: 'Mapbox secret or temporary token: base64 of an object and a signature',
    format: `(sk|tk).${'eyJ'}1Ijoi<base64url:20..200>.<base64url:20..30>`,
    source: 'docs.mapbox.com: secret tokens begin with sk., temporary ones with tk.',
  },
  {
    id: 'imagekit-key',
    description: 'ImageKit private key',
    format: 'private_<base64:27..28>=',
    source: 'imagekit.io/docs: private keys begin with private_',
  },
  {
    id: 'adafruit-key',
    description: 'Adafruit IO key',
    format: 'aio_<base62:28>',
    source: 'learn.adafruit.com: keys begin with aio_',
    exact: true,
  },
  {
    id: 'zapier-key',
    description: 'Zapier AI Actions key',
    format: 'sk-ak-<base64url:20..30>',
    source: 'docs.zapier.com: AI Actions keys begin with sk-ak-',
    exact: true,
  },
])

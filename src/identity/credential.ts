/** Where a request carries its Gatelog key, in the order of trust. Reads headers only. */
import { looksLikeKey } from './key.ts'

/** `credential` is Authorization or x-api-key: only a text in our own form is taken from there. */
export type Channel = 'header' | 'proxy' | 'path' | 'credential'

export interface Found {
  readonly channel: Channel
  readonly secret: string
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** The key that a request carries, or undefined. `pathKey` is the one of `/k/<key>/`. */
export function findCredential(headers: Headers, pathKey?: string): Found | undefined {
  const own = one(headers['x-gatelog-key'])
  if (own !== undefined) return { channel: 'header', secret: own }
  const proxy = proxySecret(one(headers['proxy-authorization']))
  if (proxy !== undefined) return { channel: 'proxy', secret: proxy }
  if (pathKey !== undefined) return { channel: 'path', secret: pathKey }
  for (const name of ['authorization', 'x-api-key', 'api-key']) {
    const secret = one(headers[name])?.replace(/^Bearer +/i, '')
    if (secret && looksLikeKey(secret)) return { channel: 'credential', secret }
  }
  return undefined
}

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

/**
 * What Basic credentials (RFC 7617) or a Bearer token bear. The key is the password, which may contain colons; or the user,
 * for clients that take nothing but a name.
 */
function proxySecret(value: string | undefined): string | undefined {
  const [, scheme = '', token = ''] = /^(Basic|Bearer) +(\S+)$/i.exec(value ?? '') ?? []
  if (scheme === '') return undefined
  if (scheme.toLowerCase() === 'bearer') return token
  const text = Buffer.from(token, 'base64').toString()
  const colon = text.indexOf(':')
  const [user, password] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
  if (password === '' || (!looksLikeKey(password) && looksLikeKey(user))) return user
  return password
}

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
  const proxy = basicPassword(one(headers['proxy-authorization']))
  if (proxy !== undefined) return { channel: 'proxy', secret: proxy }
  if (pathKey !== undefined) return { channel: 'path', secret: pathKey }
  for (const name of ['authorization', 'x-api-key', 'api-key']) {
    const secret = one(headers[name])?.replace(/^Bearer +/i, '')
    if (secret && looksLikeKey(secret)) return { channel: 'credential', secret }
  }
  return undefined
}

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

/** The password of Basic credentials (RFC 7617), which may contain colons; the user's name may not. */
function basicPassword(value: string | undefined): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(value ?? '')?.[1]
  if (!encoded) return undefined
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : text.slice(colon + 1)
}

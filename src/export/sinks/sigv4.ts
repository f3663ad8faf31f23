/** AWS Signature Version 4 of one request with its whole body. Source: docs.aws.amazon.com, SigV4 for S3, 2026-11. Pure. */
import { createHash, createHmac } from 'node:crypto'

export interface ToSign {
  readonly method: string
  readonly url: URL
  /** SHA-256 of the body, hex. */
  readonly hash: string
  readonly at: Date
  readonly headers: Readonly<Record<string, string>>
  readonly region: string
  readonly access_key: string
  readonly secret_key: string
  readonly session_token?: string | undefined
}

const SERVICE = 's3'
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** All header fields to send, the signature among them; `host` is left to whoever sends. Names are in lower case. */
export function signed(o: ToSign): Record<string, string> {
  const time = o.at.toISOString().replace(/[-:]|\.\d+/g, '')
  const day = time.slice(0, 8)
  const headers: Record<string, string> = {
    ...o.headers,
    'x-amz-content-sha256': o.hash,
    'x-amz-date': time,
    ...(o.session_token !== undefined && { 'x-amz-security-token': o.session_token }),
  }
  const all = Object.entries({ ...headers, host: o.url.host }).sort(([a], [b]) => (a < b ? -1 : 1))
  const names = all.map(([name]) => name).join(';')
  const lines = all.map(([name, value]) => `${name}:${value.trim().replace(/\s+/g, ' ')}\n`).join('')
  const request = [o.method, pathOf(o.url), queryOf(o.url), lines, names, o.hash].join('\n')
  const scope = `${day}/${o.region}/${SERVICE}/aws4_request`
  const key = [day, o.region, SERVICE, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${o.secret_key}`)
  const signature = hmac(key as Buffer, ['AWS4-HMAC-SHA256', time, scope, sha256(request)].join('\n')).toString('hex')
  const credential = `Credential=${o.access_key}/${scope}`
  return { ...headers, authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}` }
}

/** RFC 3986: all but letters, digits and -._~ stands as percent signs. */
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

/** The same address, written as it is signed: a server signs anew what it was sent, so `=` of a path has to be sent as %3D. */
export function asSigned(url: URL): URL {
  const written = new URL(url)
  written.pathname = pathOf(url)
  written.search = queryOf(url)
  return written
}

const pathOf = ({ pathname }: URL): string =>
  pathname
    .split('/')
    .map((part) => encoded(decodeURIComponent(part)))
    .join('/')

const queryOf = ({ searchParams }: URL) =>
  [...searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&')

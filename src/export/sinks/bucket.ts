/** A bucket of S3-compatible storage: objects put, read, listed, removed, each request signed. Source: the S3 API reference, 2026-11. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Fault } from '#exchange'
import { type Answer, accepted, openLine } from '../post.ts'
import { REACHED, secureUrl } from './form.ts'
import { asSigned, signed } from './sigv4.ts'

/** How a bucket is told in the configuration. */
export const BUCKET = {
  url: secureUrl.describe('The bucket: https://bucket.s3.eu-central-1.amazonaws.com, or https://minio.example/bucket'),
  region: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'a region')
    .default('us-east-1')
    .describe('What the signature names'),
  access_key: z.string().min(1).describe('Id of the access key'),
  secret_key: z.string().min(1).describe('Its secret; write it as a reference'),
  session_token: z.string().min(1).optional().describe('Of temporary credentials'),
  ...REACHED,
}

const Form = z.strictObject(BUCKET)
export type BucketForm = z.infer<typeof Form>

export interface Bucket {
  /** Resolves once the object has an ETag. @throws export.* */
  put(key: string, body: Uint8Array, type: string, signal: AbortSignal): Promise<void>
  /** Undefined where there is none; of at most `most` bytes. @throws export.* */
  get(key: string, signal: AbortSignal): Promise<Buffer | undefined>
  size(key: string, signal: AbortSignal): Promise<number | undefined>
  /** All keys that begin so. @throws export.* */
  list(prefix: string, signal: AbortSignal): Promise<string[]>
  remove(key: string, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

interface Request {
  readonly method: 'PUT' | 'GET' | 'HEAD' | 'DELETE'
  readonly key: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly type?: string
  readonly signal: AbortSignal
}

/** @param most bytes of the longest object that is read */
export function openBucket(form: BucketForm, most?: number): Bucket {
  const line = openLine(form, { most })
  const send = async ({ method, key, query, body = new Uint8Array(), type, signal }: Request) => {
    const asked = `${form.url.replace(/\/$/, '')}/${key}${query ? `?${new URLSearchParams(query)}` : ''}`
    const url = asSigned(new URL(asked))
    const hash = createHash('sha256').update(body).digest('hex')
    const sent = type === undefined ? {} : { 'content-type': type }
    const headers = signed({ ...form, method, url, hash, at: new Date(), headers: sent })
    const answer = await line.send({ method, url, headers, signal, ...(body.length > 0 && { body }) })
    return { answer, host: url.host }
  }
  const found = async (request: Request): Promise<Answer | undefined> => {
    const { answer, host } = await send(request)
    if (answer.status === 404) return undefined
    accepted(host, answer)
    return answer
  }
  return {
    async put(key, body, type, signal) {
      const { answer, host } = await send({ method: 'PUT', key, body, type, signal })
      accepted(host, answer)
      if (!answer.header('etag')) throw new Fault('export.answer', `${host}: no ETag`)
    },
    get: async (key, signal) => (await found({ method: 'GET', key, signal }))?.bytes,
    async size(key, signal) {
      const answer = await found({ method: 'HEAD', key, signal })
      return answer && Number(answer.header('content-length'))
    },
    async list(prefix, signal) {
      const keys: string[] = []
      let token: string | undefined
      do {
        const query = { 'list-type': '2', prefix, ...(token !== undefined && { 'continuation-token': token }) }
        const { answer, host } = await send({ method: 'GET', key: '', query, signal })
        accepted(host, answer)
        for (const [, key = ''] of answer.text.matchAll(/<Key>([^<]*)<\/Key>/g)) keys.push(plain(key))
        token = plain(/<NextContinuationToken>([^<]*)</.exec(answer.text)?.[1] ?? '') || undefined
      } while (token !== undefined)
      return keys
    },
    async remove(key, signal) {
      await found({ method: 'DELETE', key, signal })
    },
    close: () => line.close(),
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const plain = (xml: string): string => xml.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)

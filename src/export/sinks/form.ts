/** What the configuration of every sink has in common. Reads nothing. */
import { isIP } from 'node:net'
import { z } from 'zod'

/** Of every sink. */
export const COMMON = {
  content: z.boolean().default(false).describe('Whether prompts and replies go too, masked and marked as untrusted'),
  openings: z
    .boolean()
    .default(false)
    .describe('Whether an exchange is told when it is asked too, not only once it has ended'),
  from: z.enum(['start', 'now']).default('start').describe('Where a new sink begins: with the oldest entry, or now'),
  timeout_ms: z.number().int().min(100).max(600_000).default(30_000).describe('How long the other side may take'),
  skip_after_ms: z
    .number()
    .int()
    .min(0)
    .max(31_536_000_000)
    .default(86_400_000)
    .describe('How long one row is refused, while what follows it is taken, before it is passed over; 0: never'),
} as const

/** Of a sink that sends lines. */
export const format = z.enum(['jsonl', 'ocsf']).default('jsonl').describe('What is sent')

/** How a sink or an anchor that speaks HTTP is reached, beside its address. */
export const REACHED = {
  ca: z.string().min(1).optional().describe('PEM file of further CAs to trust'),
  proxy: z
    .url({ protocol: /^https?$/, error: 'an http or https address' })
    .optional()
    .describe('HTTP proxy on the way there, by CONNECT; a name and password in it are sent to it'),
} as const

export const pem = z.string().min(1).optional()
export const ca = pem.describe('PEM file of further CAs to trust')

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'))

/** TLS always, but for this machine. */
export const secureUrl = z.url({ protocol: /^https?$/, error: 'an https address' }).refine((given) => {
  const url = URL.parse(given)
  return !url || url.protocol === 'https:' || isLoopback(url.hostname)
}, 'an https address: plain http is for this machine alone')

/** RFC 9110, token; values in one line. */
export const headers = z
  .record(
    z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'a header name'),
    z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'one line'),
  )
  .default({})
  .describe('Header fields to send; write secrets as references')

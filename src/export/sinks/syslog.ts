/**
 * RFC 5424 messages over TLS, framed by octet counting (RFC 5425, RFC 6587). Syslog knows no acknowledgement: a batch is one
 * connection, and counts once the other side, having read to its end, has closed it in turn.
 */
import { once } from 'node:events'
import { hostname } from 'node:os'
import { connect, rootCertificates, type TLSSocket } from 'node:tls'
import { z } from 'zod'
import { Fault } from '#exchange'
import { unreachable } from '../post.ts'
import type { SinkKind } from '../sink.ts'
import { COMMON, ca, format, pem } from './form.ts'
import { framed, messagesOf } from './syslog/message.ts'

const Form = z.strictObject({
  kind: z.literal('syslog'),
  host: z
    .string()
    .regex(/^[A-Za-z0-9.:-]+$/, 'a host name or an address')
    .describe('Of the receiver'),
  port: z.number().int().min(1).max(65_535).default(6514).describe('Of its TLS listener'),
  server_name: z.string().min(1).optional().describe('The name in its certificate, where it is not the host'),
  ca,
  cert: pem.describe('PEM file of a certificate to show'),
  key: pem.describe('PEM file of its key'),
  facility: z.number().int().min(0).max(23).default(13).describe('Syslog facility; 13 is log audit'),
  message_bytes: z
    .number()
    .int()
    .min(2048)
    .max(16_777_216)
    .default(65_536)
    .describe('The longest message that the receiver takes; longer rows are shortened'),
  format,
  ...COMMON,
})

type Settings = z.infer<typeof Form>

export const syslog: SinkKind<typeof Form> = {
  form: Form,
  rows: 200,
  gatherMs: 1000,
  open(form) {
    const how = { ...form, hostname: hostname() }
    return {
      deliver: (rows, signal) =>
        through(form, Buffer.concat(rows.flatMap((row) => messagesOf(row, how).map(framed))), signal),
      close: async () => undefined,
    }
  },
}

async function through(form: Settings, bytes: Buffer, signal: AbortSignal): Promise<void> {
  const { host, port, server_name: servername, ca: trusted, cert, key } = form
  const place = `${host}:${port}`
  const socket = connect({
    ...{ host, port, allowHalfOpen: true, minVersion: 'TLSv1.2' },
    ...(servername !== undefined && { servername }),
    ...(trusted !== undefined && { ca: [...rootCertificates, trusted] }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  })
  const stop = () => socket.destroy(new Error('aborted'))
  signal.addEventListener('abort', stop, { once: true })
  try {
    if (signal.aborted) stop()
    await once(socket, 'secureConnect')
    await staysOpen(socket, place)
    await closedBoth(socket, bytes, place)
  } catch (error) {
    throw error instanceof Fault ? error : unreachable(place, error, signal)
  } finally {
    signal.removeEventListener('abort', stop)
    socket.on('error', () => undefined).destroy()
  }
}

/** What closes so soon was not going to read: a load balancer without a receiver, a certificate that is not taken. */
const SETTLED_MS = 100

async function staysOpen(socket: TLSSocket, place: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const closed = () => reject(new Fault('export.refused', `${place} closed at once`))
  const timer = setTimeout(resolve, SETTLED_MS)
  socket.once('error', reject).once('end', closed).once('close', closed)
  socket.once('data', () => reject(new Fault('export.answer', `${place} speaks, which no syslog receiver does`)))
  await promise.finally(() => {
    clearTimeout(timer)
    socket.off('error', reject).off('end', closed).off('close', closed)
  })
}

/** Writes all, closes, and waits for the other side to close. One that says something is no syslog receiver. */
async function closedBoth(socket: TLSSocket, bytes: Buffer, place: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const early = () => reject(new Fault('export.refused', `${place} closed before the end`))
  let ended = false
  socket.once('error', reject)
  socket.once('data', () => reject(new Fault('export.answer', `${place} speaks, which no syslog receiver does`)))
  socket.once('end', () => (ended ? resolve() : early()))
  socket.once('close', early)
  socket.end(bytes, () => {
    ended = true
  })
  await promise
}

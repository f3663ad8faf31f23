/** What the forward door says to a client before there is a tunnel, as bytes on its socket. Knows no record. */
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Fault } from '#exchange'
import { lineOf } from '../refusals.ts'

export const ESTABLISHED = 'HTTP/1.1 200 Connection Established\r\n\r\n'

/** RFC 7235: what we take. The realm is what a browser or an editor shows when it asks. */
export const CHALLENGE = ['proxy-authenticate', 'Basic realm="Gatelog: your key as password", charset="UTF-8"'] as const

const HELP =
  'This proxy wants a Gatelog key: http://user:<key>@<gateway>:<port> as HTTPS_PROXY or http.proxy, any name as user. ' +
  'Make one with `gatelog keys create`.'

/** 407 where no credential was sent, and only there; otherwise the fault's own status. */
export const statusOf = (fault: Fault): number => {
  if (fault.code === 'identity.missing') return 407
  return fault.code.startsWith('identity.') ? 403 : fault.status
}

export const textOf = (fault: Fault, exchange: string): string =>
  `${lineOf(fault, exchange)}\n${fault.code === 'identity.missing' ? `${HELP}\n` : ''}`

/** Answers CONNECT with a refusal and ends the connection. */
export function refuseConnect(socket: Duplex, fault: Fault, exchange: string): void {
  const status = statusOf(fault)
  const body = Buffer.from(textOf(fault, exchange))
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    ...(status === 407 ? [CHALLENGE.join(': ')] : []),
    'content-type: text/plain; charset=utf-8',
    `x-gatelog-error: ${fault.code}`,
    `x-gatelog-exchange: ${exchange}`,
    `content-length: ${body.length}`,
    'connection: close',
  ]
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]))
}

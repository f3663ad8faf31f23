/** Faults of a request that cannot be carried: rows of the table in `fault.ts`. Data only. */
import type { Row } from './row.ts'

export const REQUESTS = {
  'request.connection': {
    status: 404,
    message: 'There is no such connection',
    remedy: 'See `gatelog connections list`.',
  },
  'request.host': {
    status: 404,
    message: 'This connection has no such host',
    remedy: 'See `gatelog connections list`.',
  },
  'request.path': {
    status: 404,
    message: 'Not a Gatelog address',
    remedy: 'Addresses are /c/<connection>/<host>/<the provider’s own path>.',
  },
  'request.route': {
    status: 404,
    message: 'This route is not known, so it is not passed on',
    remedy: 'Set unknown_routes: record-and-pass on the connection to let it through.',
  },
  'request.json': { status: 400, message: 'The body is not valid JSON', remedy: 'Send the provider’s own JSON body.' },
  'request.key': {
    status: 400,
    message: 'A key of the request’s JSON can be read in two ways',
    remedy: 'Send each key once, as the provider spells it.',
  },
  'request.type': {
    status: 415,
    message: 'The content type does not fit this route',
    remedy: 'Send application/json.',
  },
  'request.encoding': {
    status: 415,
    message: 'The content encoding is not known',
    remedy: 'Send identity, gzip, br, zstd or deflate.',
  },
  'request.encoded': {
    status: 400,
    message: 'The body does not match its content encoding',
    remedy: 'Send the body as its content-encoding header says.',
  },
  'request.headers': {
    status: 400,
    message: 'The request’s header fields are not acceptable',
    remedy: 'Send host and every credential once, and content-length or transfer-encoding: chunked, never both.',
  },
  'request.target': {
    status: 400,
    message: 'The request’s address can be read in two ways',
    remedy: 'Send the provider’s own path, in ASCII: no dot or empty segment, no encoded slash, no other host.',
  },
  'request.http': {
    status: 400,
    message: 'These bytes are no HTTP request',
    remedy: 'Speak HTTP/1.1, over TLS where listen.tls is set and in plain text where it is not.',
  },
  'request.slow': {
    status: 408,
    message: 'The request took too long to arrive',
    remedy: 'Send its header fields within 10 s and all of it within 5 min.',
  },
  'request.browser': {
    status: 400,
    message: 'This address is not for browsers',
    remedy: 'Use the command line, or a client that sends neither Origin nor Sec-Fetch fields.',
  },
  'request.upgrade': {
    status: 426,
    message: 'This connection takes no WebSocket here',
    remedy: 'Use HTTP (Copilot CLI and Codex do so on their own), or set websocket: record on the connection.',
  },
  'request.websocket': {
    status: 400,
    message: 'The WebSocket does not keep to its protocol',
    remedy: 'Send text frames as RFC 6455 has them, without extensions.',
  },
  'request.aborted': { status: 400, message: 'The request ended before its body did', remedy: 'Send it again.' },
} as const satisfies Record<string, Row>

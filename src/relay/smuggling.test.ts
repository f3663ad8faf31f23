/** Request shapes that two readers understand differently, as values and over raw sockets. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultOf } from '#exchange'
import { fault, speak } from './loopback.case.ts'
import { listen } from './server.ts'
import { checkRequest } from './smuggling.ts'

const head = (url: string, ...rawHeaders: string[]) => ({
  url,
  rawHeaders: ['Host', 'g:1', ...rawHeaders],
  httpVersion: '1.1',
})
const refused = (request: Parameters<typeof checkRequest>[0], code: 'request.headers' | 'request.target') =>
  assert.throws(() => checkRequest(request), fault(code), JSON.stringify(request))

test('paths with one reading pass', () => {
  const paths = [
    '/',
    '/c/demo/v1/chat/completions',
    '/c/a/v1/models/gpt-4%3Alatest?x=%2f//..\\%23',
    '/a.b/..c/...',
    '/a;b=1/%E2%82%AC',
    'http://G:1/c/a?b',
    'http://g:1',
  ]
  for (const path of paths) assert.doesNotThrow(() => checkRequest(head(path)), path)
})

test('paths with two readings do not', () => {
  const paths = [
    '/a%2fb',
    '/a%2Fb',
    '/a%5cb',
    '/a\\b',
    '//a',
    '/a//b',
    '/a/../b',
    '/a/..',
    '/./a',
    '/a/%2e%2e/b',
    '/a/.%2E',
    '/a/..;/b',
    '/a#b',
    '/a%23b',
    '/a%00',
    '/a%0d%0ab',
    '/a%252fb',
    '/a%252e',
    '/a%zz',
    '/a%',
    '/a b',
    '/a\tb',
    '/a\u0000',
    '/é',
    'http://other/c',
    '*',
    'c/x',
    '',
  ]
  for (const path of paths) refused(head(path), 'request.target')
})

test('fields that must be single, and framing', () => {
  for (const name of ['Host', 'Authorization', 'X-Api-Key', 'X-Gatelog-Key', 'Content-Type'])
    refused(head('/', name, 'a', name.toLowerCase(), 'b'), 'request.headers')
  refused(head('/', 'Content-Length', '1', 'content-length', '1'), 'request.headers')
  refused(head('/', 'Content-Length', '1', 'Transfer-Encoding', 'chunked'), 'request.headers')
  for (const coding of ['xchunked', 'gzip, chunked', 'chunked, identity', ' chunked x', ''])
    refused(head('/', 'Transfer-Encoding', coding), 'request.headers')
  refused({ ...head('/', 'Transfer-Encoding', 'chunked'), httpVersion: '1.0' }, 'request.headers')
  refused({ ...head('/'), httpVersion: '0.9' }, 'request.headers')
  for (const length of ['+1', '1 1', '0x1', '-1', '']) refused(head('/', 'Content-Length', length), 'request.headers')
  assert.doesNotThrow(() => checkRequest(head('/', 'Transfer-Encoding', 'Chunked', 'session_id', 'a')))
})

const START = 'POST /c/x HTTP/1.1\r\nHost: g\r\n'
const END = 'Connection: close\r\n\r\n'

/** Shapes over the wire; `node` where its parser refuses them before any of our code sees a request. */
const SHAPES: readonly (readonly [string, string, 'node' | 'gatelog'])[] = [
  [
    'content-length beside chunked',
    `${START}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n${END}0\r\n\r\n`,
    'node',
  ],
  ['two lengths that differ', `${START}Content-Length: 4\r\nContent-Length: 5\r\n${END}abcd`, 'node'],
  ['two lengths alike', `${START}Content-Length: 4\r\nContent-Length: 4\r\n${END}abcd`, 'node'],
  ['a length list', `${START}Content-Length: 4, 4\r\n${END}abcd`, 'node'],
  ['a signed length', `${START}Content-Length: +4\r\n${END}abcd`, 'node'],
  ['xchunked', `${START}Transfer-Encoding: xchunked\r\n${END}0\r\n\r\n`, 'gatelog'],
  ['chunked, identity', `${START}Transfer-Encoding: chunked, identity\r\n${END}0\r\n\r\n`, 'node'],
  ['gzip, chunked', `${START}Transfer-Encoding: gzip, chunked\r\n${END}0\r\n\r\n`, 'gatelog'],
  ['chunked twice', `${START}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n${END}0\r\n\r\n`, 'node'],
  ['a folded line', `${START}X-A: a\r\n b\r\n${END}`, 'node'],
  ['a space before the colon', `${START}X-A : a\r\n${END}`, 'node'],
  ['a bare LF', `POST /c/x HTTP/1.1\nHost: g\n${END}`, 'node'],
  ['a bare CR in a value', `${START}X-A: a\rb\r\n${END}`, 'node'],
  ['a NUL in a value', `${START}X-A: a\0b\r\n${END}`, 'node'],
  ['no host', `POST /c/x HTTP/1.1\r\n${END}`, 'gatelog'],
  ['an expectation that nobody knows', `${START}Expect: the-unexpected\r\n${END}`, 'gatelog'],
  ['two hosts', `${START}Host: evil\r\n${END}`, 'gatelog'],
  ['another host in the target', `GET http://evil/c/x HTTP/1.1\r\nHost: g\r\n${END}`, 'gatelog'],
  ['an encoded slash', `GET /c%2fx HTTP/1.1\r\nHost: g\r\n${END}`, 'gatelog'],
  ['HTTP/0.9', 'GET /\r\n\r\n', 'gatelog'],
  ['HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'node'],
  ['TLS on a plain port', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'node'],
]

test('over raw sockets each shape gets a 400, from the parser or from the check', async (t) => {
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    limits: { header_bytes: 32_768 },
    onRequest(request, response) {
      const { status } = ((): { status: number } => {
        try {
          checkRequest(request)
          return { status: 200 }
        } catch (error) {
          return faultOf(error)
        }
      })()
      request.on('error', () => request.destroy())
      response.writeHead(status, { 'x-by': 'gatelog' }).end()
    },
    onUpgrade: (_request, socket) => socket.destroy(),
  })
  t.after(() => server.drain(0))
  for (const [name, bytes, by] of SHAPES) {
    const reply = await speak(server.port, Buffer.from(bytes, 'latin1'))
    assert.match(reply, /^HTTP\/1\.1 400 /, name)
    assert.equal(/x-by: gatelog/.test(reply) ? 'gatelog' : 'node', by, name)
    assert.equal(reply.split('HTTP/1.1 ').length, 2, `${name}: one reply`)
  }
})

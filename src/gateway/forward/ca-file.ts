/** `GET /ca.pem`: the certificates that clients of the forward door must trust, for whoever asks: they are public. Asks for no key and records nothing. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Fault, faultOf } from '#exchange'
import { findCredential } from '#identity'
import type { ForwardSettings } from './settings.ts'

/** Whether a request is for that file. */
export const isCaFile = (method: string | undefined, target: string): boolean =>
  target === '/ca.pem' && (method === 'GET' || method === 'HEAD')

/** What came along as credential, unjudged: `gatelog doctor` tells by it whether an agent stands between, which adds one. */
const CAME = 'x-gatelog-credential'

/** Answers with every certificate to trust now, the one that signs first (PEM); with the fault in words where there is none. */
export async function giveCaFile(
  { headers }: IncomingMessage,
  response: ServerResponse,
  forward: ForwardSettings | undefined,
): Promise<void> {
  const more = { [CAME]: findCredential(headers) ? 'came' : 'none', 'cache-control': 'no-store', connection: 'close' }
  try {
    if (!forward) throw new Fault('ca.off')
    const pem = await forward.certificates()
    response.writeHead(200, { 'content-type': 'application/x-pem-file', ...more }).end(pem)
  } catch (error) {
    const { code, status, message, remedy } = faultOf(error)
    response.writeHead(code === 'ca.off' ? 404 : status, {
      ...{ 'content-type': 'text/plain; charset=utf-8', 'x-gatelog-error': code },
      ...more,
    })
    response.end(`${message}. ${remedy} [${code}]\n`)
  }
}

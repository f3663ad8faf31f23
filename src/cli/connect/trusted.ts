/** The gateway's CA for a client that takes the gateway as its proxy: where its certificates are had from. Installs nothing. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { Fault } from '#exchange'
import { line, moment } from '../terminal.ts'
import { isHere } from './proxied.ts'

/** Where gateway and agent give their certificates to whoever asks. */
export const CA_PATH = '/ca.pem'
const WAIT_MS = 3000
const MOST_BYTES = 262_144

export interface Given {
  /** PEM, the CA that signs first. */
  readonly pem: string
  /** Whether a credential came along with the request: an agent adds one. */
  readonly credential: boolean
}

/** Whether what comes from there can be believed: nobody is between, or TLS is. */
export const isSafe = (origin: string): boolean => origin.startsWith('https://') || isHere(origin)

/** Asks a gateway, or an agent before one. @param base its address, with an agent's secret where it wants one @throws client.ca */
export function fetchCa(base: string, headers: Readonly<Record<string, string>> = {}): Promise<Given> {
  const { promise, resolve, reject } = Promise.withResolvers<Given>()
  const failed = (why: string) => reject(new Fault('client.ca', `${new URL(base).origin} ${why}`))
  const ask = base.startsWith('https:') ? secureRequest : request
  const asked = ask(`${base}${CA_PATH}`, { headers, timeout: WAIT_MS })
  asked.once('timeout', () => asked.destroy(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })))
  asked.once('error', (error: NodeJS.ErrnoException) => failed(`does not answer (${error.code ?? error.message})`))
  asked.once('response', (answer) => {
    textOf(answer).then(
      (pem) => {
        const { statusCode, headers: told } = answer
        if (told['x-gatelog-error'] === 'ca.off') return failed('has its forward door switched off')
        if ((statusCode ?? 0) >= 500) return failed(`answers ${statusCode}: the gateway behind it is not reached`)
        if (statusCode !== 200) return failed(`answers ${statusCode}: it is no Gatelog, or serves another user`)
        if (told['x-gatelog-credential'] === undefined || certificatesIn(pem).length === 0)
          return failed('answers, but is no Gatelog')
        resolve({ pem, credential: told['x-gatelog-credential'] === 'came' })
      },
      () => failed('breaks off'),
    )
  })
  asked.end()
  return promise
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of answer as AsyncIterable<Buffer>) {
    size += part.length
    if (size > MOST_BYTES) throw new Error('too large')
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The certificates of a PEM text, in their order; what cannot be read is none. */
export function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(CERTIFICATE) ?? []).flatMap((each) => {
    try {
      return [new X509Certificate(each)]
    } catch {
      return []
    }
  })
}

/** One line for each, as a person compares them with `gatelog ca show`. */
export const shownCa = (pem: string): string =>
  certificatesIn(pem)
    .map(
      (each) =>
        `${line(each.subject.replaceAll('\n', ', '))}, until ${moment(Date.parse(each.validTo))}\n  SHA-256 ${each.fingerprint256}\n`,
    )
    .join('')

/** A file that the command line names. @throws client.ca where it holds no certificate */
export function checkCa(path: string): void {
  let pem: string
  try {
    pem = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Fault('client.ca', `${path}: ${(cause as NodeJS.ErrnoException).code}`, { cause })
  }
  if (certificatesIn(pem).length === 0) throw new Fault('client.ca', `${path} holds no certificate`)
}

/** A throwaway certificate for localhost and 127.0.0.1, signed by itself. Never used by the product. */
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'

export interface Made {
  readonly cert: string
  readonly key: string
}

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const DAY = 86_400_000

export async function certificate(): Promise<Made> {
  const keys = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify'])
  const names = new SubjectAlternativeNameExtension([
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
  ])
  const made = await X509CertificateGenerator.createSelfSigned(
    {
      ...{ name: 'CN=localhost', serialNumber: '01', keys, signingAlgorithm: EC, extensions: [names] },
      ...{ notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) },
    },
    webcrypto as never,
  )
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n')
  return { cert: made.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n` }
}

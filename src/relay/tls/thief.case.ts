/** What a thief of the CA's key could sign, made with the openssl command, and who takes it: OpenSSL, Node, Java. */
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { type AddressInfo, isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { connect } from 'node:tls'
import type { Authority } from './authority.ts'

/** The reason to skip, or `false`. */
export const NO_JAVA = spawnSync('java', ['-version']).error ? 'java is not installed' : false

/** A leaf and what clients are given of it. */
export interface Stolen {
  readonly folder: string
  readonly cert: string
  readonly key: string
}

/** Signs a leaf with the CA's own key, whatever its constraints say. `names` as for subjectAltName, or none. */
export function steal(t: TestContext, authority: Authority, subject: string, names: string | undefined): Stolen {
  const folder = mkdtempSync(join(tmpdir(), 'thief-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const at = (name: string) => join(folder, name)
  writeFileSync(at('ca.pem'), String(authority.signing))
  writeFileSync(at('root.pem'), authority.top)
  writeFileSync(at('ca.key'), authority.key, { mode: 0o600 })
  writeFileSync(
    at('ext'),
    `basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n${names ? `subjectAltName=${names}` : ''}`,
  )
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', ...curve, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', subject)
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'ext']
  openssl('x509', '-req', '-in', 'leaf.csr', ...signed, '-out', 'leaf.pem')
  return {
    folder,
    cert: readFileSync(at('leaf.pem'), 'utf8') + authority.signing,
    key: readFileSync(at('leaf.key'), 'utf8'),
  }
}

/** `openssl verify`: the words of its error, or `ok`. */
export function opensslSays({ folder, cert }: Stolen, host: string): string {
  writeFileSync(join(folder, 'shown.pem'), cert)
  const files = ['-CAfile', 'root.pem', '-untrusted', 'shown.pem', 'shown.pem']
  const name = isIP(host) ? ['-verify_ip', host] : ['-verify_hostname', host]
  const told = spawnSync('openssl', ['verify', ...name, ...files], { cwd: folder, encoding: 'utf8' })
  return told.status === 0 ? 'ok' : (/error \d+ at \d+ depth lookup: (.*)/.exec(told.stderr)?.[1] ?? told.stderr)
}

/** A TLS server that shows it, on loopback; its port. Ends with the test. */
export async function show(t: TestContext, { cert, key }: Pick<Stolen, 'cert' | 'key'>): Promise<number> {
  const server = createServer({ cert, key }, (_, response) => response.end('shown'))
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** What Node's client makes of it: its error, or `ok`. */
export function nodeSays(port: number, servername: string, ca: string): Promise<string> {
  return new Promise((resolve) => {
    const name = isIP(servername) ? {} : { servername }
    const socket = connect({ host: '127.0.0.1', port, ca, ...name }, () => {
      resolve('ok')
      socket.destroy()
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(`${error.code} ${error.message}`))
  })
}

const JAVA = `
import java.io.*; import java.net.*; import java.security.*; import java.security.cert.*; import javax.net.ssl.*;
class Asks { public static void main(String[] a) throws Exception {
  KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType()); store.load(null);
  try (InputStream in = new FileInputStream(a[0])) {
    store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in)); }
  TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm()); trust.init(store);
  SSLContext context = SSLContext.getInstance("TLS"); context.init(null, trust.getTrustManagers(), null);
  for (int at = 1; at + 1 < a.length; at += 2) try {
    Socket plain = new Socket("127.0.0.1", Integer.parseInt(a[at]));
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, a[at + 1], 443, true);
    SSLParameters p = socket.getSSLParameters(); p.setEndpointIdentificationAlgorithm("HTTPS"); socket.setSSLParameters(p);
    socket.startHandshake(); System.out.println("ok"); socket.close();
  } catch (SSLException e) { System.out.println(e.getMessage()); }
} }`

/** What Java's client makes of each port and name: `ok`, or its message. */
export function javaSays(folder: string, asked: readonly (readonly [port: number, host: string])[]): Promise<string[]> {
  const source = join(folder, 'Asks.java')
  writeFileSync(source, JAVA)
  const args = [source, join(folder, 'root.pem'), ...asked.flatMap(([port, host]) => [String(port), host])]
  return new Promise((resolve, reject) => {
    execFile('java', args, (error, out) => (error ? reject(error) : resolve(out.trim().split('\n'))))
  })
}

/** `gatelog agent`: the small process near the developer, between clients on this machine and a gateway elsewhere. */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { Fault } from '#exchange'
import { addressOf, examples, numberOf, type Register } from '../command.ts'
import { shutInspector } from '../inspector.ts'
import { out, say } from '../terminal.ts'

interface Options {
  readonly gateway: URL
  readonly ca: string
  readonly keyFile: string
  readonly port: number
}

const FOLDER = join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'gatelog')

export const agent: Register = (program) => {
  program
    .command('agent')
    .description('carry requests of this machine’s clients to a gateway over TLS, with your key added')
    .requiredOption('--gateway <url>', 'the gateway, an https address', addressOf)
    .requiredOption('--ca <file>', 'the certificates to trust for it, as PEM; nothing else is trusted')
    .option('--key-file <file>', 'your key, in a file that only you may read', join(FOLDER, 'key'))
    .option('--port <port>', 'where to listen on 127.0.0.1', numberOf(0, 65_535), 8490)
    .addHelpText('after', examples('agent --gateway https://gatelog.example.com:8484 --ca gatelog-ca.pem'))
    .action(async ({ gateway, ca, keyFile, port }: Options) => {
      shutInspector((line) => say(`gatelog: ${line}`))
      const { openAgent, openSecret } = await import('#agent')
      const file = join(dirname(keyFile), 'agent.secret')
      const { secret, made } = openSecret(file)
      if (made) say(`gatelog: made ${file}`)
      const running = await openAgent({ url: gateway, ca: textOf(ca), keyFile, port, secret })
      const { host } = new URL(running.url)
      out(`agent    ${running.url}  to ${gateway.origin}`)
      out(`\nAs a proxy:     export HTTPS_PROXY=http://${host}`)
      out(`As a base URL:  http://${host}/c/<connection>/…`)
      if (process.platform !== 'linux')
        out(`\nThis system does not tell whose program connects, so clients show a secret:
  export HTTPS_PROXY=http://agent:${secret}@${host}
  http://${host}/a/${secret}/c/<connection>/…`)
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => void running.close().then(() => process.exit(0)))
    })
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Fault('usage.input', `${file}: ${(cause as NodeJS.ErrnoException).code}`, { cause })
  }
}

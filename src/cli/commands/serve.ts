/** `gatelog serve`: starts the gateway, says how to use it, drains on a signal. */
import { existsSync, unwatchFile, watchFile } from 'node:fs'
import { type Config, type Gatelog, giveBackMemory, loadConfig, openGatelog } from '#app'
import { Fault, faultOf } from '#exchange'
import { commonOf, examples, type Register } from '../command.ts'
import { fail } from '../exit.ts'
import { shutInspector } from '../inspector.ts'
import { out, paint, safe, say } from '../terminal.ts'

export const serve: Register = (program) => {
  program
    .command('serve')
    .description('start the gateway')
    .addHelpText('after', examples('serve', 'serve --config /etc/gatelog.yaml'))
    .action(async (_options, command) => {
      shutInspector((line) => say(`gatelog: ${line}`))
      const { config: path } = commonOf(command)
      const config = await loadConfig(path)
      const gatelog = await openGatelog(config, {
        loaded: giveBackMemory,
        onLatch(fault) {
          say(safe(`gatelog: ${fault.message}. ${fault.remedy}`))
          setTimeout(() => process.exit(1), LAST_WORDS_MS)
        },
        tell: (line) => say(safe(`gatelog: ${line}`).replaceAll('\n', '\n  ')),
      })
      stopOn(gatelog)
      reloadOn(path, config, gatelog) // before it says that it is there: until then a SIGHUP would end it
      await welcome(program.version() ?? '', config, gatelog)
    })
}

/** So long a process whose disk has failed may still tell its clients why, in ms; it takes nothing any more. */
const LAST_WORDS_MS = 250

async function welcome(version: string, config: Config, gatelog: Gatelog): Promise<void> {
  out(`${paint('bold', `Gatelog ${version}`)}`)
  out(`  gateway  ${gatelog.gateway}`)
  out(`  health   ${gatelog.health}`)
  out(`  record   ${config.data}`)
  if (config.insecure) out(paint('yellow', '  plain text beyond loopback: insecure_listen is set'))
  if (!config.demo) return out('\nNext: gatelog keys create --user <name>')
  const days = 1
  const { key } = await gatelog.identity.create({ kind: 'user', actor: 'you', connections: demos(config), days })
  out(`\nA key for one day, shown once:\n  ${paint('green', key)}`)
  out(`\nTry it: the demo answers with a made-up token; watch it come back masked.\n${curl(gatelog.gateway, key)}`)
  out('\nThen see what was recorded, and that nobody changed it:\n  npx gatelog show last\n  npx gatelog verify\n')
}

/** The connections that a key for everybody who can read the terminal may reach. */
const demos = (config: Config): string[] =>
  [...config.connections(new URL('http://127.0.0.1')).values()]
    .filter(({ kind }) => kind === 'demo')
    .map(({ name }) => name)

const curl = (url: string, key: string): string =>
  `  curl -N ${url}/c/demo/v1/chat/completions -H 'x-gatelog-key: ${key}' -H 'content-type: application/json' ` +
  `-d '{"model":"demo","stream":true,"messages":[{"role":"user","content":"Write a config loader"}]}'`

function stopOn(gatelog: Gatelog): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(signal === 'SIGINT' ? 130 : 1)
    stopping = true
    say('gatelog: draining; once more to stop at once')
    gatelog.close().then(
      () => process.exit(0),
      (error) => {
        fail(error)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

/** How often certificates and rule files are looked at, in ms. */
const WATCH_MS = 2000

/** SIGHUP and a changed certificate or rule file put the configuration in force anew. */
function reloadOn(path: string, config: Config, gatelog: Gatelog): void {
  const there = existsSync(path)
  const again = () => void reload(path, there, gatelog).then((next) => next && watch(next.files))
  let watched: readonly string[] = []
  const watch = (files: readonly string[]) => {
    for (const file of watched) if (!files.includes(file)) unwatchFile(file, again)
    for (const file of files)
      if (!watched.includes(file)) watchFile(file, { interval: WATCH_MS, persistent: false }, again)
    watched = files
  }
  process.on('SIGHUP', again)
  watch(config.files)
}

/** A configuration that is wrong, or gone, changes nothing: the last good one stays in force, and nothing is answered. */
async function reload(path: string, there: boolean, gatelog: Gatelog): Promise<Config | undefined> {
  try {
    if (there && !existsSync(path)) throw new Fault('config.absent', path)
    const next = await loadConfig(path)
    await gatelog.reload(next)
    say(safe(`gatelog: ${existsSync(path) ? path : 'defaults'} in force`))
    return next
  } catch (error) {
    say(safe(`gatelog: the former configuration stays in force. ${faultOf(error).message}`))
    return undefined
  }
}

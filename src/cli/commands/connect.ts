/** `gatelog connect <client>`: shows, writes or takes back the settings that send a client through the gateway. */
import { Argument, type Command, Option } from 'commander'
import { addressOf, examples, type Register } from '../command.ts'
import { AGENT, KINDS } from '../connect/client.ts'
import { CLIENTS } from '../connect/clients.ts'
import type { Options } from '../connect/run.ts'

const NOTES = `
Without --write nothing is changed. --write shows what it would change, and asks; --undo puts the file back as it was.
Clients that use the gateway as their proxy trust its CA: --write fetches it from the gateway or the agent, where that is
on this machine or speaks TLS, or takes it from the record here, into ~/.config/gatelog/ca.pem.
Without a key the settings refer to the environment variable GATELOG_KEY, for clients that can.`

export const connect: Register = (program) => {
  program
    .command('connect')
    .description('send a client through the gateway')
    .addArgument(new Argument('<client>', 'whose settings').choices(CLIENTS.map(({ name }) => name)))
    .addOption(new Option('--print', 'show the settings (the default)').conflicts(['write', 'undo']))
    .addOption(new Option('--write', 'write them to the client’s file').conflicts('undo'))
    .option('--undo', 'put the file back as it was')
    .option('--yes', 'do not ask')
    .option('--connection <name>', 'the connection, where several fit')
    .addOption(new Option('--key <key>', 'the Gatelog key (it stays in the shell’s history)').conflicts('keyFile'))
    .option('--key-file <file>', 'the Gatelog key in a file; "-" for standard input')
    .addOption(new Option('--gateway <url>', 'the gateway as the client sees it').argParser(addressOf))
    .addOption(new Option('--kind <kind>', 'with --gateway: the kind of the connection').choices(KINDS))
    .option('--agent', `by way of \`gatelog agent\`, which adds the key (at ${AGENT} unless --gateway says)`)
    .option('--forward', 'Copilot CLI: the gateway as its proxy, not as its address')
    .option('--ca <file>', 'your own file of the gateway’s CA, for clients that use it as their proxy')
    .option('--brokered', 'with --gateway: the gateway holds the provider’s credential')
    .option('--model <name>', 'Copilot CLI: the provider’s model')
    .option('--file <file>', 'another file than the client’s usual one')
    .addHelpText('after', NOTES)
    .addHelpText(
      'after',
      examples(
        'connect claude --key-file ana.key --write',
        'connect codex --connection openai --write --yes',
        'connect copilot-cli --gateway https://gatelog.example.com:8484 --connection openai --model gpt-5.4',
        'connect vscode --agent --write',
        'connect copilot-cli --agent --forward --write',
        'connect codex --undo',
      ),
    )
    .action(async (name: string, options: Options, command: Command) => {
      const { run } = await import('../connect/run.ts')
      await run(name, options, command)
    })
}

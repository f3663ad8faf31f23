/** `gatelog completion bash|zsh|fish`: a script for the shell, made from the tree of commands. */
import { Argument } from 'commander'
import { examples, type Register } from '../command.ts'

const SHELLS = {
  bash: async () => (await import('../completion/bash.ts')).bash,
  zsh: async () => (await import('../completion/zsh.ts')).zsh,
  fish: async () => (await import('../completion/fish.ts')).fish,
}

export const completion: Register = (program) => {
  program
    .command('completion')
    .description('completion for a shell')
    .addArgument(new Argument('<shell>', 'for which shell').choices(Object.keys(SHELLS)))
    .addHelpText('after', examples('completion bash > /etc/bash_completion.d/gatelog', 'completion fish | source'))
    .action(async (shell: keyof typeof SHELLS) => {
      const { placesOf, valuedOf } = await import('../completion/tree.ts')
      const script = await SHELLS[shell]()
      process.stdout.write(script(placesOf(program), valuedOf(program)))
    })
}

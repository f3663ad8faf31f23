/** `gatelog completion bash|zsh|fish`: a script for the shell, made from the tree of commands. */
import { Argument } from 'commander'
import { examples, type Register } from '../command.ts'
import { bash } from '../completion/bash.ts'
import { fish } from '../completion/fish.ts'
import { placesOf, valuedOf } from '../completion/tree.ts'
import { zsh } from '../completion/zsh.ts'

const SHELLS = { bash, zsh, fish } as const

export const completion: Register = (program) => {
  program
    .command('completion')
    .description('completion for a shell')
    .addArgument(new Argument('<shell>', 'for which shell').choices(Object.keys(SHELLS)))
    .addHelpText('after', examples('completion bash > /etc/bash_completion.d/gatelog', 'completion fish | source'))
    .action((shell: keyof typeof SHELLS) => {
      process.stdout.write(SHELLS[shell](placesOf(program), valuedOf(program)))
    })
}

/** Completion for bash: a function of its own, without bash-completion. Pure. */
import type { Place } from './tree.ts'

export function bash(places: readonly Place[], valued: readonly string[]): string {
  const commands = places.filter(({ at }) => at !== '').map(({ at }) => at)
  return `# bash completion for gatelog: eval "$(gatelog completion bash)"
_gatelog() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at= words= word skip= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $skip ]]; then skip=; continue; fi
    case $word in
      ${valued.join('|')}) skip=1; continue ;;
    esac
    case $at/$word in
      ${commands.join('|')}) at=$at/$word ;;
    esac
  done
  [[ -n $skip ]] && return
  case $at in
${places.map(({ at, words }) => `    '${at}') words='${words.map(({ word }) => word).join(' ')}' ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _gatelog gatelog
`
}

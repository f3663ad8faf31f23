/** Completion for zsh, with what each word does. Pure. */
import type { Place } from './tree.ts'

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

export function zsh(places: readonly Place[], valued: readonly string[]): string {
  const commands = places.filter(({ at }) => at !== '').map(({ at }) => at)
  const cases = places.map(({ at, words }) => {
    const told = words.map((each) => quoted(`${each.word}:${each.told.replaceAll(':', '\\:')}`))
    return `    '${at}') next=(${told.join(' ')}) ;;`
  })
  return `#compdef gatelog
# zsh completion for gatelog: eval "$(gatelog completion zsh)"
_gatelog() {
  local at= word skip= i
  local -a next
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ -n $skip ]]; then skip=; continue; fi
    case $word in
      ${valued.join('|')}) skip=1; continue ;;
    esac
    case $at/$word in
      ${commands.join('|')}) at=$at/$word ;;
    esac
  done
  if [[ -n $skip ]]; then _files; return; fi
  case $at in
${cases.join('\n')}
  esac
  _describe gatelog next
}
compdef _gatelog gatelog
`
}

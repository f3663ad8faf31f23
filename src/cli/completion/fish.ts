/** Completion for fish, with what each word does. Pure. */
import type { Place } from './tree.ts'

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

export function fish(places: readonly Place[], valued: readonly string[]): string {
  const commands = places.filter(({ at }) => at !== '').map(({ at }) => at)
  const lines = places.flatMap(({ at, words }) =>
    words.map(({ word, told }) => {
      const after = valued.includes(word) ? ' -r -F' : ''
      const typed = word.startsWith('--') ? `-l ${word.slice(2)}${after}` : `-a ${quoted(word)}`
      return `complete -c gatelog -n "__gatelog_at '${at}'" ${typed} -d ${quoted(told)}`
    }),
  )
  return `# fish completion for gatelog: gatelog completion fish | source
function __gatelog_at
  set -l at ''
  set -l skip ''
  for word in (commandline -opc)[2..-1]
    if test -n "$skip"
      set skip ''
    else if contains -- $word ${valued.join(' ')}
      set skip 1
    else if contains -- "$at/$word" ${commands.join(' ')}
      set at "$at/$word"
    end
  end
  test -z "$skip" -a "$at" = "$argv[1]"
end
complete -c gatelog -f
${lines.join('\n')}
`
}

/** Which file a text names, where it names one. Pure; a hint, never proof: it is the model's word. */

const LONGEST = 256
const CHARACTERS = /^[\w@.~+\-/\\()[\]#$%&=!]+$/
const EXTENSION = /\.[A-Za-z]\w{0,11}$/
const NAMES = /(?:^|[/\\])(?:Dockerfile|Makefile|Rakefile|Gemfile|Jenkinsfile|Vagrantfile|LICENSE|\.\w+)$/

/** Whether a text is a path, and nothing but one. */
export const isPath = (text: string): boolean =>
  text.length <= LONGEST &&
  CHARACTERS.test(text) &&
  (EXTENSION.test(text) || NAMES.test(text)) &&
  !/^(?:\w+:\/\/|\.\.\.)/.test(text)

/** The only path of a line that is made of little else: `**src/a.ts**`, `### src/a.ts:`, `// filepath: src/a.ts`. */
export function pathIn(line: string): string | undefined {
  if (line.length > LONGEST + 64) return undefined
  const words = line
    .replace(/^\s*(?:\/\/|#+|--|;|<!--|\/\*|[*>-]|\d+\.)\s*/, '')
    .replace(/\s*(?:-->|\*\/)\s*$/, '')
    .split(/[\s`*"'<>|]+/)
    .map((word) => word.replace(/[:,;]+$/, ''))
    .filter(Boolean)
  const paths = words.filter(isPath)
  return paths.length === 1 && words.length <= 4 ? paths[0] : undefined
}

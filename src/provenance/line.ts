/** What makes two lines of code the same line: the form that is fingerprinted. Pure; part of the record's format. */

/** Lines of fewer tokens, or of fewer words among them, stand in every file: `});`, `} else {`, `return null`. */
export const LEAST = { tokens: 3, words: 2 } as const
/** A longer line is generated, not written. In UTF-16 units. */
export const LONGEST_LINE = 2048

const LEFT_OUT = /[\s;,]+/g
const QUOTES = /["`]/g
/** A word to the editor stands there, and no code: `// ...existing code...`, `// filepath: src/a.ts`. */
const ASIDE = /^\W*(?:(?:\.{3}|…)\s*existing code\s*(?:\.{3}|…)?\W*$|file ?path:)/i

/**
 * A line without white space, `;` and `,`, with all quotes as `'`: what formatters change is no difference. Undefined where
 * it is too short, too long, or no code.
 */
export function formOf(line: string): string | undefined {
  if (line.length > LONGEST_LINE || ASIDE.test(line) || !weighs(line)) return undefined
  return line.replace(LEFT_OUT, '').replace(QUOTES, "'")
}

/** What a unit is to the count of tokens: nothing, a token by itself, or part of a word, as all beyond ASCII are. */
const [NOTHING, MARK, WORD] = [0, 1, 2]
const KINDS = Uint8Array.from({ length: 128 }, (_, unit) => {
  const text = String.fromCharCode(unit)
  return /[\w$]/.test(text) ? WORD : /[\s;,]/.test(text) ? NOTHING : MARK
})

function weighs(line: string): boolean {
  let [tokens, words, before] = [0, 0, NOTHING]
  for (let at = 0; at < line.length; at++) {
    const unit = line.charCodeAt(at)
    const kind = unit < 128 ? (KINDS[unit] as number) : SPACE.test(line.charAt(at)) ? NOTHING : WORD
    if (kind === WORD && before !== WORD) words += 1
    if (kind === MARK || (kind === WORD && before !== WORD)) tokens += 1
    if (tokens >= LEAST.tokens && words >= LEAST.words) return true
    before = kind
  }
  return false
}

const SPACE = /\s/

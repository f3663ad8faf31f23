/** One sentence, and how a later turn may say it again: escaped, in JSON, in code, quoted, glued to other words. */

/** What is erased. */
export const SENTENCE = 'Kunde Müller, geboren 1970 in Köln'
const KEY = 'c2f8a193d7e4'.repeat(25)
const ascii = SENTENCE.replaceAll('ü', '\\u00fc').replaceAll('ö', '\\u00f6')

/** It goes from each of these, and so it does where one of them was said first. */
export const SPELLINGS: readonly string[] = [
  `${JSON.stringify({ t: `x\n${SENTENCE}` })}\n{"t":2}`,
  `{"t":"${ascii}"}\n{"t":2}`,
  `HTTP 200\n${JSON.stringify({ t: `first of them\n${SENTENCE}\nlast of them` })}`,
  `Out[1]: 'first of them\\n${SENTENCE}\\nlast of them'`,
  `const s = "\\t${SENTENCE}"`,
  `log("\\\\n${ascii}\\r\\n")`,
]

/** What was said, what a later turn says, and words of it that stay. */
export const AGAIN: readonly (readonly [said: string, again: string, stays?: readonly string[]])[] = [
  ...SPELLINGS.map((again) => [SENTENCE, again] as const),
  ...SPELLINGS.map((said) => [said, `so: ${SENTENCE} it is`, ['so', 'it', 'is']] as const),
  [SENTENCE, `> ${SENTENCE}\nsays he`, ['says', 'he']],
  [
    SENTENCE,
    `# Kunde Müller, geboren\n# 1970 in Köln\nin the year of 1970`,
    ['in', 'the', '1970', 'in the year of 1970'],
  ],
  [SENTENCE, `he is ~~${SENTENCE}~~, **Kunde** of ours`, ['kunde', 'he is', 'kunde of ours']],
  [SENTENCE, `{"${SENTENCE}":1}\n{"a":"{\\"b\\":\\"${SENTENCE}\\"}"}`],
  ['name of KatharinaWunderlich1970 here', 'x = "\\tname of KatharinaWunderlich1970 here\\r\\n"', ['x']],
  ['顧客はヴンダーリッヒ夫人です', '注意：その顧客はヴンダーリッヒ夫人ですから秘密', ['注意', '秘密', 'から秘密']],
  [SENTENCE, `he said _${SENTENCE}_ to her`, ['he said', 'to her']],
  [`take ${KEY}`, `export KEY=${KEY} now`, ['export', 'key', 'now']],
  [`take ${KEY}`, `see https://h/d/${KEY}/edit`, ['see https h d', 'edit']],
]

/** How a name and its value are written side by side, as pieces of patterns. Data, never code that scans. */

/** A quote, also one that JSON or a shell escaped several times, or a doubled or tripled one. */
const QUOTE = `(?:\\\\{0,4}["'\`]){1,3}`
/** The same as HTML and addresses write it. */
const ENTITY = '&(?:quot|#34|#39|apos);|%2[27]'
/** What may close a name: quotes, brackets, emphasis. */
const CLOSE = `[\\\\"'\`*)\\]]{0,6}`
/** `password: string = `, `password[] = `, `password string = `, `password As String = `, `Password { get; set; } = `. */
const TYPE = `(?:\\s?:\\s?[&'A-Za-z<>\\[\\].?]{1,20}(?:[ ][A-Za-z<>]{1,12})?|\\s(?:[Aa]s\\s)?(?:string|str)|\\[\\d{0,4}\\]|\\s?\\{[ ]?get;[ a-z;]{0,20}\\})`
/** An arrow or a dash that is no ASCII. */
const ARROW = '[^ -~\\s]'
const GETS = `(?:${TYPE}?\\s{0,8}=|\\s{0,8}(?:=>|[!?+:]{0,3}={1,3}|:|->|\\?\\?=?|\\|\\|=?|%3[Dd]|${ARROW}))`
/** `"name": "PASSWORD", "value": `, `name="password" value=`, `- name: PASSWORD⏎  value: `. */
const PAIR = `[\\s,]{1,40}(?:\\\\{0,4}["'])?(?:value|content|default)(?:\\\\{0,4}["'])?\\s{0,8}[=:]`
/** `variable "db_password" {⏎ default = `. */
const DEFAULT = '[ ]?\\{[^{}]*default\\s{0,8}='
const CELL = `\\s{0,30}\\|`
/** ` (temporary)`, ` for the staging server`. */
const ASIDE = `(?:[ \\t]\\([^()\\n]{1,30}\\)|[ \\t](?:for|on|in|at|of|to|from|we|zum|vom|f[^ -~]r)(?:[ \\t][^\\s:=|"'\`()]{1,20}){1,5})`
const IS = '[ \\t](?:is|was|are|to|of)(?:[ \\t](?:now|set to|still|the following|currently))?:?'
const PROSE = `(?:${ASIDE}?${IS}|${ASIDE}[ \\t]?:)`
/** The default of a variable: `os.getenv("DB_PW", `, `ENV.fetch("DB_PW") { `, `process.env.DB_PW || `. */
const FALLBACK =
  `(?:(?:[a-z.]{0,16}getenv|(?:os\\.)?environ\\.get|env\\.fetch|env|config)\\((?:${QUOTE})[a-z0-9_.]{1,40}(?:${QUOTE})(?:,[ ]?|\\)[ ]?(?:\\|\\||\\?\\?|or|\\{)[ ]?)` +
  '|(?:process|import\\.meta)\\.env\\.[a-z0-9_]{1,40}[ ]?(?:\\|\\||\\?\\?)[ ]?)'
/** What makes bytes or another kind of string of it. */
const WRAPPED = '(?:string::from|\\[\\]byte|bytes|new string|buffer\\.from|(?:new )?securestring|sensitive|str)\\('
const PREFIX = `(?:[*@$bfruLR]{0,2}|${FALLBACK}|${WRAPPED})`

/** From the end of a name to the first character of its value in quotes. */
export const QUOTED = `${CLOSE}(?:(?:${GETS}|${PAIR}|${DEFAULT}|${CELL})(?:\\*\\*)?\\s{0,12}|[,(][ \\t]{0,8}|${PROSE}[ \\t]|[ \\t]{1,4})${PREFIX}${QUOTE}`

/** A tag of YAML, or the value on the next line, as a block or not. */
const BELOW = '(?:!!?[a-z]{1,8}[ ]{1,4}|(?:[|>][+-]?[ \\t]{0,4})?\\r?\\n[ \\t]{0,16})'
/** From the end of a name to the first character of its value without quotes. */
export const BARE = `${CLOSE}(?:(?:${GETS}|${PAIR}|${CELL})[ \\t]{0,8}\\*{0,2}[ \\t]?${BELOW}?|>|${PROSE}[ \\t])(?:${ENTITY})?`
/** The same with nothing but white space between them, as in options, netrc and Dockerfiles. */
export const SPACED = `(?:${BARE}|[ \\t]{1,4})`

/** From a name to a value of known class and length, in quotes or not. */
export const ANY = `${CLOSE}(?:(?:${GETS}|${PAIR}|${DEFAULT}|${CELL})\\s{0,12}|[,(][ \\t]{0,8}|>|${IS}[ \\t]|[ \\t]{1,4})\\*{0,2}(?:[@$bfruLR]{0,2}${QUOTE}|${ENTITY})?`

/** What never stands behind a value without quotes, so that a call, a subscript or a longer name is none. */
export const NOT_BARE_END = `[^\\s"'\`,;&<>|)\\]}\\\\.?%]`

/** `access key` as names write it: snake, kebab, camel, run together or apart (case is ignored). */
export function spellings(words: string): readonly string[] {
  return words.includes(' ') ? ['_', '-', '', ' '].map((joint) => words.replaceAll(' ', joint)) : [words]
}

export const either = (words: readonly string[]): string =>
  `(?:${words.map((word) => word.replace(/[.$\\+*?()[\]{}|/-]/g, '\\$&')).join('|')})`

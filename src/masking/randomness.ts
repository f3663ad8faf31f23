/** Tells a value that somebody generated from words, names, paths and stand-ins; sees the value alone. */
import { pairsIn } from './spread.ts'

/** Random letters reach this share of common pairs once in fifty times at twenty characters, words nearly always. */
const WORDY = 0.55

const STOP = new RegExp(
  [
    'example|sample|placeholder|dummy|fake|redact|masked|removed|hidden|censored|insert|replace|todo|fixme|foobar',
    'change[-_ ]?(?:me|this|it)|your|my[-_]?(?:super|secret|token|key|pass)|secret[-_]?(?:key|token|here)|goes[-_]?here',
    'passw(?:or|0r|d)|p[a@4][s5$]{2}w|qwerty|letmein|hunter2$|correct.?horse|lorem|anoncvs|anonymous|deadbeef|not[-_ ]?(?:an?[-_ ]?|my[-_ ]?)?(?:real|secret|password|token)',
    '^pk_(?:test|live)_|my_?(?:value|string)|random[-_ ]?(?:string|value|secret|key)',
    'process\\.env|os\\.environ|getenv|secrets\\.|undefined|null|xxxx|\\*\\*\\*|\\.\\.|___|---',
    '0?12345678|87654321|abcdefg|abcdef1|abc123|123abc|(.)\\1{4}',
  ].join('|'),
  'i',
)
const WEAK =
  /^(?:s[3e]cr[3e]t|token|p[4a][s5$]{2}|pwd|admin|root|user|tests?|testing|guest|default|none|true|false|demo|local|key|value|string|dev|prod|staging|db|app|postgres|mysql|mariadb|mongo(?:db)?|redis|rabbit(?:mq)?|elastic|oracle)[-_]?\d*!?$/i
/** Variables, templates, tags and calls of shells, YAML, .NET and the like; one character again and again. */
const TEMPLATE =
  /^(?:\$[A-Za-z_{(]|(?:this|self|local|data|var|module|config|settings|options|props|params|ctx|env)\.[A-Za-z_]|[<{[(]|%\w+%|[*&][\w.]+$|[#@]\{|@Microsoft|\*\*|!(?:ref|sub|vault|secret|getatt|include|env))|[>}\])]$|^[,;)]|[:,(]$|^[A-Za-z_]\w*\$\d+$|\?[.?:[(]|^[\w.$]+\(|^(.)\1*$/i
/** Where a value is kept, instead of the value: addresses, paths, files, references to a vault. */
const ELSEWHERE =
  /:\/\/|^(?:[~.]{0,2}\/|[A-Za-z]:\\|\\\\|(?:urn|arn|vault|ssm|env|file|ref|data|aws|op|keyvault|secretsmanager):|sha\d+[-:]|h1:|[A-Z]+\/\d|\d{4}-\d\d-\d\d)|^v?\d+\.\d+\.\d|^[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}$|\.(?:[jt]sx?|json|ya?ml|pem|key|crt|cer|p12|txt|py|go|rb|rs|java|cs|php|html?|css|deb|rpm|zip|gz|tgz|jar|war|whl|exe|dll|log|conf|cfg|ini|toml|xml|lock|csv|sql|pdf|jpe?g|gif|ico|woff2?|ttf|tf|tfvars|env|ps1|bat|kt|swift|vue|scss|png|svg|md|sh|com|org|net|io)$/i

/** A variable, a template, a call, or a word that says that it stands in for a secret; also padded base64 of one. */
export function isStandIn(value: string): boolean {
  return isPlainStandIn(value) || (BASE64.test(value) && isWord(Buffer.from(value, 'base64').toString('latin1')))
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})+[A-Za-z0-9+/]{2}(?:==|[A-Za-z0-9+/]=)$/
const isWord = (value: string): boolean => STOP.test(value) || WEAK.test(value)
const isPlainStandIn = (value: string): boolean => isWord(value) || TEMPLATE.test(value)

/** An address, a path, a file's name, or a reference to where the secret is kept. */
export const isElsewhere = (value: string): boolean => ELSEWHERE.test(value)

/** Lower case, upper case, digits, others: how many of them occur. */
export function kindsOf(value: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length
}

/** Reads like words or a name: most neighbouring letters are common pairs. Too few letters tell nothing. */
export function isWordy(value: string): boolean {
  const { pairs, common } = pairsIn(value)
  return pairs >= 4 && common / pairs >= WORDY
}
